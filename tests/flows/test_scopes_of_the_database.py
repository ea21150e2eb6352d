"""Scopes that operators add, reword and mark (RFC 6749 §3.3): asked for, shown, agreed to, and taken away."""

import re
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import Consent, Scope
from oauth_provider.registry import kept_scopes
from tests import ledger
from tests.driver import METADATA, Driver, query_of
from tests.factories import ApplicationFactory, UserFactory
from tests.flows.consent.asking import is_asked

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.3")]

WORDS = "Share your notes"


@pytest.fixture
def driver() -> Driver:
    """A signed-in person at a client that may ask for everything."""
    driver = Driver(ApplicationFactory(policy={"scopes": None}), scope="notes:read")
    driver.sign_in(UserFactory())
    return driver


def page(driver: Driver, **changes: Any) -> str:
    response = driver.authorize(**changes)
    return driver.browser.get(response["Location"]).content.decode()


def test_a_scope_that_was_added_is_asked_for_shown_and_granted(driver: Driver) -> None:
    refused = driver.authorize(scope="notes:share")
    assert query_of(refused["Location"])["error"] == "invalid_scope"
    Scope.objects.create(name="notes:share", words=WORDS)
    assert WORDS in page(driver, scope="notes:share")
    driver.scope = "notes:share"
    assert driver.tokens()["scope"] == "notes:share"
    assert "notes:share" in Browser().get(METADATA).json()["scopes_supported"]


def test_a_client_whose_scopes_are_listed_gets_no_new_one_by_itself() -> None:
    Scope.objects.create(name="notes:share", words=WORDS)
    listed = ApplicationFactory(service=True, policy={"grant_types": ["client_credentials"], "scopes": ["notes:read"]})
    ledger.refused(Driver(listed).token(grant_type="client_credentials", scope="notes:share"), "invalid_scope")


def test_a_risk_is_told_on_the_consent_page_and_reading_is_not(driver: Driver) -> None:
    Scope.objects.create(name="notes:write", words="Write your notes", risk="deletes")
    Scope.objects.create(name="notes:read", words="Read your notes", risk="reads")
    shown = page(driver, scope="notes:read notes:write")
    assert re.findall(r'<strong class="oa-risk">(.*?)</strong>', shown) == ["can delete things"]


def test_markup_in_words_stays_text(driver: Driver) -> None:
    Scope.objects.create(name="notes:share", words="<script>alert(1)</script>")
    assert "<script>alert" not in page(driver, scope="notes:share")


@pytest.mark.spec("RFC 6749", "10.2")
@pytest.mark.parametrize("change", [{"words": "Read all that you write"}, {"risk": "costs"}])
def test_whoever_agreed_to_other_words_or_to_no_risk_is_asked_again(driver: Driver, change: dict[str, str]) -> None:
    driver.code()
    assert not is_asked(driver)
    Scope.objects.create(**{"name": "notes:read", "words": "Read your notes", **change})
    assert is_asked(driver)
    driver.code()
    assert not is_asked(driver)


@pytest.mark.spec("RFC 6749", "10.2")
def test_a_row_that_says_what_the_settings_say_asks_nobody_again(driver: Driver) -> None:
    driver.code()
    Scope.objects.create(name="notes:read", words="Read your notes", risk="reads")
    assert not is_asked(driver)


def test_a_scope_that_was_taken_away_is_granted_no_more(driver: Driver) -> None:
    scope = Scope.objects.create(name="notes:share", words=WORDS)
    driver.scope = "notes:read notes:share"
    tokens = driver.tokens()
    assert set(tokens["scope"].split()) == {"notes:read", "notes:share"}
    scope.delete()
    assert driver.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"
    assert query_of(driver.authorize(scope="notes:share")["Location"])["error"] == "invalid_scope"


@pytest.mark.spec("RFC 9700", "4.7")
def test_nobody_agrees_to_words_that_another_process_has_changed_since(driver: Driver) -> None:
    """Whichever process shows the page and whichever answers it: what is agreed to is what was shown."""
    asked = driver.authorize()["Location"]
    shown = driver.browser.get(asked).content.decode()
    assert "Read your notes" in shown
    Scope.objects.bulk_create([Scope(name="notes:read", words="Read and sell your notes")])
    kept_scopes.forget()
    answer = driver.browser.post(asked, {"decision": "allow"})
    assert answer.status_code == 400
    assert not Consent.objects.exists()


def test_a_process_that_has_not_heard_of_new_words_shows_the_page_that_another_one_asked(driver: Driver) -> None:
    before = dict(kept_scopes._kept)
    Scope.objects.create(name="notes:read", words="Read all that you write")
    asked = driver.authorize()["Location"]
    kept_scopes._kept.update(before)
    assert "Read all that you write" in driver.browser.get(asked).content.decode()
    kept_scopes._kept.update(before)
    assert driver.browser.post(asked, {"decision": "allow"}).status_code in (302, 303)
    assert Consent.objects.count() == 1
