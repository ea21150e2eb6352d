"""The decision on the consent page (RFC 9700 §4.7): whose it is, and that it is made once."""

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization, Consent, PendingRequest
from tests import ledger
from tests.driver import CALLBACK, Driver, query_of
from tests.each import each
from tests.factories import UserFactory
from tests.flows.consent.asking import is_asked
from tests.overrides import setting

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.7")]


# Deciding


@pytest.mark.spec("RFC 6749", "4.1.2")
def test_allow_gives_a_code_and_is_remembered(driver: Driver, page: str) -> None:
    response = driver.decide(page, "allow")
    assert response.status_code == 303
    assert set(query_of(response["Location"])) == {"code", "state", "iss"}
    assert set(Consent.objects.get().entries["scopes"]) == {"notes:read", "notes:write"}


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_cancel_is_access_denied_and_is_not_remembered(driver: Driver, page: str) -> None:
    response = driver.decide(page, "deny")
    answer = query_of(response["Location"])
    assert response.status_code == 303
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "a state", "https://auth.example.com")
    assert "code" not in answer
    assert (Authorization.objects.count(), Consent.objects.count()) == (0, 0)
    assert is_asked(driver)


@each("decision", ["", "yes", "ALLOW", "allow ", "allow\x00", "é"])
def test_neither_allow_nor_cancel_decides_nothing(driver: Driver, page: str, decision: str) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page, decision))
    assert driver.decide(page).status_code == 303


@each("decision", ["allow", "deny"])
@each("how", ["no token", "a wrong token", "another origin"])
def test_a_post_without_the_token_or_from_another_origin_is_refused(
    driver: Driver, page: str, decision: str, how: str
) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    token = browser.get(page).cookies["csrftoken"].value
    form, headers = {"decision": decision}, {}
    if how == "a wrong token":
        form["csrfmiddlewaretoken"] = "a" * 64
    elif how == "another origin":
        form["csrfmiddlewaretoken"], headers = token, {"Origin": "https://evil.example.com"}
    with ledger.unchanged():
        response = browser.post(page, form, headers=headers)
    assert response.status_code == 403
    assert not response.has_header("Location")


def test_a_post_with_the_token_decides(driver: Driver, page: str) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    token = browser.get(page).cookies["csrftoken"].value
    assert browser.post(page, {"decision": "allow", "csrfmiddlewaretoken": token}).status_code == 303


@each("decision", ["allow", "deny"])
@each("who", ["nobody", "another user", "the same user in another browser"])
def test_nobody_else_sees_or_decides_a_page(driver: Driver, page: str, who: str, decision: str) -> None:
    user, browser = PendingRequest.objects.get().user, Browser()
    if who != "nobody":
        browser.force_login(user if who.startswith("the same") else UserFactory())
    with ledger.unchanged():
        ledger.is_error_page(browser.get(page))
        ledger.is_error_page(browser.post(page, {"decision": decision}))
    assert driver.decide(page).status_code == 303


def test_a_page_of_one_user_is_not_decided_by_the_next_in_the_same_browser(driver: Driver, page: str) -> None:
    driver.sign_in(UserFactory())
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(page))
        ledger.is_error_page(driver.decide(page))


def test_a_page_does_not_outlive_the_logout(driver: Driver, page: str) -> None:
    user = PendingRequest.objects.get().user
    driver.browser.logout()
    driver.sign_in(user)
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page))


@pytest.mark.spec("RFC 6749", "5.2")
def test_a_user_who_may_not_sign_in_any_more_decides_nothing(driver: Driver, page: str) -> None:
    user = PendingRequest.objects.get().user
    user.is_active = False
    user.save()
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page))


@each(
    "extra",
    [
        {"scope": "photos:read"},
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example.com/"},
        {"state": "another"},
        {"code_challenge": "a" * 43},
        {"user": "1"},
    ],
    ids=str,
)
def test_what_is_added_to_the_form_does_not_count(driver: Driver, page: str, extra: dict[str, str]) -> None:
    response = driver.browser.post(page, {"decision": "allow", **extra})
    answer = query_of(response["Location"])
    assert response["Location"].startswith(f"{CALLBACK}?")
    assert answer["state"] == "a state"
    assert Authorization.objects.get().scope == "notes:read notes:write"
    assert driver.redeem(answer["code"]).status_code == 200


