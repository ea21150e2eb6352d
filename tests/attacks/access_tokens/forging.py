"""Forged access tokens: each is shown to the provider itself, at every door, and to an API elsewhere (RFC 8725 §3)."""

import json
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import TYP
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf
from tests import jose_keys, ledger
from tests.driver import USERINFO, Driver

ISSUER, NOTES = "https://auth.example.com", "https://api.example.com/notes"
EC, RSA, ED, EVIL = (jose_keys.key(*made) for made in (("ES256",), ("RS256",), ("EdDSA",), ("ES256", 9)))
Header = dict[str, Any]


def claims_of(tokens: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Claims that are right in every respect, here and at the API; a change to None leaves one out."""
    claims = {**jws.parse(tokens["access_token"]).claims, "aud": [ISSUER, NOTES], **changes}
    return {name: value for name, value in claims.items() if value is not None}


def forge(tokens: dict[str, Any], header: Header, signer: Any = lambda message: b"", **changes: Any) -> str:
    return jose_keys.forge(json.dumps({"typ": TYP, **header}), json.dumps(claims_of(tokens, **changes)), signer)


def is_refused(driver: Driver, token: str) -> None:
    """At every door, and nothing comes of it."""
    with ledger.unchanged():
        assert not ledger.is_good(token)
        assert driver.introspect(token).json() == {"active": False}
        assert driver.revoke(token).status_code == 200
        with pytest.raises(InvalidToken):
            conf.verifier(token)
        if token.isascii() and token.isprintable() and len(token) < 8000:
            answer = Browser().get(USERINFO, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code in (400, 401), answer.content
