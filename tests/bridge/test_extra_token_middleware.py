"""DOT's ``OAuth2ExtraTokenMiddleware``, which looks tokens up by itself (RFC 6750 §3.1)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from oauth2_provider.middleware import OAuth2ExtraTokenMiddleware

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from oauth_provider.tokens.ending import revoke_authorizations
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6750", "3.1")]


@pytest.fixture
def driver() -> Driver:
    driver = Driver(ApplicationFactory(policy={}), scope="read")
    driver.user = UserFactory()
    driver.sign_in(driver.user)
    return driver


def attached(token: str, scheme: str = "Bearer") -> Any:
    """What the middleware puts on a request with ``token``."""

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = RequestFactory().get("/", headers={"authorization": f"{scheme} {token}"})
    OAuth2ExtraTokenMiddleware(view)(request)
    return getattr(request, "access_token", None)


def test_a_good_token_is_attached(driver: Driver) -> None:
    row = attached(driver.tokens()["access_token"])
    assert row.user == driver.user


def suspend(driver: Driver) -> None:
    ClientPolicy.objects.update(status="suspended")


def deactivate(driver: Driver) -> None:
    driver.user.is_active = False
    driver.user.save()


def revoke(driver: Driver) -> None:
    revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)


def bind(driver: Driver) -> None:
    TokenBinding.objects.update(cnf={"jkt": "a key"})


@each("act", [suspend, deactivate, revoke, bind])
def test_a_refused_token_is_not_attached(driver: Driver, act: Callable[[Driver], None]) -> None:
    token = driver.tokens()["access_token"]
    act(driver)
    assert attached(token) is None


def test_a_token_for_another_resource_is_not_attached(driver: Driver, settings: Any) -> None:
    token = driver.tokens()["access_token"]
    rows = access_token_model()._base_manager.all()
    for named, is_for_this in ((["http://testserver/"], True), (["https://elsewhere.example"], False)):
        rows.update(resource=named)
        assert (attached(token) is not None) is is_for_this
    settings.OAUTH_RESOURCE_SERVER = {"RESOURCE": "https://elsewhere.example"}
    assert attached(token) is not None


@each("token", ["", "unknown", "a b", "a,b", "\x00", "é"])
def test_a_token_that_is_none_is_not_attached(token: str) -> None:
    assert attached(token) is None


def test_another_scheme_is_not_read(driver: Driver) -> None:
    assert attached(driver.tokens()["access_token"], "Basic") is None
