"""A database that is away, read-only or full (RFC 9110 §15.6.4): programs come back later, people try again."""

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, ProgrammingError
from django.test import Client as Browser

from oauth_provider.resource_server import database_outage
from oauth_provider.resource_server.database_outage import Reporter
from oauth_provider.tokens import key_ring
from tests import ledger
from tests.driver import INTROSPECT, JWKS, METADATA, PAR, REVOKE, TOKEN, USERINFO, Driver, post, signed_in
from tests.factories import ApplicationFactory
from tests.outages import OUTAGES, caused, failing

STRICT = "django.contrib.auth.middleware.LoginRequiredMiddleware" in django_settings.MIDDLEWARE
of_ours_alone = pytest.mark.skipif(STRICT, reason="the project's own middleware asks for the person first, and fails")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 9110", "15.6.4")]

NEVER = 1_000_000
GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


@pytest.fixture(autouse=True)
def _own_reporter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_outage, "reporter", Reporter())


@pytest.fixture
def service() -> Driver:
    return Driver(ApplicationFactory(policy={"grant_types": ["client_credentials"], "may_introspect": True}))


def comes_back(response: Any) -> None:
    """JSON that says when to come back, for any script to read, and nothing about what happened."""
    assert (response.status_code, response["Content-Type"]) == (503, "application/json")
    assert response.json() == {
        "error": "temporarily_unavailable",
        "error_description": "The server cannot reach its database at the moment.",
    }
    assert response["Retry-After"] == "10"
    assert response["Cache-Control"] == "no-store"
    assert response["Access-Control-Allow-Origin"] == "*"


# -- programs ----------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9110", "10.2.3")
def test_every_endpoint_for_programs_says_when_to_come_back(service: Driver) -> None:
    form = {**service.credentials, **GRANT, "token": "x"}
    calls = {
        **{path: lambda path=path: post(Browser(), path, form) for path in (TOKEN, REVOKE, INTROSPECT, PAR)},
        "introspection by a token": lambda: post(Browser(), INTROSPECT, {"token": "x"}, Authorization="Bearer x"),
        USERINFO: lambda: Browser().get(USERINFO, headers={"Authorization": "Bearer x"}),
        "userinfo by POST": lambda: post(Browser(), USERINFO, {"access_token": "x"}),
        "preflight": lambda: Browser().options(TOKEN, headers={"origin": "https://spa.example"}),
    }
    for call in calls.values():
        with failing():
            comes_back(call())


def test_documents_that_are_in_memory_are_served(service: Driver) -> None:
    for path in (JWKS, METADATA):
        Browser().get(path)
        with failing():
            assert Browser().get(path).status_code == 200


def test_keys_that_are_in_the_database_are_asked_for_later(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None}
    key_ring.forget()
    with failing():
        comes_back(Browser().get(JWKS))
    assert Browser().get(JWKS).status_code == 200


@pytest.mark.parametrize("outage", OUTAGES)
def test_whatever_is_the_matter_with_the_database(service: Driver, outage: str) -> None:
    with failing(OUTAGES[outage]):
        comes_back(service.token(**GRANT))


def test_a_mistake_is_no_outage(service: Driver) -> None:
    for mistake in (
        lambda: ProgrammingError("no such function"),
        lambda: caused(OperationalError, "no such table: x", sqlite_errorcode=1),
    ):
        with failing(mistake), pytest.raises((ProgrammingError, OperationalError)):
            service.token(**GRANT)


def of_no_browser(driver: Driver) -> Driver:
    """The client as it calls by itself: without the person's session, which middleware may ask about."""
    return replace(driver, browser=Browser())


