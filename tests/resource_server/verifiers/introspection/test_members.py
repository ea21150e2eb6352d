"""What an introspection response may say, member by member (RFC 7662 §2.2), read without a server."""

import pytest

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.verifiers.introspection import read
from tests.resource_server.verifiers.introspection.endpoint import ACTIVE

pytestmark = pytest.mark.spec("RFC 7662", "2.2")

FIRST, SECOND = "https://first.example", "https://second.example"


@pytest.mark.parametrize(
    ("issuers", "said", "issuer"),
    [
        ([FIRST, SECOND], {"iss": SECOND}, SECOND),
        ([FIRST, SECOND], {}, FIRST),
        ([], {"iss": SECOND}, SECOND),
        ([], {}, ""),
    ],
)
def test_the_issuer_is_the_one_that_the_answer_names_or_else_the_first_that_is_trusted(settings, issuers, said, issuer):
    settings.OAUTH_RESOURCE_SERVER = {"AUTHORIZATION_SERVERS": issuers}
    assert read(ACTIVE | said).issuer == issuer


@pytest.mark.parametrize("kind", [None, 7, ["refresh_token"], {}])
def test_a_kind_that_is_no_text_says_nothing(kind):
    for name in ("typ", "token_use"):
        assert read(ACTIVE | {name: kind}).client_id == "web"


@pytest.mark.spec("RFC 9396", "9.2")
@pytest.mark.parametrize("details", [{}, "", "type", {"type": "payment"}, ["type"], [["type"]], [{}], [None]])
def test_details_of_another_shape_are_refused(details):
    with pytest.raises(InvalidToken):
        read(ACTIVE | {"authorization_details": details})
