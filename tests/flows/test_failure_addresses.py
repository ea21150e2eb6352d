"""Whose failures count together (RFC 6749 §2.3.1): one address, an IPv6 /64, and never a stranger's."""

import pytest

from oauth_provider.clients.authentication.attempt import Attempt
from oauth_provider.protocol.errors import TemporarilyUnavailable
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "2.3.1")

LIMIT = 10


@each(
    ("one", "other", "count_together"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("a proxy's word", "another's", False),
    ],
)
def test_failures_count_by_network(one: str, other: str, count_together: bool) -> None:
    for _ in range(LIMIT):
        Attempt("client", one).count()
    if count_together:
        with pytest.raises(TemporarilyUnavailable):
            Attempt("client", other).count()
    else:
        Attempt("client", other).count()
    Attempt("another client", one).count()