@pytest.mark.spec("RFC 6749", "4.1.3")
def test_a_code_is_not_spent_wherever_the_database_goes_away() -> None:
    """Before the first statement of an exchange, before the second, and so on to the last."""
    driver = signed_in()
    for _time in range(3):  # the first use of a secret is noted, and a client is remembered after that
        driver.tokens()
    code = driver.code()
    with failing(number=NEVER) as whole:
        assert of_no_browser(driver).redeem(code).status_code == 200
    assert whole.seen >= 2
    code = driver.code()
    for number in range(1, whole.seen + 1):
        with ledger.unchanged(), failing(OUTAGES["shut down"], number):
            comes_back(of_no_browser(driver).redeem(code))
    assert driver.redeem(code).status_code == 200


@pytest.mark.spec("RFC 6749", "6")
def test_a_refresh_token_is_good_after_the_outage() -> None:
    driver = signed_in()
    refresh_token = driver.tokens()["refresh_token"]
    for number in (1, 2):
        with ledger.unchanged(), failing(OUTAGES["read-only"], number):
            comes_back(of_no_browser(driver).refresh(refresh_token))
    assert driver.refresh(refresh_token).status_code == 200


def test_neither_the_log_nor_the_admins_hear_of_every_call(
    service: Driver, caplog: pytest.LogCaptureFixture, mailoutbox: Any, settings: Any
) -> None:
    settings.ADMINS = [("An admin", "admin@example.com")]
    with failing():
        for _time in range(5):
            comes_back(service.token(**GRANT))
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == [
        "oauth_provider.resource_server"
    ]
    assert mailoutbox == []


# -- people ------------------------------------------------------------------------------------------------------


def is_page(response: Any) -> None:
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


@of_ours_alone
def test_a_person_is_told_to_try_again_and_can() -> None:
    driver = signed_in()
    with failing():
        response = driver.authorize(state="<script>")
    is_page(response)
    text = response.content.decode()
    assert "Try again" in text
    assert 'href="/oauth/authorize?' in text
    assert "<script>" not in text


@of_ours_alone
def test_who_decides_meanwhile_has_decided_nothing() -> None:
    driver = signed_in()
    page = driver.authorize(prompt="consent")["Location"]
    with ledger.unchanged(), failing():
        is_page(driver.browser.get(page))
        response = driver.decide(page)
    is_page(response)
    assert f'href="{page}">Try again' in response.content.decode()
    assert "code=" in driver.decide(page)["Location"]


@of_ours_alone
def test_logging_out_and_choosing_an_account_say_so_too() -> None:
    driver = signed_in()
    for path in ("/oauth/logout", "/oauth/select-account?request=x"):
        with failing():
            response = driver.browser.get(path)
        assert response.status_code in (400, 503)
    with failing():
        is_page(driver.browser.get("/oauth/logout"))


@of_ours_alone
def test_the_middleware_of_the_browser_state_leaves_the_page_as_it_is(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "oauth_provider.middleware.BrowserStateMiddleware"]
    driver = signed_in()
    page = driver.authorize(prompt="consent")["Location"]
    with failing():
        is_page(driver.browser.get(page))
    with failing(lambda: ProgrammingError("no such table")), pytest.raises(ProgrammingError):
        driver.browser.get(page)


def ask_the_database(request: Any) -> dict[str, Any]:
    """A context processor as projects have them."""
    from oauth_provider.models import ClientPolicy

    return {"clients": ClientPolicy.objects.count()}


def test_a_page_that_cannot_be_drawn_is_plain_text(settings: Any) -> None:
    processors = settings.TEMPLATES[0]["OPTIONS"]["context_processors"]
    options = {"context_processors": [*processors, f"{__name__}.ask_the_database"]}
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "OPTIONS": options}]
    with failing():
        response = signed_out_page()
    assert (response.status_code, response["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert response["Retry-After"] == "10"


def signed_out_page() -> Any:
    return Browser().get("/oauth/authorize", {"client_id": "x", "response_type": "code"})


def test_a_mistake_on_a_page_stays_an_error() -> None:
    driver = signed_in()
    with failing(lambda: ProgrammingError("no such function")), pytest.raises(ProgrammingError):
        driver.authorize()
