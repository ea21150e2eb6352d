"""An API elsewhere that knows nothing but published keys, and the tokens that a forger has in his hands."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.fetch import Fetched
from oauth_provider.models import Authorization, Resource
from oauth_provider.resource_server.conf import forget_verifiers
from oauth_provider.resource_server.verifiers import jwks
from tests.attacks.access_tokens.forging import ISSUER, NOTES
from tests.driver import Driver, signed_in


@pytest.fixture(autouse=True)
def fetched(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """An API elsewhere, to which the provider publishes its metadata and keys: all that is ever fetched."""
    asked: list[str] = []

    def fetch(url: str, *args: Any, **kwargs: Any) -> Fetched:
        asked.append(url)
        assert url.startswith(f"{ISSUER}/"), url
        answer = Browser().get(url.removeprefix(ISSUER))
        return Fetched(answer.status_code, {}, answer.content)

    monkeypatch.setattr(jwks, "fetch", fetch)
    settings.OAUTH_RESOURCE_SERVER = {
        "VERIFIER": "oauth_provider.resource_server.verifiers.JWTVerifier",
        "AUTHORIZATION_SERVERS": [ISSUER],
        "RESOURCE": NOTES,
    }
    forget_verifiers()
    yield asked
    forget_verifiers()


@pytest.fixture
def driver() -> Driver:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format="jwt")
    policy = {"access_token_format": "jwt", "may_introspect": True, "grant_types": ["authorization_code"]}
    driver = signed_in(policy=policy)
    driver.scope = "openid notes:read"
    return driver


@pytest.fixture
def tokens(driver: Driver) -> dict[str, Any]:
    """For here and for the API: what a forger has in his hands."""
    tokens = driver.tokens()
    Authorization.objects.update(resources=[])
    return tokens
