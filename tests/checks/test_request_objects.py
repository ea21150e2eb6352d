"""The check of signed requests (RFC 9101 §10.5)."""

from typing import Any

import pytest

from oauth_provider.checks.request_objects import check_signing_clients
from tests.client_keys import JWKS_URI
from tests.each import each
from tests.encryption import public
from tests.factories import ApplicationFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9101", "10.5")]


@each(
    ("client", "count"),
    [
        ({"policy": {"jwks": {"keys": [public("RSA", use="sig")]}}}, 0),
        ({"policy": {"jwks_uri": JWKS_URI}}, 0),
        ({"service": True}, 0),
        ({"policy": {}}, 1),
        ({}, 1),
    ],
    ids=map(str, range(5)),
)
def test_clients_that_cannot_sign_are_counted(client: dict[str, Any], count: int, settings: Any) -> None:
    ApplicationFactory(**client)
    assert check_signing_clients(None, databases=["default"]) == []
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "REQUIRE_SIGNED_REQUEST_OBJECT": True}
    messages = check_signing_clients(None, databases=["default"])
    assert [message.id for message in messages] == ["oauth_provider.W088"] * count
    assert all("1 client" in message.msg and message.hint for message in messages)
    assert check_signing_clients(None, databases=[]) == []