@each("handle", ["a" * 43, "A" * 43, "0" * 43])
def test_an_unknown_handle_is_a_page(driver: Driver, handle: str) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(f"/oauth/consent/{handle}"))
        ledger.is_error_page(driver.decide(f"/oauth/consent/{handle}"))


@each("handle", ["a", "a" * 42, "a" * 44, "../authorize", "a" * 42 + "%00", "é" * 43])
def test_what_can_be_no_handle_is_not_found(driver: Driver, handle: str) -> None:
    with ledger.unchanged():
        assert driver.decide(f"/oauth/consent/{handle}").status_code == 404


def test_an_edited_handle_is_unknown(driver: Driver, page: str) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page.swapcase().replace("/OAUTH/CONSENT/", "/oauth/consent/")))


@pytest.mark.parametrize(("after", "status"), [(590, 303), (601, 400)])
def test_a_page_waits_for_ten_minutes(driver: Driver, page: str, after: int, status: int) -> None:
    with ledger.later(after):
        assert driver.decide(page).status_code == status
        if status == 400:
            ledger.is_error_page(driver.browser.get(page))
    assert Authorization.objects.count() == (status == 303)


@pytest.mark.parametrize(("lifetime", "after", "status"), [(5, 4, 303), (5, 6, 400)])
def test_how_long_a_page_waits_is_a_setting(driver: Driver, lifetime: int, after: int, status: int) -> None:
    with setting(PENDING_REQUEST_LIFETIME=lifetime):
        page = driver.authorize()["Location"]
        with ledger.later(after):
            assert driver.decide(page).status_code == status


# Twice


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_double_click_gets_the_same_answer_and_one_code(driver: Driver, page: str, decision: str) -> None:
    first = driver.decide(page, decision)["Location"]
    with ledger.unchanged():
        assert driver.decide(page, decision)["Location"] == first
        with ledger.later(9):
            assert driver.decide(page, decision)["Location"] == first
    assert Authorization.objects.count() == (decision == "allow")


@pytest.mark.parametrize(("decision", "other"), [("allow", "deny"), ("deny", "allow")])
def test_the_other_decision_afterwards_is_refused(driver: Driver, page: str, decision: str, other: str) -> None:
    driver.decide(page, decision)
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page, other))


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_spent_handle_is_refused_after_ten_seconds(driver: Driver, page: str, decision: str) -> None:
    driver.decide(page, decision)
    with ledger.later(11), ledger.unchanged():
        ledger.is_error_page(driver.decide(page, decision))
        ledger.is_error_page(driver.browser.get(page))


def test_a_spent_handle_is_refused_in_another_browser_at_once(driver: Driver, page: str) -> None:
    driver.decide(page)
    browser = Browser()
    browser.force_login(Authorization.objects.get().user)
    with ledger.unchanged():
        ledger.is_error_page(browser.post(page, {"decision": "allow"}))


def test_the_database_does_not_hold_the_answer(driver: Driver, page: str) -> None:
    code = query_of(driver.decide(page)["Location"])["code"]
    assert code not in ledger.text()
    assert code[4:] not in ledger.text()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_tabs_are_two_questions(driver: Driver, order: tuple[int, int]) -> None:
    pages = [driver.authorize(state=f"tab {number}")["Location"] for number in range(2)]
    answers = {number: query_of(driver.decide(pages[number])["Location"]) for number in order}
    assert [answers[number]["state"] for number in range(2)] == ["tab 0", "tab 1"]
    assert answers[0]["code"] != answers[1]["code"]
    assert all(driver.redeem(answer["code"]).status_code == 200 for answer in answers.values())


def test_one_tab_allowed_and_one_denied(driver: Driver) -> None:
    first, second = (driver.authorize()["Location"] for _ in range(2))
    assert "code" in query_of(driver.decide(first, "allow")["Location"])
    assert "error" in query_of(driver.decide(second, "deny")["Location"])
