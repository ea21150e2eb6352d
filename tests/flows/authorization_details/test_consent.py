"""Consent to authorization details (RFC 9396 §2, §12): shown as they are, remembered to the letter or not at all."""

import json

import pytest

from oauth_provider.models import Authorization, ClientPolicy, Consent
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.details import ONE, READ, TWO, TYPES, register, said
from tests.driver import query_of
from tests.factories import UserFactory
from tests.flows.authorization_details.grants import ACCOUNTS, error_of, granted

pytestmark = [pytest.mark.django_db]


@pytest.mark.spec("RFC 9396", "3.1")
def test_the_page_shows_every_detail_and_escapes_it(driver):
    page = driver.browser.get(driver.authorize(authorization_details=said(ONE, TWO))["Location"])
    html = page.content.decode()
    assert html.count("<h2>Send money</h2>") == 2
    assert "Mia &amp; &lt;b&gt;Söhne&lt;/b&gt;" in html
    assert "<b>Söhne" not in html
    assert "12.50" in html
    assert "99.00" in html
    assert "Read your notes" in html


@pytest.mark.spec("RFC 9396", "2.2")
def test_members_that_many_types_share_are_said_in_words(driver):
    page = driver.browser.get(driver.authorize(authorization_details=said(READ))["Location"])
    assert "<dt><bdi>To do what</bdi></dt><dd><bdi>read, list</bdi></dd>" in page.content.decode()


@pytest.mark.spec("RFC 9396", "3.1")
def test_without_scopes_the_page_names_none(driver):
    html = driver.browser.get(
        driver.authorize(scope=None, authorization_details=said(ONE))["Location"]
    ).content.decode()
    assert "It will" not in html


@pytest.mark.spec("RFC 9396", "3.1")
def test_a_transaction_is_asked_for_every_time(driver):
    driver.code(scope=None, authorization_details=said(ONE))
    assert driver.authorize(scope=None, authorization_details=said(ONE))["Location"].startswith("/oauth/consent/")
    silent = driver.authorize(scope=None, authorization_details=said(ONE), prompt="none")
    assert error_of(silent) == "consent_required"
    assert Consent.objects.get().entries["details"] == {}


@pytest.mark.spec("RFC 9396", "3.1")
def test_what_may_be_remembered_is_remembered_to_the_letter(driver):
    driver.code(scope=None, authorization_details=said(READ))
    again = driver.authorize(scope=None, authorization_details=json.dumps([dict(reversed(READ.items()))]))
    assert "code" in query_of(again["Location"])
    for other in ({**READ, "actions": ["read"]}, {**READ, "locations": [ACCOUNTS]}):
        asked = driver.authorize(scope=None, authorization_details=said(other))
        assert asked["Location"].startswith("/oauth/consent/")
    both = driver.authorize(scope=None, authorization_details=said(READ, ONE))
    assert both["Location"].startswith("/oauth/consent/")


def test_one_that_is_not_remembered_any_more_is_asked_for(driver, settings):
    driver.code(scope=None, authorization_details=said(READ))
    types = {**TYPES, "account": {**TYPES["account"], "remember": False}}
    register(settings, AUTHORIZATION_DETAILS_TYPES=types)
    assert driver.authorize(scope=None, authorization_details=said(READ))["Location"].startswith("/oauth/consent/")


def test_other_words_are_asked_for_again(driver, settings):
    driver.code(scope=None, authorization_details=said(READ))
    register(settings, AUTHORIZATION_DETAILS_TYPES={**TYPES, "account": {**TYPES["account"], "name": "Own them"}})
    assert driver.authorize(scope=None, authorization_details=said(READ))["Location"].startswith("/oauth/consent/")


def test_a_consent_to_scopes_is_none_to_details(driver):
    driver.code(scope="notes:read")
    asked = driver.authorize(scope="notes:read", authorization_details=said(READ))
    assert asked["Location"].startswith("/oauth/consent/")


def test_withdrawn_it_is_forgotten_with_all_that_stood_on_it(driver):
    response = granted(driver, READ)
    authorization = Authorization.objects.get()
    withdraw_consent(user=authorization.user, application=driver.application)
    assert not ledger.is_good(response.json()["access_token"])
    assert driver.authorize(scope=None, authorization_details=said(READ))["Location"].startswith("/oauth/consent/")


def test_the_consent_keeps_no_word_of_the_details(driver):
    driver.code(scope=None, authorization_details=said(ONE, READ))
    (key,) = Consent.objects.get().entries["details"]
    assert len(key) == 64


def test_of_ever_different_details_the_older_are_forgotten(driver):
    consent = driver.code(scope=None, authorization_details=said(READ)) and Consent.objects.get()
    consent.entries["details"] = {f"{number:064}": {"": "x"} for number in range(200)}
    consent.save()
    driver.code(scope=None, authorization_details=said(READ))
    assert len(Consent.objects.get().entries["details"]) == 1


@pytest.mark.spec("RFC 9396", "12")
def test_what_was_changed_while_the_page_was_open_is_not_agreed_to(driver, settings):
    page = driver.authorize(scope=None, authorization_details=said(ONE))["Location"]
    register(settings, AUTHORIZATION_DETAILS_TYPES={**TYPES, "transfer": {**TYPES["transfer"], "name": "Send soon"}})
    ledger.is_error_page(driver.decide(page))
    assert Authorization.objects.count() == 0


def test_a_type_withdrawn_while_the_page_was_open_is_not_granted(driver):
    page = driver.authorize(scope=None, authorization_details=said(ONE))["Location"]
    ClientPolicy.objects.update(authorization_details_types=[])
    ledger.is_error_page(driver.decide(page), "invalid_authorization_details")
    assert Authorization.objects.count() == 0


def test_another_persons_page_grants_nothing(driver):
    page = driver.authorize(scope=None, authorization_details=said(ONE))["Location"]
    driver.sign_in(UserFactory())
    ledger.is_error_page(driver.decide(page))
    assert Authorization.objects.count() == 0


def test_a_type_shows_itself_by_a_template_of_its_own(driver, settings, tmp_path):
    (tmp_path / "transfer.html").write_text("<p>{{ detail.amount.value }} to {{ detail.to }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    types = {**TYPES, "transfer": {**TYPES["transfer"], "template": "transfer.html"}}
    register(settings, AUTHORIZATION_DETAILS_TYPES=types)
    page = driver.browser.get(driver.authorize(authorization_details=said(ONE))["Location"])
    assert "<p>12.50 to Mia &amp; &lt;b&gt;Söhne&lt;/b&gt;</p>" in page.content.decode()
