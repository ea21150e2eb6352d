"""A policy that becomes narrower reaches sign-ins that are alive (RFC 6749 §6, RFC 9700 §2.2)."""

from typing import Any

import pytest
from django.test import override_settings

from oauth_provider.models import ClientPolicy
from tests import ledger
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "6")]

FEWER = {"ISSUER": "https://auth.example.com", "SCOPES": {"notes:read": "Read your notes"}}
OTHERS = {**OAUTH_PROVIDER, "SCOPES": {"photos:read": "See your photos"}}


@pytest.fixture
def driver() -> Driver:
    driver = Driver(ApplicationFactory(policy={}))
    driver.sign_in(UserFactory())
    return driver


def allow_only(driver: Driver, *scopes: str) -> None:
    ClientPolicy.objects.filter(application=driver.application).update(scopes=list(scopes))


def test_a_scope_that_the_client_lost_is_not_refreshed(driver: Driver) -> None:
    tokens = driver.tokens()
    allow_only(driver, "notes:read")
    assert driver.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"


def test_a_scope_that_is_gone_from_the_registry_is_not_refreshed(driver: Driver) -> None:
    tokens = driver.tokens()
    with override_settings(OAUTH_PROVIDER=FEWER):
        assert driver.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"


def test_a_lost_scope_cannot_be_asked_for(driver: Driver) -> None:
    tokens = driver.tokens()
    allow_only(driver, "notes:read")
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], scope="notes:write"), "invalid_scope")


def test_where_nothing_is_left_the_refresh_is_refused(driver: Driver) -> None:
    tokens = driver.tokens()
    with override_settings(OAUTH_PROVIDER=OTHERS), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert driver.refresh(tokens["refresh_token"]).status_code == 200


def test_a_code_made_before_yields_what_is_left(driver: Driver) -> None:
    code = driver.code()
    allow_only(driver, "notes:read")
    assert driver.redeem(code).json()["scope"] == "notes:read"


def test_a_retry_does_not_bring_a_lost_scope_back(driver: Driver) -> None:
    tokens = driver.tokens()
    assert driver.refresh(tokens["refresh_token"]).status_code == 200
    allow_only(driver, "notes:read")
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


@pytest.mark.spec("RFC 9700", "2.6")
class TestPlainHttp:
    """Codes do not cross networks in the clear."""

    URI = "http://photos.example.com/callback"

    def ask(self, **changes: Any) -> Any:
        driver = Driver(ApplicationFactory(redirect_uris=self.URI), redirect_uri=self.URI)
        driver.sign_in(UserFactory())
        return driver.authorize(**changes)

    @pytest.mark.parametrize("changes", [{}, {"redirect_uri": None}, {"scope": "unknown"}])
    def test_a_registered_http_redirect_of_another_machine_is_refused_on_a_page(self, changes: Any) -> None:
        response = self.ask(**changes)
        assert response.status_code == 400
        assert "Location" not in response

    def test_an_operator_may_go_on_with_it(self) -> None:
        legacy = {**FEWER, "LEGACY_HTTP_REDIRECT_URIS": True}
        with override_settings(OAUTH_PROVIDER=legacy):
            assert self.ask(scope="notes:read").status_code == 303

    @pytest.mark.parametrize("uri", ["http://localhost:3000/cb", "http://127.0.0.1/cb", "http://[::1]:81/cb"])
    def test_this_machine_is_no_network(self, uri: str) -> None:
        driver = Driver(ApplicationFactory(redirect_uris=uri), redirect_uri=uri)
        driver.sign_in(UserFactory())
        assert driver.authorize().status_code == 303
