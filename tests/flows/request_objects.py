"""Request objects (RFC 9101 §4): signed by a client, sent by a browser, and refused."""

import time
from typing import Any

from oauth_provider.protocol import jws
from tests import jose_keys
from tests.driver import AUTHORIZE, Driver, query_of
from tests.factories import CALLBACK
from tests.settings import OAUTH_PROVIDER

ISSUER = "https://auth.example.com"
SIGNED_ALONE = {**OAUTH_PROVIDER, "REQUIRE_SIGNED_REQUEST_OBJECT": True}


def jwks(*algs: str) -> dict[str, Any]:
    return {"keys": [dict(jose_keys.public(alg).public_jwk) for alg in algs]}


def claims_of(driver: Driver, **changes: Any) -> dict[str, Any]:
    """What the client signs; a change to None leaves a claim out."""
    claims = {
        **driver.request(),
        "iss": driver.application.client_id,
        "aud": ISSUER,
        "exp": int(time.time()) + 60,
        "nbf": int(time.time()) - 5,
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


def signed(driver: Driver, alg: str = "ES256", /, *, typ: str = "oauth-authz-req+jwt", **changes: Any) -> str:
    return jws.sign(claims_of(driver, **changes), jose_keys.key(alg), typ=typ)


def send(driver: Driver, request_object: str, **beside: str) -> Any:
    """The authorization request with ``client_id``, the object, and what stands beside it."""
    query = {"client_id": driver.application.client_id, "request": request_object} | beside
    return driver.browser.get(AUTHORIZE, query)


def goes_back(response: Any, error: str = "invalid_request_object") -> dict[str, str]:
    assert response.status_code == 303, response.content
    assert response["Location"].startswith(CALLBACK)
    answer = query_of(response["Location"])
    assert answer["error"] == error
    assert "code" not in answer
    return answer
