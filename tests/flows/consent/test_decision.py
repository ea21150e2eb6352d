"""Consent (RFC 6749 §10.2, RFC 9700 §4.7): who decides, once, and when nobody is asked again."""

import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.test import override_settings
from django.utils import timezone

from oauth_provider.dot.names import application_model
from oauth_provider.models import Authorization, ClientPolicy, Consent, PendingRequest
from oauth_provider.protocol.digest import digest
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.driver import CALLBACK, Driver, query_of, signed_in
from tests.factories import UserFactory
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.7")]

SCOPES: dict[str, str] = OAUTH_PROVIDER["SCOPES"]  # type: ignore[assignment]


@pytest.fixture
def driver() -> Driver:
    return signed_in(name="Notes for all", policy={})


@pytest.fixture
def page(driver: Driver) -> str:
    """The URL of a page that waits for a decision."""
    return str(driver.authorize()["Location"])


def setting(**values: Any) -> Any:
    """These settings of ours, and the tests' own beside them."""
    return override_settings(OAUTH_PROVIDER={**OAUTH_PROVIDER, **values})


def is_asked(driver: Driver, **changes: Any) -> bool:
    """Does the same request lead to the page now?"""
    location: str = driver.authorize(**changes)["Location"]
    assert location.startswith(("/oauth/consent/", driver.redirect_uri))
    return location.startswith("/oauth/consent/")


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
    assert fields == {"csrfmiddlewaretoken", "decision"}
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


@pytest.mark.parametrize("decision", ["", "yes", "ALLOW", "allow ", "allow\x00", "é"])
def test_neither_allow_nor_cancel_decides_nothing(driver: Driver, page: str, decision: str) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page, decision))
    assert driver.decide(page).status_code == 303


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("how", ["no token", "a wrong token", "another origin"])
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


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("who", ["nobody", "another user", "the same user in another browser"])
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("handle", ["a" * 43, "A" * 43, "0" * 43])
def test_an_unknown_handle_is_a_page(driver: Driver, handle: str) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(f"/oauth/consent/{handle}"))
        ledger.is_error_page(driver.decide(f"/oauth/consent/{handle}"))


@pytest.mark.parametrize("handle", ["a", "a" * 42, "a" * 44, "../authorize", "a" * 42 + "%00", "é" * 43])
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


# What changed while the page was open


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"status": ClientPolicy.Status.SUSPENDED}, "invalid_request"),
        ({"grant_types": ["client_credentials"]}, "unauthorized_client"),
        ({"scopes": ["notes:read"]}, "invalid_request"),
    ],
    ids=str,
)
@pytest.mark.parametrize("decision", ["allow", "deny"])
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


# Remembered


@pytest.mark.spec("RFC 6749", "10.2")
@pytest.mark.parametrize("scope", ["notes:read notes:write", "notes:write notes:read", "notes:read"])
def test_a_consent_that_covers_all_of_it_is_not_asked_for_again(driver: Driver, scope: str) -> None:
    driver.code()
    pending = PendingRequest.objects.count()
    response = driver.authorize(scope=scope)
    assert set(query_of(response["Location"])) == {"code", "state", "iss"}
    assert PendingRequest.objects.count() == pending
    assert driver.redeem(query_of(response["Location"])["code"]).json()["scope"] == scope


@pytest.mark.spec("RFC 6749", "10.2")
def test_consents_add_up(driver: Driver) -> None:
    driver.code(scope="notes:read")
    assert is_asked(driver, scope="notes:read photos:read")
    driver.code(scope="photos:read")
    assert not is_asked(driver, scope="notes:read photos:read")
    assert Consent.objects.count() == 1


@pytest.mark.spec("RFC 6749", "10.2")
@pytest.mark.parametrize("scope", ["photos:read", "notes:read photos:read"])
def test_a_new_scope_is_asked_for(driver: Driver, scope: str) -> None:
    driver.code()
    assert is_asked(driver, scope=scope)


@pytest.mark.spec("RFC 6749", "10.2")
def test_changed_words_are_asked_for_again(driver: Driver) -> None:
    driver.code()
    with setting(SCOPES={**SCOPES, "notes:write": "Write, delete and publish your notes"}):
        assert is_asked(driver)
        assert not is_asked(driver, scope="notes:read")
    assert not is_asked(driver)


