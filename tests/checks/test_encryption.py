"""The check of encrypted ID tokens (OpenID Connect Core §10.2)."""

from typing import Any

import pytest

from oauth_provider.checks.encryption import check_encryption_keys
from oauth_provider.clients.keys import jwks_uri
from tests.client_keys import JWKS_URI
from tests.each import each
from tests.encryption import policy, private, public
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "10.2")]

RSA, EC = public("RSA"), public("P-256")


@each(
    ("columns", "faults"),
    [
        ({"jwks": {"keys": [public("RSA", use="sig")]}}, 0),
        (policy(RSA), 0),
        (policy(EC, RSA), 0),
        (policy(RSA, jwks=None, jwks_uri=JWKS_URI), 0),
        (policy(RSA, jwks=None), 1),
        (policy(RSA, alg="ECDH-ES"), 1),
        (policy(public("RSA", use="sig")), 1),
        (policy(private("P-256")), 1),
        (policy(RSA, alg="RSA1_5"), 1),
        (policy(RSA, jwks={"keys": 5}), 1),
        (policy(RSA, jwks={"keys": [public("RSA", use="sig")]}, jwks_uri=JWKS_URI), 1),
    ],
    ids=map(str, range(11)),
)
def test_each_client_that_has_no_key_is_named_and_nothing_is_fetched(
    columns: dict[str, Any], faults: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks_uri, "fetch", lambda *args, **kwargs: pytest.fail("fetched"))
    application = ApplicationFactory(policy=columns)
    messages = check_encryption_keys(None, databases=["default"])
    assert [message.id for message in messages] == ["oauth_provider.E088"] * faults
    assert all(application.client_id in message.msg and message.hint for message in messages)
    assert check_encryption_keys(None, databases=[]) == []


def test_many_are_not_all_named() -> None:
    for _ in range(12):
        ApplicationFactory(policy=policy(RSA, jwks=None))
    assert len(check_encryption_keys(None, databases=["default"])) == 10
