"""An end that a person chooses: no sign-in, no token and no memory of the consent outlives it (RFC 6749 §10.3)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauth_provider.models import Authorization, Consent, PendingRequest
from tests import ledger
from tests.driver import Driver, query_of, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 6749", "10.3")]

DAY = timedelta(days=1)


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": ["authorization_code", "refresh_token"], "may_introspect": True})


def page_of(driver: Driver, **changes: Any) -> str:
    page: str = driver.authorize(**changes)["Location"]
    assert page.startswith("/oauth/consent/")
    return page


def offered() -> list[str]:
    opened = PendingRequest.objects.latest("pk").created_at.replace(microsecond=0)
    return [(opened + days * DAY).isoformat() for days in (1, 30, 365)]


def allow(driver: Driver, page: str, until: str) -> Any:
    return driver.browser.post(page, {"decision": "allow", "until": until})


def test_the_page_offers_ends_and_that_there_is_none(driver: Driver) -> None:
    shown = driver.browser.get(page_of(driver)).content.decode()
    for value in ("", *offered()):
        assert f'<option value="{value}">' in shown


def test_a_project_may_offer_none(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CONSENT_DURATIONS": []}
    page = page_of(driver)
    shown = driver.browser.get(page).content.decode()
    assert 'name="until"' not in shown
    assert "take it back at any time" in shown
    with ledger.unchanged():
        assert allow(driver, page, offered()[0]).status_code == 400


def test_whatever_comes_of_it_ends_then(driver: Driver) -> None:
    page = page_of(driver)
    end = offered()[0]
    tokens = driver.redeem(query_of(allow(driver, page, end)["Location"])["code"]).json()
    authorization = Authorization.objects.get()
    assert authorization.until == authorization.expires_at == datetime.fromisoformat(end)
    refreshed = driver.refresh(tokens["refresh_token"]).json()
    assert Authorization.objects.get().expires_at == datetime.fromisoformat(end)
    assert driver.introspect(refreshed["refresh_token"]).json()["exp"] == int(datetime.fromisoformat(end).timestamp())


def test_an_access_token_ends_with_it(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CONSENT_DURATIONS": [60]}
    page = page_of(driver)
    end = PendingRequest.objects.get().created_at.replace(microsecond=0) + timedelta(seconds=60)
    tokens = driver.redeem(query_of(allow(driver, page, end.isoformat())["Location"])["code"]).json()
    assert tokens["expires_in"] <= 60


def test_the_consent_is_remembered_until_then_and_a_silent_answer_ends_with_it(driver: Driver) -> None:
    page = page_of(driver)
    end = datetime.fromisoformat(offered()[0])
    allow(driver, page, end.isoformat())
    assert "code" in query_of(driver.authorize()["Location"])
    assert {one.until for one in Authorization.objects.all()} == {end}
    Consent.objects.update(until=timezone.now() - DAY)
    page_of(driver)
    assert query_of(driver.authorize(prompt="none")["Location"])["error"] == "consent_required"


def test_another_end_takes_nothing_along_that_was_agreed_for_longer_or_shorter(driver: Driver) -> None:
    allow(driver, page_of(driver, scope="notes:read"), "")
    page = page_of(driver, scope="notes:write")
    allow(driver, page, offered()[0])
    assert set(Consent.objects.get().agreed.scopes) == {"notes:write"}
    page = page_of(driver, scope="notes:read")
    allow(driver, page, "")
    assert set(Consent.objects.get().agreed.scopes) == {"notes:read"}
    assert Consent.objects.get().until is None


@pytest.mark.parametrize("until", ["tomorrow", "9999-12-31", "2001-01-01T00:00:00+00:00", "1", "\x00", "x" * 9000])
def test_an_end_that_is_not_offered_is_refused_and_grants_nothing(driver: Driver, until: str) -> None:
    page = page_of(driver)
    with ledger.unchanged():
        assert allow(driver, page, until).status_code == 400
    assert PendingRequest.objects.get().decided_at is None


def test_the_same_end_again_is_a_double_click_and_another_is_not(driver: Driver) -> None:
    page = page_of(driver)
    first = allow(driver, page, offered()[0])["Location"]
    assert allow(driver, page, offered()[0])["Location"] == first
    assert allow(driver, page, offered()[1]).status_code == 400
    assert Authorization.objects.count() == 1
