"""What a session takes with it when it ends (OpenID Connect Core §11, Back-Channel Logout §2.7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.db import connection
from django.utils import timezone

from oauth_provider.models import Authorization, LogoutDelivery
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.logout import end_sessions
from tests import ledger
from tests.driver import LOGOUT, Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Back-Channel Logout", "2.7")]

TWO_WEEKS = 14 * 86400
ONLINE = "openid notes:read"


@pytest.fixture
def driver() -> Driver:
    driver = signed_in()
    driver.scope = ONLINE
    return driver


def is_alive(driver: Driver, tokens: dict[str, Any]) -> bool:
    """Both or neither: the access token serves, and the refresh token is answered."""
    serves = ledger.is_good(tokens["access_token"])
    assert (driver.refresh(tokens["refresh_token"]).status_code == 200) is serves
    return serves


def test_a_logout_ends_the_tokens_of_its_session(driver: Driver) -> None:
    tokens = driver.tokens()
    driver.browser.logout()
    assert ledger.is_over(tokens["access_token"])
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert Authorization.objects.get().revoked_reason == "logout"


@pytest.mark.spec("OIDC Core", "11")
@pytest.mark.parametrize("scope", ["openid offline_access", "openid offline_access notes:read"])
def test_what_was_granted_for_absence_goes_on(driver: Driver, scope: str) -> None:
    driver.scope = scope
    tokens = driver.tokens()
    driver.browser.logout()
    assert is_alive(driver, tokens)


def test_a_client_of_plain_oauth_goes_on(driver: Driver) -> None:
    driver.scope = "notes:read"
    tokens = driver.tokens()
    driver.browser.logout()
    assert is_alive(driver, tokens)


def test_other_sessions_go_on(driver: Driver) -> None:
    elsewhere = Driver(driver.application, scope=ONLINE)
    elsewhere.sign_in(get_user_model().objects.get())
    another = signed_in(UserFactory())
    another.scope = ONLINE
    tokens = [elsewhere.tokens(), another.tokens()]
    ended = driver.tokens()
    driver.browser.logout()
    assert not is_alive(driver, ended)
    assert is_alive(elsewhere, tokens[0])
    assert is_alive(another, tokens[1])


def test_every_client_of_the_session_is_concerned(driver: Driver) -> None:
    second = Driver(ApplicationFactory(), browser=driver.browser, scope=ONLINE)
    tokens = [driver.tokens(), second.tokens()]
    driver.browser.logout()
    assert not is_alive(driver, tokens[0])
    assert not is_alive(second, tokens[1])


def test_who_signs_in_again_without_logging_out_ends_all_of_it_with_one_logout(driver: Driver) -> None:
    user = get_user_model().objects.get()
    first = driver.tokens()
    driver.sign_in(user)
    second = driver.tokens()
    assert Authorization.objects.values("sid").distinct().count() == 2
    assert is_alive(driver, first)
    driver.browser.logout()
    assert not is_alive(driver, first)
    assert not is_alive(driver, second)


def test_a_code_on_its_way_ends_too(driver: Driver) -> None:
    code = driver.code()
    driver.browser.logout()
    ledger.refused(driver.redeem(code), "invalid_grant")


def test_narrowing_a_token_does_not_take_it_out_of_the_session(driver: Driver) -> None:
    tokens = driver.refresh(driver.tokens()["refresh_token"], scope="notes:read").json()
    driver.browser.logout()
    assert not is_alive(driver, tokens)


def test_what_ended_before_keeps_its_reason(driver: Driver) -> None:
    driver.revoke(driver.tokens()["refresh_token"])
    driver.browser.logout()
    assert Authorization.objects.get().revoked_reason == "client"


def test_a_signal_of_somebody_elses_without_request_or_session_harms_nothing(driver: Driver, rf: Any) -> None:
    tokens = driver.tokens()
    user_logged_out.send(sender=None, request=None, user=None)
    user_logged_out.send(sender=None, request=rf.get("/"), user=None)
    assert is_alive(driver, tokens)


# -- expiry --------------------------------------------------------------------------------------------------


def test_tokens_do_not_outlive_the_session(driver: Driver) -> None:
    tokens = driver.tokens()
    with ledger.later(TWO_WEEKS - 60):
        refreshed = driver.refresh(tokens["refresh_token"]).json()
        assert refreshed["expires_in"] <= 60
    with ledger.later(TWO_WEEKS + 1):
        assert not is_alive(driver, refreshed)


@pytest.mark.parametrize("scope", ["openid offline_access", "notes:read"])
def test_others_outlive_it(driver: Driver, scope: str) -> None:
    driver.scope = scope
    tokens = driver.tokens()
    with ledger.later(TWO_WEEKS + 1):
        assert driver.refresh(tokens["refresh_token"]).status_code == 200


def test_the_expiry_is_counted_from_the_login(driver: Driver) -> None:
    with ledger.later(TWO_WEEKS - 30):
        tokens = driver.tokens()
    assert tokens["expires_in"] <= 30


def test_where_every_request_extends_the_session_it_is_counted_from_now(driver: Driver, settings: Any) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True
    with ledger.later(TWO_WEEKS - 30):
        assert driver.tokens()["expires_in"] == 3600


@each("use_tz", [True, False])
@each("age", [600, timedelta(seconds=600)], ids=["seconds", "moment"])
def test_an_expiry_of_its_own_counts(settings: Any, use_tz: bool, age: Any) -> None:
    settings.USE_TZ = use_tz
    driver = signed_in()
    driver.scope = ONLINE
    session = driver.browser.session
    session.set_expiry(age if isinstance(age, int) else timezone.now() + age)
    session.save()
    assert 590 <= driver.tokens()["expires_in"] <= 600


def test_a_code_does_not_outlive_the_session(driver: Driver) -> None:
    with ledger.later(TWO_WEEKS - 5):
        code = driver.code()
    with ledger.later(TWO_WEEKS + 1):
        ledger.refused(driver.redeem(code), "invalid_grant")


# -- what it costs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("clients", "statements"), [(0, 1), (1, 8), (3, 8)])
def test_the_end_of_a_session_costs_the_same_for_any_number_of_clients(
    django_assert_num_queries: Any, clients: int, statements: int
) -> None:
    driver = signed_in()
    for _ in range(clients):
        application = ApplicationFactory(policy={"backchannel_logout_uri": "https://app.example.com/"})
        Driver(application, browser=driver.browser, scope=ONLINE).tokens()
    sids = list(Authorization.objects.values_list("sid", flat=True)) or ["nobody's"]
    # Without row locks a statement of its own takes them.
    locks = 0 if connection.features.has_select_for_update or not clients else 1
    with django_assert_num_queries(statements + locks):
        end_sessions(sids, Issuer("https://auth.example.com"))
    assert LogoutDelivery.objects.count() == clients


# -- signing in again ----------------------------------------------------------------------------------------


@pytest.fixture
def anew(driver: Driver) -> dict[str, Any]:
    """Tokens of a session whose login a client then wants renewed."""
    tokens = driver.tokens()
    assert driver.authorize(prompt="login")["Location"].startswith("/accounts/login/")
    return tokens


def test_a_login_that_is_to_be_renewed_is_no_logout(driver: Driver, anew: dict[str, Any]) -> None:
    assert "_auth_user_id" in driver.browser.session
    assert is_alive(driver, anew)


def test_the_logout_after_it_ends_both(driver: Driver, anew: dict[str, Any]) -> None:
    driver.sign_in(get_user_model().objects.get())
    second = driver.tokens()
    driver.browser.logout()
    assert not is_alive(driver, anew)
    assert not is_alive(driver, second)


def test_when_another_person_signs_in_the_one_before_is_logged_out(driver: Driver, anew: dict[str, Any]) -> None:
    driver.sign_in(UserFactory())
    assert not is_alive(driver, anew)


def test_a_login_that_was_never_renewed_can_still_be_logged_out(driver: Driver) -> None:
    tokens = driver.tokens()
    page = driver.authorize(prompt="select_account")["Location"]
    driver.browser.post(page, {"choice": "other"})
    assert "_auth_user_id" not in driver.browser.session
    assert driver.browser.get(LOGOUT, {"id_token_hint": tokens["id_token"]}).status_code == 200
    assert not is_alive(driver, tokens)
