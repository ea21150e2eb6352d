"""``require_signed_request_object`` (RFC 9101 §10.5), of a client or of the server: only what is signed is answered."""

from typing import Any

import pytest

from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.protocol import jws
from tests import jose_keys, ledger
from tests.driver import AUTHORIZE, Driver, post, query_of, signed_in
from tests.factories import UserFactory
from tests.flows.request_objects import SIGNED_ALONE, claims_of, goes_back, jwks, send, signed

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9101", "6")]


@pytest.fixture
def driver() -> Driver:
    """A client with keys, in the browser of somebody signed in."""
    return signed_in(UserFactory(username="ann"), policy={"jwks": jwks("RS256", "ES256", "PS256", "EdDSA")})


@pytest.mark.spec("RFC 9101", "10.5")
def test_a_client_that_signs_its_requests_is_not_spoken_for(driver: Driver) -> None:
    ClientPolicy.objects.update(require_signed_request_object=True)
    with ledger.unchanged():
        goes_back(driver.authorize(), "invalid_request")
        ledger.refused(driver.push(), "invalid_request")
    assert send(driver, signed(driver))["Location"].startswith("/oauth/consent/")
    page = driver.open(driver.push(request=signed(driver)).json()["request_uri"])["Location"]
    assert "code" in query_of(driver.decide(page)["Location"])


@pytest.mark.spec("RFC 9101", "10.5")
@pytest.mark.parametrize("own", [False, True])
def test_a_server_may_answer_signed_requests_alone(driver: Driver, settings: Any, own: bool) -> None:
    ClientPolicy.objects.update(require_signed_request_object=own)
    waiting = driver.push(request=signed(driver)).json()["request_uri"]
    settings.OAUTH_PROVIDER = SIGNED_ALONE
    with ledger.unchanged():
        goes_back(driver.authorize(), "invalid_request")
        goes_back(driver.authorize(request=""), "invalid_request")
        goes_back(send(driver, jws.sign(claims_of(driver), jose_keys.key("ES256", 1))))
        ledger.refused(driver.push(), "invalid_request")
        posted = post(driver.browser, AUTHORIZE, driver.request())
        goes_back(driver.browser.get(posted["Location"]), "invalid_request")
    assert send(driver, signed(driver))["Location"].startswith("/oauth/consent/")
    posted = post(driver.browser, AUTHORIZE, {"client_id": driver.application.client_id, "request": signed(driver)})
    assert driver.browser.get(posted["Location"])["Location"].startswith("/oauth/consent/")
    page = driver.open(waiting)["Location"]
    assert "code" in query_of(driver.decide(page)["Location"])


@pytest.mark.spec("RFC 9101", "10.5")
def test_what_was_pushed_unsigned_before_is_not_answered_either(driver: Driver, settings: Any) -> None:
    waiting = driver.push().json()["request_uri"]
    settings.OAUTH_PROVIDER = SIGNED_ALONE
    goes_back(driver.open(waiting), "invalid_request")
    assert not Authorization.objects.exists()


@pytest.mark.spec("RFC 9101", "10.5")
def test_a_client_without_keys_can_then_ask_for_nothing(settings: Any) -> None:
    settings.OAUTH_PROVIDER = SIGNED_ALONE
    driver = signed_in(policy={})
    with ledger.unchanged():
        goes_back(driver.authorize(), "invalid_request")
        ledger.refused(driver.push(), "invalid_request")
        for token in (signed(driver), "a.b.c", f"{'e30'}.{'e30'}."):
            assert "code" not in query_of(send(driver, token).headers.get("Location", ""))


@pytest.mark.spec("RFC 9126", "5")
@pytest.mark.spec("RFC 9101", "10.5")
def test_both_may_be_required(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**SIGNED_ALONE, "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS": True}
    with ledger.unchanged():
        goes_back(send(driver, signed(driver)), "invalid_request")
        ledger.refused(driver.push(), "invalid_request")
    assert driver.push(request=signed(driver)).status_code == 201
