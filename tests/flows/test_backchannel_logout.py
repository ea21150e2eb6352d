"""Back-channel logout (OpenID Connect Back-Channel Logout 1.0): what is said, and to whom."""

from collections.abc import Iterator

import pytest
from django.db import router, transaction
from joserfc import jwt
from joserfc.jwk import KeySet

from oauth_provider.models import Authorization, ClientPolicy, LogoutDelivery
from tests import ledger
from tests.backchannel import TOLD, Client, deliver, listening, logged_out, reread, somebody
from tests.driver import JWKS, LOGOUT, Driver, post
from tests.each import each
from tests.factories import ApplicationFactory
from tests.logout import BYE

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Back-Channel Logout", "2.5")]

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def told() -> Iterator[Client]:
    with listening() as client:
        yield client


@pytest.fixture
def driver() -> Driver:
    return somebody()


# -- what is said ----------------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_the_logout_token_says_what_the_id_token_said(driver: Driver, told: Client, alg: str) -> None:
    ClientPolicy.objects.update(id_token_signed_response_alg=alg)
    keys = KeySet.import_key_set(driver.browser.get(JWKS).json())
    id_token = jwt.decode(driver.tokens()["id_token"], keys, algorithms=[alg]).claims
    driver.browser.logout()
    deliver()
    (url, form, limits) = told.got[0]
    assert url == TOLD
    assert set(form) == {"logout_token"}
    assert limits.is_configured is False
    token = jwt.decode(form["logout_token"][0], keys, algorithms=[alg])
    assert token.header["typ"] == "logout+jwt"
    claims = dict(token.claims)
    assert claims.pop("events") == {EVENT: {}}
    assert len(claims.pop("jti")) > 20
    assert 0 < claims.pop("exp") - claims.pop("iat") <= 120
    assert claims == {name: id_token[name] for name in ("iss", "aud", "sub", "sid")}


@pytest.mark.spec("RFC 8725", "3.11")
def test_a_logout_token_serves_for_nothing_else(driver: Driver, told: Client) -> None:
    logged_out(driver)
    deliver()
    (token,) = told.tokens()
    ledger.is_error_page(driver.browser.get(LOGOUT, {"id_token_hint": token}))
    assert not ledger.is_good(token)


# -- who is told -----------------------------------------------------------------------------------------------


def test_nothing_is_sent_by_the_request_itself(driver: Driver, told: Client) -> None:
    delivery = logged_out(driver)
    assert told.got == []
    deliver()
    assert len(told.got) == 1
    assert reread(delivery).status == "delivered"
    deliver()
    assert len(told.got) == 1


def test_a_client_is_told_once_however_often_somebody_signed_in_to_it(driver: Driver) -> None:
    driver.tokens()
    driver.tokens()
    driver.browser.logout()
    assert LogoutDelivery.objects.count() == 1


def test_each_client_of_the_session_is_told(driver: Driver, told: Client) -> None:
    policy = {"backchannel_logout_uri": "https://other.example.com/"}
    other = Driver(ApplicationFactory(policy=policy), browser=driver.browser, scope="openid offline_access")
    other.tokens()
    logged_out_of = {driver.application.pk, other.application.pk}
    driver.tokens()
    hint = driver.tokens()["id_token"]
    assert driver.browser.get(LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": BYE})["Location"] == BYE
    assert set(LogoutDelivery.objects.values_list("application_id", flat=True)) == logged_out_of
    deliver()
    assert {url for url, _form, _limits in told.got} == {TOLD, "https://other.example.com/"}


def test_who_revoked_its_tokens_is_told_all_the_same(driver: Driver) -> None:
    driver.revoke(driver.tokens()["refresh_token"])
    driver.browser.logout()
    assert LogoutDelivery.objects.count() == 1


@each("case", ["plain OAuth", "no URI", "never redeemed", "another session"])
def test_who_signed_nobody_in_here_is_not_told(driver: Driver, case: str) -> None:
    if case == "plain OAuth":
        driver.scope = "notes:read"
    if case == "no URI":
        ClientPolicy.objects.update(backchannel_logout_uri="")
    code = driver.code()
    if case != "never redeemed":
        driver.redeem(code)
    if case == "another session":
        driver.browser.session.flush()
        driver.sign_in(Authorization.objects.get().user)
    driver.browser.logout()
    assert not LogoutDelivery.objects.exists()


def test_a_logout_that_is_taken_back_tells_nobody(driver: Driver) -> None:
    tokens = driver.tokens()
    with transaction.atomic(using=router.db_for_write(Authorization)):
        driver.browser.logout()
        assert LogoutDelivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not LogoutDelivery.objects.exists()
    assert ledger.is_good(tokens["access_token"])


def test_a_logout_elsewhere_in_the_world_needs_no_back_channel(driver: Driver) -> None:
    """Logging out costs nothing where nobody signed in to anything."""
    post(driver.browser, LOGOUT, {"state": "s"})
    driver.browser.logout()
    assert not LogoutDelivery.objects.exists()
