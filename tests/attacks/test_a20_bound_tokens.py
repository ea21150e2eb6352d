"""A20, bound tokens: introspection shows the key; without proof of it a token is worth nothing (RFC 9449 §7.1)."""

from typing import Any

import pytest
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.protocol.digest import digest
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.tokens.token_lookup import good_row
from tests import ledger
from tests.driver import INTROSPECT, Driver, post, signed_in
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9449", "7.1")]

HEADER_PROOF = "tests.resource_server.proofs.key_proofs.HeaderProof"
KEYS = [
    {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},
    {"x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"},
]


@pytest.fixture(params=KEYS, ids=["DPoP", "mTLS"])
def bound(request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """An access token and the key that it is bound to."""
    token: str = signed_in().tokens()["access_token"]
    TokenBinding.objects.update(cnf=request.param)
    return token, request.param


@api_view(["GET"])
@authentication_classes([OAuthAuthentication])
def api(request: Any) -> Response:
    """An API that anybody may call."""
    return Response({"user": str(request.user)})


@pytest.mark.spec("RFC 9449", "6.2")
def test_introspection_shows_the_key(bound: tuple[str, dict[str, str]]) -> None:
    token, key = bound
    asker = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    members = asker.introspect(token).json()
    assert (members["active"], members["cnf"]) == (True, key)


def test_it_is_refused_as_a_bearer_token(bound: tuple[str, dict[str, str]]) -> None:
    response = api(APIRequestFactory().get("/", headers={"Authorization": f"Bearer {bound[0]}"}))
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_dots_own_classes_do_not_find_it(bound: tuple[str, dict[str, str]]) -> None:
    assert good_row(digest(bound[0])) is None
    TokenBinding.objects.update(cnf=None)
    assert good_row(digest(bound[0])) is not None


def test_it_is_no_authorization_to_introspect(bound: tuple[str, dict[str, str]]) -> None:
    asker = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    with ledger.unchanged():
        response = post(asker.browser, INTROSPECT, {"token": bound[0]}, Authorization=f"Bearer {bound[0]}")
    ledger.refused(response, "invalid_token", 401)


@pytest.mark.spec("RFC 9449", "5")
def test_the_tokens_of_a_bound_authorization_are_bound(settings: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"KEY_PROOFS": [HEADER_PROOF]}
    driver = signed_in()
    code = driver.code()
    Authorization.objects.update(cnf=KEYS[0])
    driver.browser.defaults["HTTP_DPOP"] = KEYS[0]["jkt"]
    tokens = driver.redeem(code).json()
    driver.refresh(tokens["refresh_token"])
    assert [binding.cnf for binding in TokenBinding.objects.all()] == [KEYS[0], KEYS[0]]
