"""The consent page (RFC 6749 §10.2): who asks for what, and what comes of changes while it is open."""

import re
from typing import Any

import pytest

from oauth_provider.dot.names import application_model
from oauth_provider.models import Authorization, ClientPolicy, PendingRequest
from oauth_provider.protocol.digest import digest
from tests import ledger
from tests.driver import Driver, signed_in
from tests.each import each
from tests.flows.consent.asking import is_asked
from tests.overrides import setting
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.7")]

SCOPES: dict[str, str] = OAUTH_PROVIDER["SCOPES"]  # type: ignore[assignment]


# The page


@pytest.mark.spec("RFC 6749", "10.2")
def test_the_page_says_who_asks_for_what_and_where_the_answer_goes(driver: Driver, page: str) -> None:
    response = driver.browser.get(page)
    html = response.content.decode()
    assert response.status_code == 200
    assert "Notes for all" in html
    assert "app.example.com" in html
    assert SCOPES["notes:read"] in html
    assert SCOPES["notes:write"] in html
    assert SCOPES["photos:read"] not in html
    assert Authorization.objects.count() == 0


def test_the_page_carries_only_a_handle(driver: Driver, page: str) -> None:
    html = driver.browser.get(page).content.decode()
    fields = set(re.findall(r'name="(\w+)"', html)) - {"viewport"}
    assert fields == {"csrfmiddlewaretoken", "decision", "until"}
    for secret in ("a state", driver.application.client_id, driver.code_verifier):
        assert secret not in html


def test_the_handle_is_kept_as_a_digest(page: str) -> None:
    handle = page.rsplit("/", 1)[1]
    assert PendingRequest.objects.get().handle_digest == digest(handle)
    assert handle not in ledger.text()


def test_looking_changes_nothing(driver: Driver, page: str) -> None:
    with ledger.unchanged():
        for _ in range(3):
            assert driver.browser.get(page).status_code == 200
        assert driver.browser.head(page).status_code == 200


def test_the_page_answers_with_a_slash_at_its_end_too(driver: Driver, page: str) -> None:
    assert driver.browser.get(f"{page}/").status_code == 200


@pytest.mark.spec("RFC 7591", "5")
def test_a_clients_name_is_only_text() -> None:
    driver = signed_in(name='<script>alert(1)</script>"onload="x')
    html = driver.browser.get(driver.authorize()["Location"]).content.decode()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


# What changed while the page was open


@each(
    ("change", "error"),
    [
        ({"status": ClientPolicy.Status.SUSPENDED}, "invalid_request"),
        ({"grant_types": ["client_credentials"]}, "unauthorized_client"),
        ({"scopes": ["notes:read"]}, "invalid_request"),
    ],
    ids=str,
)
@each("decision", ["allow", "deny"])
def test_a_client_that_lost_its_right_meanwhile_gets_no_answer(
    driver: Driver, page: str, change: dict[str, Any], error: str, decision: str
) -> None:
    ClientPolicy.objects.update(**change)
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page, decision), error=error)


def test_a_redirect_uri_that_was_taken_away_meanwhile_gets_no_answer(driver: Driver, page: str) -> None:
    application_model().objects.update(redirect_uris="https://app.example.com/other")
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page))


def test_a_scope_that_was_taken_away_meanwhile_is_not_given(driver: Driver, page: str) -> None:
    with setting(SCOPES={"notes:read": SCOPES["notes:read"]}), ledger.unchanged():
        ledger.is_error_page(driver.decide(page), error="invalid_request")
    with setting(SCOPES={"notes:other": "Something else"}), ledger.unchanged():
        ledger.is_error_page(driver.decide(page), error="invalid_scope")


@pytest.mark.spec("RFC 6749", "10.2")
@pytest.mark.parametrize("what", ["name", "words"])
def test_consent_is_to_what_was_on_the_page_and_not_to_what_changed_meanwhile(driver: Driver, what: str) -> None:
    page = driver.authorize()["Location"]
    assert driver.browser.get(page).status_code == 200
    words = {**SCOPES, "notes:read": "Read all you ever wrote"} if what == "words" else SCOPES
    if what == "name":
        application_model().objects.update(name="Somebody else")
    with setting(SCOPES=words):
        with ledger.unchanged():
            ledger.is_error_page(driver.decide(page))
        assert is_asked(driver)