@pytest.mark.spec("RFC 6749", "10.2")
def test_a_client_that_calls_itself_otherwise_is_asked_about_again(driver: Driver) -> None:
    driver.code(scope="notes:read notes:write")
    application_model().objects.update(name="Somebody else")
    assert is_asked(driver)
    driver.code(scope="notes:read")
    assert not is_asked(driver, scope="notes:read")
    assert is_asked(driver, scope="notes:write")


@pytest.mark.spec("RFC 6749", "10.2")
def test_another_user_is_asked(driver: Driver) -> None:
    driver.code()
    driver.sign_in(UserFactory())
    assert is_asked(driver)


@pytest.mark.spec("RFC 6749", "10.2")
def test_another_client_is_asked_about(driver: Driver) -> None:
    driver.code()
    other = signed_in(Consent.objects.get().user, name="Notes for all")
    assert is_asked(other)


@pytest.mark.spec("RFC 6749", "10.2")
def test_a_consent_is_remembered_in_any_browser(driver: Driver) -> None:
    driver.code()
    driver.browser = Browser()
    driver.sign_in(Consent.objects.get().user)
    assert not is_asked(driver)


IMPOSTURE = [("http://127.0.0.1/cb"), ("http://[::1]/cb"), ("com.example.app:/cb"), ("http://localhost/cb")]


@pytest.mark.spec("RFC 8252", "8.6")
@pytest.mark.parametrize("uri", IMPOSTURE)
@pytest.mark.parametrize("skip", [False, True], ids=["", "skip_authorization"])
def test_a_public_client_that_another_app_can_pose_as_is_always_asked_about(uri: str, skip: bool) -> None:
    driver = signed_in(public=True, redirect_uri=uri, skip_authorization=skip)
    for _ in range(2):
        assert is_asked(driver)
        driver.code()


@pytest.mark.spec("RFC 8252", "8.6")
@pytest.mark.parametrize(("public", "uri"), [(True, CALLBACK), (False, CALLBACK), (False, "com.example.app:/cb")])
def test_a_client_that_proves_who_it_is_is_not(public: bool, uri: str) -> None:
    driver = signed_in(public=public, redirect_uri=uri)
    driver.code()
    assert not is_asked(driver)


@pytest.mark.spec("RFC 6749", "10.2")
def test_where_the_operator_said_yes_nobody_is_asked_and_nothing_is_remembered() -> None:
    driver = signed_in(skip_authorization=True)
    assert not is_asked(driver)
    assert Consent.objects.count() == 0


@pytest.mark.spec("RFC 6749", "10.2")
@pytest.mark.parametrize(
    "changes", [{"scope": "nothing:here"}, {"code_challenge": None}, {"client_id": "nobody"}], ids=str
)
def test_a_remembered_consent_overrides_no_rule(driver: Driver, changes: dict[str, Any]) -> None:
    driver.code()
    with ledger.unchanged():
        response = driver.authorize(**changes)
    assert "code=" not in response.get("Location", "")


# Withdrawn


@pytest.mark.spec("RFC 9700", "4.14.2")
def test_a_consent_that_is_withdrawn_is_forgotten_and_every_sign_in_on_it_ends(driver: Driver) -> None:
    tokens = [driver.tokens(), driver.tokens()]
    code = driver.code()
    user = Consent.objects.get().user
    other = signed_in(user)
    kept = other.tokens()
    assert withdraw_consent(user=user, application=driver.application) == 3
    for each in tokens:
        assert ledger.is_over(each["access_token"])
        ledger.refused(driver.refresh(each["refresh_token"]), "invalid_grant")
    ledger.refused(driver.redeem(code), "invalid_grant")
    assert set(
        Authorization.objects.filter(application=driver.application).values_list("revoked_reason", flat=True)
    ) == {"user"}
    assert is_asked(driver)
    assert ledger.is_good(kept["access_token"])
    assert not is_asked(other)


def test_withdrawing_what_was_never_given_is_no_error(driver: Driver) -> None:
    with ledger.unchanged():
        assert withdraw_consent(user=UserFactory(), application=driver.application) == 0


def test_a_page_that_is_decided_after_a_withdrawal_asks_for_itself(driver: Driver) -> None:
    driver.code()
    page = driver.authorize(scope="photos:read")["Location"]
    withdraw_consent(user=Consent.objects.get().user, application=driver.application)
    driver.decide(page)
    assert set(Consent.objects.get().entries["scopes"]) == {"photos:read"}


@pytest.mark.spec("RFC 6749", "10.2")
def test_a_consent_outlives_its_tokens(driver: Driver) -> None:
    driver.tokens()
    Authorization.objects.update(expires_at=timezone.now())
    assert not is_asked(driver)
