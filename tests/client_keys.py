"""Key sets of clients in tests, and requests signed with their keys (RFC 9101)."""

import json
import time
from typing import Any

from oauth_provider.fetch import Fetched, FetchError
from oauth_provider.protocol import jws
from tests.driver import AUTHORIZE, Driver

ISSUER = "https://auth.example.com"
JWKS_URI = "https://app.example.com/jwks"


def jwks(*keys: Any) -> dict[str, Any]:
    """The public halves of ``keys`` as a JWK Set."""
    return {"keys": [dict(key.public_jwk) for key in keys]}


class Publisher:
    """Stands for the network: what the clients' ``jwks_uri`` answer, and how often they were asked."""

    def __init__(self, *keys: Any) -> None:
        self.asked: list[str] = []
        self.answer: Any = None
        self.publish(*keys)

    def publish(self, *keys: Any) -> None:
        """Answer these keys from now on."""
        self.say(json.dumps(jwks(*keys)))

    def say(self, body: str | bytes, status: int = 200) -> None:
        """Answer this from now on."""
        self.answer = Fetched(status, {}, body.encode() if isinstance(body, str) else body)

    def fail(self) -> None:
        """Answer nothing from now on."""
        self.answer = FetchError("down")

    def fetch(self, url: str, *args: Any, **kwargs: Any) -> Fetched:
        """In the place of ``oauth_provider.fetch.fetch``."""
        self.asked.append(url)
        if isinstance(self.answer, Exception):
            raise self.answer
        fetched: Fetched = self.answer
        return fetched


def claims_of(driver: Driver, **changes: Any) -> dict[str, Any]:
    """What the client signs; a change to None leaves a claim out."""
    claims = {
        **driver.request(),
        "iss": driver.application.client_id,
        "aud": ISSUER,
        "exp": int(time.time()) + 60,
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


def signed(driver: Driver, key: Any, **changes: Any) -> str:
    """A request object by ``key``."""
    return jws.sign(claims_of(driver, **changes), key, typ="oauth-authz-req+jwt")


def send(driver: Driver, request_object: str, **beside: str) -> Any:
    """The authorization request by value."""
    query = {"client_id": driver.application.client_id, "request": request_object} | beside
    return driver.browser.get(AUTHORIZE, query)
