"""A revoked JWT is refused by an API that believes signatures, once the denylist tells (RFC 7009 §3, RFC 9068)."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client as Browser
from django.test import RequestFactory

from oauth_provider.fetch import Fetched
from oauth_provider.models import Resource
from oauth_provider.protocol import jws
from oauth_provider.protocol.denylist import parse
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.authentication import authenticate
from oauth_provider.resource_server.conf import conf, forget_verifiers
from oauth_provider.resource_server.denylist import subscription as listening
from oauth_provider.resource_server.denylist.subscription import subscription
from oauth_provider.resource_server.verifiers import jwks
from oauth_provider.tokens import denylist
from tests.driver import Driver, signed_in
from tests.resource_server.denylist.transports import FakeTransport

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "3")]

FAKE = "tests.resource_server.denylist.transports.FakeTransport"
ISSUER, NOTES = "https://auth.example.com", "https://api.example.com/notes"
OWN = {"grant_type": "client_credentials", "scope": "notes:read", "resource": NOTES}


@pytest.fixture
def told(settings: Any) -> Iterator[FakeTransport]:
    """What the provider publishes, and an API that hears what the test passes on."""
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"DENYLIST": {"TRANSPORT": FAKE}}
    settings.OAUTH_RESOURCE_SERVER = {
        "VERIFIER": "oauth_provider.resource_server.verifiers.JWTVerifier",
        "AUTHORIZATION_SERVERS": [ISSUER],
        "RESOURCE": NOTES,
        "DENYLIST": {"TRANSPORT": FAKE},
    }
    made = FakeTransport()
    publisher = denylist.Publisher(made)
    listening._subscription.cache_clear()
    forget_verifiers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(denylist, "_publisher", lambda options: publisher)
        patch.setattr(jwks, "fetch", fetch)
        yield made
    listening._subscription.cache_clear()
    forget_verifiers()


def fetch(url: str, *args: Any, **kwargs: Any) -> Fetched:
    """From the provider of this project."""
    answer = Browser().get(url.removeprefix(ISSUER))
    return Fetched(answer.status_code, {}, answer.content)


@pytest.fixture
def driver() -> Driver:
    Resource.objects.create(identifier=NOTES, name="Notes", access_token_format="jwt")
    return signed_in(policy={"grant_types": ["authorization_code", "refresh_token", "client_credentials"]})


def is_good(token: str) -> bool:
    """Does the API, which remembers it, let it in?"""
    request = RequestFactory().get("/notes", headers={"Authorization": f"Bearer {token}"}, secure=True)
    request.META["SERVER_NAME"], request.META["SERVER_PORT"] = "api.example.com", "443"
    try:
        return authenticate(request) is not None
    except InvalidToken:
        return False


def pass_on(told: FakeTransport) -> None:
    """Let the API hear what was published."""
    heard = subscription(conf.denylist)  # type: ignore[arg-type]
    for text, _exp in told.published:
        heard.add_message(text)


def test_a_clients_own_token_is_denied_by_its_name_until_it_would_expire(driver: Driver, told: FakeTransport) -> None:
    token, other = (driver.token(**OWN).json()["access_token"] for _ in range(2))
    assert is_good(token)
    driver.revoke(token)
    assert is_good(token)  # it has not heard yet
    [(text, exp)] = told.published
    claims, denial = jws.parse(token).claims, parse(text)
    assert (denial.kind, denial.id, denial.iss) == ("token", claims["jti"], ISSUER)
    assert claims["exp"] <= exp <= claims["exp"] + 120
    assert token not in text
    pass_on(told)
    assert not is_good(token)
    assert is_good(other)


def test_with_a_sign_in_all_its_tokens_are_denied(driver: Driver, told: FakeTransport) -> None:
    first = driver.redeem(driver.code(resource=NOTES)).json()
    second = driver.refresh(first["refresh_token"]).json()
    other = driver.redeem(driver.code(resource=NOTES)).json()
    tokens = [issued["access_token"] for issued in (first, second, other)]
    assert [is_good(token) for token in tokens] == [True, True, True]
    driver.revoke(tokens[0])
    pass_on(told)
    assert [is_good(token) for token in tokens] == [False, False, True]


def test_what_was_not_revoked_is_told_of_to_nobody(driver: Driver, told: FakeTransport) -> None:
    token = driver.token(**OWN).json()["access_token"]
    stranger = signed_in(policy={})
    stranger.revoke(token)
    driver.revoke(f"{token[:-4]}AAAA")
    with pytest.MonkeyPatch.context() as patch:
        clock = time.time
        patch.setattr(time, "time", lambda: clock() + 3601)
        driver.revoke(token)
    assert told.published == []
