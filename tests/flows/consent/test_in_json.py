"""The consent page in JSON (RFC 6749 §3.1): the question, the answer and the refusals are those of our own page."""

import logging
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization, ClientPolicy, PendingRequest
from tests import ledger
from tests.details import ONE, TYPES, said
from tests.driver import Driver, query_of, signed_in
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 6749", "3.1")]

JSON = {"Accept": "application/json"}


@pytest.fixture
def driver(settings: Any) -> Driver:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CONSENT_URL": "/front/consent?theme=dark"}
    return signed_in(UserFactory(username="ana"), name="Photo Book", policy={})


def twin_of(driver: Driver, **changes: Any) -> str:
    """The address of the question, as the project's own page finds it."""
    page = urlsplit(driver.authorize(**changes)["Location"])
    assert page.path == "/front/consent"
    asked = query_of(page.geturl())
    assert asked["theme"] == "dark"
    return f"/oauth/consent/{asked['handle']}"


def ask(driver: Driver, twin: str) -> Any:
    return driver.browser.get(twin, headers=JSON)


def answer(driver: Driver, twin: str, **form: str) -> Any:
    return driver.browser.post(twin, {"decision": "allow", **form}, headers=JSON)


def test_the_question_says_all_that_the_page_says(driver: Driver) -> None:
    response = ask(driver, twin_of(driver))
    asked = response.json()
    assert response["Cache-Control"] == "no-store"
    assert asked["account"] == "ana"
    assert asked["client"] == {
        "client_id": driver.application.client_id,
        "name": "Photo Book",
        "host": "app.example.com",
        "standing": "approved",
        "publisher": "",
        **dict.fromkeys(["logo", "client_uri", "policy_uri", "tos_uri"]),
        "since": driver.application.created.isoformat(),
        "registered_itself": False,
    }
    assert asked["is_first_time"] is True
    assert asked["destination"] == "app.example.com"
    assert asked["permissions"][0] == {
        "scope": "notes:read",
        "words": "Read your notes",
        "description": "",
        "warning": "",
        "api": "",
        "group": "",
        "icon": "",
        "is_required": True,
        "is_ticked": True,
        "state": "new",
        "is_marked": False,
        "before": "",
    }
    assert (asked["read_only"], asked["warning"], asked["before"]) == (None, None, {})
    assert (asked["resources"], asked["authorization_details"], asked["contexts"]) == ([], [], [])
    assert len(asked["until"]) == 3


def test_who_was_vouched_for_and_who_was_not_can_be_told_apart(driver: Driver) -> None:
    vouched = {"publisher": "Photo Book Ltd", "verified_host": "photobook.example", "logo": "a" * 64}
    ClientPolicy.objects.update(**vouched, client_uri="https://photobook.example/")
    asked = ask(driver, twin_of(driver)).json()["client"]
    assert (asked["standing"], asked["host"], asked["publisher"]) == ("verified", "photobook.example", "Photo Book Ltd")
    assert asked["logo"].endswith("a" * 64)
    assert asked["client_uri"] == "https://photobook.example/"
    ClientPolicy.objects.update(status=ClientPolicy.Status.UNAPPROVED)
    asked = ask(driver, twin_of(driver)).json()["client"]
    assert (asked["standing"], asked["host"], asked["publisher"]) == ("unverified", "app.example.com", "")


def test_details_come_along_with_the_name_of_their_type(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"AUTHORIZATION_DETAILS_TYPES": TYPES}
    ClientPolicy.objects.update(authorization_details_types=list(TYPES))
    asked = ask(driver, twin_of(driver, authorization_details=said(ONE))).json()
    (order,) = asked["authorization_details"]
    assert (order["name"], order["detail"]) == ("Send money", ONE)
    assert {"label": "to", "value": ONE["to"]} in order["members"]


def test_a_yes_leads_to_the_client(driver: Driver) -> None:
    twin = twin_of(driver)
    until = ask(driver, twin).json()["until"][0]
    sent = answer(driver, twin, until=until).json()
    tokens = driver.redeem(query_of(sent["redirect_to"])["code"])
    assert tokens.status_code == 200
    assert Authorization.objects.get().until is not None


def test_a_no_leads_there_too(driver: Driver) -> None:
    sent = answer(driver, twin_of(driver), decision="deny").json()
    assert query_of(sent["redirect_to"])["error"] == "access_denied"


def test_an_answer_by_form_post_is_in_no_url(driver: Driver) -> None:
    sent = answer(driver, twin_of(driver, response_mode="form_post")).json()
    assert sent["redirect_to"] == driver.redirect_uri
    assert driver.redeem(sent["form"]["code"]).status_code == 200


@pytest.mark.parametrize("form", [{"decision": ""}, {"decision": "yes"}, {"context": "acme"}, {"until": "2999-01-01"}])
def test_what_is_not_offered_is_refused_and_decides_nothing(driver: Driver, form: dict[str, str]) -> None:
    twin = twin_of(driver)
    with ledger.unchanged():
        refused = answer(driver, twin, **form)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert PendingRequest.objects.get().decided_at is None


def test_nobody_elses_question_is_told_or_answered(driver: Driver) -> None:
    twin = twin_of(driver)
    other, nobody = Browser(), Browser()
    other.force_login(UserFactory())
    with ledger.unchanged():
        assert other.get(twin, headers=JSON).status_code == 400
        assert other.post(twin, {"decision": "allow"}, headers=JSON).status_code == 400
        refused = nobody.get(twin, headers=JSON)
    assert (refused.status_code, refused.json()["error"]) == (401, "login_required")
    assert refused.json()["go_on"].startswith("/accounts/login/")


def test_a_second_answer_is_refused_and_a_repeated_one_is_the_same(driver: Driver) -> None:
    twin = twin_of(driver)
    first = answer(driver, twin).json()
    assert answer(driver, twin).json() == first
    assert answer(driver, twin, decision="deny").status_code == 400
    assert Authorization.objects.count() == 1


def test_a_post_needs_the_csrf_token_that_the_question_brought(driver: Driver) -> None:
    twin = twin_of(driver)
    checked = Browser(enforce_csrf_checks=True)
    checked.cookies = driver.browser.cookies
    with ledger.unchanged():
        refused = checked.post(twin, {"decision": "allow"}, headers=JSON)
    assert (refused.status_code, refused.json()["error"]) == (403, "invalid_request")
    token = checked.get(twin, headers=JSON).json()["csrf_token"]
    allowed = checked.post(twin, {"decision": "allow"}, headers={**JSON, "X-CSRFToken": token})
    assert allowed.status_code == 200


def test_without_the_front_end_our_page_asks_and_has_its_twin_all_the_same(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"CONSENT_URL": ""}
    page = driver.authorize()["Location"]
    assert page.startswith("/oauth/consent/")
    assert ask(driver, page).json()["account"] == "ana"


def test_the_handle_stays_out_of_logs(driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    twin = twin_of(driver)
    handle = twin.rsplit("/", 1)[-1]
    caplog.set_level(logging.WARNING)
    driver.browser.get(f"/front/consent?theme=dark&handle={handle}")
    assert caplog.records
    assert handle not in caplog.text
