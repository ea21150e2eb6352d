"""JWT access tokens, read as an API elsewhere reads them (RFC 9068 §4), and the requests that bring them."""

import time
from typing import Any
from urllib.parse import urlencode

from django.test import Client as Browser

from oauth_provider.protocol.access_token import JwtAccessToken, verify_access_token
from oauth_provider.protocol.jose import parse_jwks
from tests.driver import AUTHORIZE, JWKS, Driver, query_of
from tests.settings import OAUTH_PROVIDER

ISSUER, NOTES, PHOTOS = "https://auth.example.com", "https://api.example.com/notes", "https://api.example.com/photos"
ALL = ["authorization_code", "refresh_token", "client_credentials"]


def provider(settings: Any, **changes: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, **changes}


def read(token: str) -> JwtAccessToken:
    """As an API elsewhere reads it, by the published keys alone."""
    keys = parse_jwks(Browser().get(JWKS).json())
    return verify_access_token(token, keys, issuer=ISSUER, now=time.time(), algorithms=["ES256"])


def for_resources(driver: Driver, *resources: str, **changes: Any) -> Any:
    """The token response for these resources."""
    pairs = [*driver.request(**changes).items(), *(("resource", uri) for uri in resources)]
    location = driver.browser.get(f"{AUTHORIZE}?{urlencode(pairs)}")["Location"]
    if location.startswith("/oauth/consent/"):
        location = driver.decide(location)["Location"]
    return driver.redeem(query_of(location)["code"])


def is_jwt(response: Any) -> bool:
    assert response.status_code == 200, response.content
    return str(response.json()["access_token"]).count(".") == 2
