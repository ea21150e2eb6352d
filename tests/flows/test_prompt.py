"""``prompt`` and ``max_age`` (OpenID Connect Core §3.1.2.1): when a person is asked, and what they are asked."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.test import override_settings
from django.utils import timezone

from oauth_provider.authorization.sign_in import Recorded
from oauth_provider.models import Authorization, ClientPolicy, PendingRequest
from tests import ledger
from tests.driver import METADATA, Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK, UserFactory
from tests.flows.interaction import error_of, goes_to, is_signed_in, log_in
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "3.1.2.1")]

LOGIN, SIGN_UP, ACCOUNT = "/accounts/login/", "/accounts/join/", "/oauth/select-account"


@pytest.fixture
def driver() -> Driver:
    """Signed in, and what is asked for was agreed to."""
    driver = signed_in(UserFactory(username="ann"), policy={})
    driver.code()
    return driver


# none


def test_none_answers_at_once_what_was_agreed_to(driver: Driver) -> None:
    before = PendingRequest.objects.count()
    assert "code" in query_of(driver.authorize(prompt="none")["Location"])
    assert PendingRequest.objects.count() == before


@each(
    ("prepare", "changes", "error"),
    [
        (lambda driver: driver.browser.logout(), {}, "login_required"),
        (lambda driver: None, {"scope": "photos:read"}, "consent_required"),
        (lambda driver: None, {"max_age": "0"}, "login_required"),
        (lambda driver: driver.sign_in(UserFactory()), {}, "login_required"),
        (lambda driver: None, {"code_challenge": None}, "invalid_request"),
    ],
    ids=["nobody", "more scope", "too old", "somebody else", "a broken rule"],
)
def test_none_is_answered_with_an_error_where_a_page_would_be_shown(
    driver: Driver, prepare: Any, changes: dict[str, Any], error: str
) -> None:
    prepare(driver)
    with ledger.unchanged():
        assert error_of(driver.authorize(prompt="none", **changes)) == error


@pytest.mark.spec("RFC 8252", "8.6")
@pytest.mark.parametrize("uri", ["com.example.app:/cb", "http://127.0.0.1/cb"])
def test_none_needs_a_page_where_any_app_could_pose_as_the_client(uri: str) -> None:
    driver = signed_in(public=True, redirect_uri=uri)
    driver.code()
    with ledger.unchanged():
        answer = query_of(driver.authorize(prompt="none")["Location"])
    assert answer["error"] == "interaction_required"


def test_none_leaves_the_sign_in_alone(driver: Driver) -> None:
    driver.authorize(prompt="none", max_age="0")
    assert is_signed_in(driver)


@each("prompt", ["none login", "none consent", "none select_account", "unknown", "login unknown"])
def test_what_contradicts_itself_is_refused_before_anything_is_ended(driver: Driver, prompt: str) -> None:
    with ledger.unchanged():
        assert error_of(driver.authorize(prompt=prompt)) == "invalid_request"
    assert is_signed_in(driver)


# login and max_age


def test_login_asks_for_another_and_leaves_the_session_until_then(driver: Driver) -> None:
    session = driver.browser.session
    session["cart"] = ["a book"]
    session.save()
    old, before = session.session_key, dict(session.items())
    url = goes_to(driver.authorize(prompt="login"), LOGIN)
    assert driver.browser.session.session_key == old
    assert dict(driver.browser.session.items()) == before
    with ledger.later(5):
        answer = query_of(log_in(driver, url)["Location"])
        assert answer["state"] == "a state"
        assert "code" in answer
    assert driver.browser.session.session_key != old


def test_auth_time_is_of_this_session_and_not_the_last_login(driver: Driver) -> None:
    url = goes_to(driver.authorize(prompt="login"), LOGIN)
    with ledger.later(100):
        signed_in_at = timezone.now()
        log_in(driver, url)
    with ledger.later(1000):
        Browser().login(username="ann", password="correct horse")
        code = query_of(driver.authorize()["Location"])["code"]
    assert code
    times = {row.auth_time for row in Authorization.objects.order_by("-pk")[:2]}
    assert len(times) == 1
    assert abs((times.pop() - signed_in_at).total_seconds()) < 2


def test_max_age_asks_who_signed_in_earlier(driver: Driver) -> None:
    with ledger.later(100):
        assert "code" in query_of(driver.authorize(max_age="200")["Location"])
        url = goes_to(driver.authorize(max_age="50"), LOGIN)
        assert is_signed_in(driver)
        assert "code" in query_of(log_in(driver, url)["Location"])
        assert "code" in query_of(driver.authorize(max_age="50")["Location"])


def test_max_age_zero_is_prompt_login(driver: Driver) -> None:
    url = goes_to(driver.authorize(max_age="0"), LOGIN)
    assert "code" in query_of(log_in(driver, url)["Location"])


def test_a_sign_in_that_took_its_time_to_come_back_is_too_old(driver: Driver) -> None:
    with ledger.later(10):
        url = goes_to(driver.authorize(max_age="1"), LOGIN)
    with ledger.later(11):
        resume = driver.browser.post(url, {"username": "ann", "password": "correct horse"})["Location"]
    with ledger.later(80):
        goes_to(driver.browser.get(resume), LOGIN)


def test_a_sign_in_at_an_unknown_time_is_too_old(driver: Driver) -> None:
    session = driver.browser.session
    del session["oauth_provider.sign_in"]
    session.save()
    assert "code" in query_of(driver.authorize()["Location"])
    assert error_of(driver.authorize(prompt="none", max_age="1000000")) == "login_required"
    goes_to(driver.authorize(max_age="1000000"), LOGIN)


@pytest.mark.spec("OIDC Registration", "2")
def test_a_client_has_a_max_age_of_its_own(driver: Driver) -> None:
    ClientPolicy.objects.update(default_max_age=50)
    with ledger.later(100):
        assert "code" in query_of(driver.authorize(max_age="200")["Location"])
        goes_to(driver.authorize(), LOGIN)


@pytest.mark.spec("OIDC Registration", "2")
def test_a_client_that_requires_auth_time_gets_one(driver: Driver) -> None:
    ClientPolicy.objects.update(require_auth_time=True)
    assert "code" in query_of(driver.authorize()["Location"])
    session = driver.browser.session
    del session["oauth_provider.sign_in"]
    session.save()
    url = goes_to(driver.authorize(), LOGIN)
    assert "code" in query_of(log_in(driver, url)["Location"])
    assert Authorization.objects.latest("pk").auth_time is not None


def test_a_login_that_never_helps_ends_in_a_page_with_the_way_back(driver: Driver, monkeypatch: Any) -> None:
    """As where a backend signs people in past ``user_logged_in``."""
    monkeypatch.setattr("oauth_provider.authorization.demand.recorded", lambda http: Recorded())
    response = driver.authorize(prompt="login")
    for _ in range(3):
        response = log_in(driver, goes_to(response, LOGIN))
    ledger.is_error_page(response, "login_required")
    assert f'href="{CALLBACK}?error=login_required' in response.content.decode()


# consent


def test_consent_asks_again_what_was_agreed_to(driver: Driver) -> None:
    page = goes_to(driver.authorize(prompt="consent"), "/oauth/consent/")
    assert "code" in query_of(driver.decide(page)["Location"])


def test_consent_asks_even_where_the_operator_says_yes_for_everyone() -> None:
    goes_to(signed_in(skip_authorization=True).authorize(prompt="consent"), "/oauth/consent/")


def test_login_and_consent_ask_for_both(driver: Driver) -> None:
    url = goes_to(driver.authorize(prompt="consent login"), LOGIN)
    goes_to(log_in(driver, url), "/oauth/consent/")


# create


@pytest.fixture
def _sign_up(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "SIGN_UP_URL": f"{SIGN_UP}?plan=free"}


@pytest.mark.spec("OIDC Prompt Create", "4")
@pytest.mark.usefixtures("_sign_up")
@each("prompt", ["create", "create login", "create consent select_account"])
def test_create_leads_to_the_sign_up_page_whoever_is_signed_in(driver: Driver, prompt: str) -> None:
    for _ in range(2):
        url = goes_to(driver.authorize(prompt=prompt), SIGN_UP)
        assert query_of(url)["plan"] == "free"
        assert is_signed_in(driver)
    driver.sign_in(UserFactory())  # as a sign-up page does at its end
    response = driver.browser.get(query_of(url)["next"])
    goes_to(response, "/oauth/consent/")


@pytest.mark.spec("OIDC Prompt Create", "4")
@pytest.mark.usefixtures("_sign_up")
def test_create_stands_beside_all_but_none(driver: Driver) -> None:
    with ledger.unchanged():
        assert error_of(driver.authorize(prompt="create none")) == "invalid_request"


@pytest.mark.spec("OIDC Prompt Create", "4.1")
def test_create_is_refused_and_not_advertised_without_a_page(driver: Driver) -> None:
    with ledger.unchanged():
        assert error_of(driver.authorize(prompt="create")) == "invalid_request"
    values = driver.browser.get(METADATA).json()["prompt_values_supported"]
    assert values == ["none", "login", "consent", "select_account"]
    with override_settings(OAUTH_PROVIDER={**OAUTH_PROVIDER, "SIGN_UP_URL": "login"}):
        assert driver.browser.get(METADATA).json()["prompt_values_supported"] == [*values, "create"]
