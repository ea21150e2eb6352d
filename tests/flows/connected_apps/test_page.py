"""Connected apps: a person finds what they agreed to, and takes it back; nobody else can (RFC 7009 §1)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.models import Authorization, Consent, ConsentReceipt
from oauth_provider.pages.connected_apps import apps
from oauth_provider.pages.connected_apps.receipts import MAX_RECEIPTS
from tests import ledger
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "2.1")]

PAGE = "/oauth/account/apps"
CONTENT = {
    "client": {"client_id": "c", "name": "App"},
    "destination": "app.example.com",
    "permissions": [],
    "resources": [],
    "authorization_details": [],
    "context": None,
    "until": None,
}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def ana() -> Any:
    return UserFactory(username="ana")


@pytest.fixture
def driver(ana: Any) -> Driver:
    driver = signed_in(
        ana,
        name="Photo <Book>",
        policy={"grant_types": ["authorization_code", "refresh_token"], "may_introspect": True},
    )
    driver.browser.defaults["HTTP_USER_AGENT"] = FIREFOX
    return driver


def page(driver: Driver) -> str:
    response = driver.browser.get(PAGE)
    assert response.status_code == 200
    return str(response.content.decode())


def listed(browser: Browser) -> Any:
    answer = browser.get(PAGE, headers={"Accept": "application/json"}).json()
    assert answer.pop("csrf_token")
    return answer


def post(browser: Browser, **form: Any) -> Any:
    return browser.post(PAGE, form)


def test_who_is_not_signed_in_signs_in_and_comes_back(client: Browser) -> None:
    response = client.get(PAGE)
    assert response.status_code == 303
    assert response["Location"].endswith(f"?next={PAGE}")
    refused = client.get(PAGE, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]) == (401, "login_required")


def test_an_account_without_apps_is_told_so(driver: Driver) -> None:
    shown = page(driver)
    assert "No app is connected" in shown
    assert "These apps" not in shown
    assert listed(driver.browser) == {"apps": [], "history": [], "receipts": []}


def test_it_says_who_may_do_what_since_when_and_from_where(driver: Driver, settings: Any) -> None:
    scopes = {"notes:read": "Read your notes", "notes:write": {"title": "Write notes", "risk": "deletes"}}
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": scopes}
    driver.tokens()
    shown = page(driver)
    assert "Photo &lt;Book&gt;" in shown
    for words in ("Read your notes", "Firefox, Linux", "127.0.0.1", "You let this app in."):
        assert words in shown
    assert '<strong class="oa-risk">can delete things</strong>' in shown
    (app,) = listed(driver.browser)["apps"]
    permissions = app["places"][0]["permissions"]
    assert [one["scope"] for one in permissions] == ["notes:read", "notes:write"]
    assert [one["warning"] for one in permissions] == ["", "can delete things"]
    assert [one["device"] for one in app["sign_ins"]] == ["Firefox, Linux"]


def test_two_sign_ins_are_two_lines_and_each_ends_alone(driver: Driver) -> None:
    first, second = driver.tokens(), driver.tokens()
    (app,) = listed(driver.browser)["apps"]
    newest, oldest = app["sign_ins"]
    response = post(driver.browser, action="end", sign_in=oldest["id"])
    assert response["Location"] == f"{PAGE}?done=ended"
    assert "That sign-in was ended." in driver.browser.get(response["Location"]).content.decode()
    assert driver.refresh(second["refresh_token"]).status_code == 200
    ledger.refused(driver.refresh(first["refresh_token"]), "invalid_grant")
    assert [one["id"] for one in listed(driver.browser)["apps"][0]["sign_ins"]] == [newest["id"]]


def test_removing_is_complete_and_at_once(driver: Driver) -> None:
    tokens = driver.tokens()
    post(driver.browser, action="remove", client_id=driver.application.client_id)
    assert driver.introspect(tokens["access_token"]).json() == {"active": False}
    ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert listed(driver.browser)["apps"] == []
    assert driver.authorize()["Location"].startswith("/oauth/consent/")


def test_one_permission_is_taken_back_and_the_rest_stays(driver: Driver) -> None:
    tokens = driver.tokens()
    client_id = driver.application.client_id
    post(driver.browser, action="take_back", client_id=client_id, context="", scope="notes:write")
    assert driver.introspect(tokens["access_token"]).json()["scope"] == "notes:read"
    (app,) = listed(driver.browser)["apps"]
    assert [one["scope"] for one in app["places"][0]["permissions"]] == ["notes:read"]


def test_a_theft_is_told_in_plain_words(driver: Driver) -> None:
    code = driver.code()
    driver.redeem(code)
    driver.redeem(code)
    (entry,) = [one for one in listed(driver.browser)["history"] if one["is_alarming"]]
    assert "may have been stolen" in entry["words"]
    assert "may have been stolen" in page(driver)


def test_a_client_that_needed_no_consent_and_one_of_dots_own_are_found_too(driver: Driver, ana: Any) -> None:
    type(driver.application).objects.update(skip_authorization=True)
    driver.tokens()
    assert Consent.objects.count() == 0
    assert len(listed(driver.browser)["apps"]) == 1
    Authorization.objects.update(revoked_at=timezone.now())
    assert listed(driver.browser)["apps"] == []
    other = ApplicationFactory(name="Old one")
    other.accesstoken_set.create(user=ana, token="old", scope="notes:read", expires=timezone.now() + timedelta(hours=1))
    (app,) = listed(driver.browser)["apps"]
    assert (app["name"], app["places"][0]["permissions"][0]["words"]) == ("Old one", "Read your notes")
    post(driver.browser, action="remove", client_id=other.client_id)
    assert listed(driver.browser)["apps"] == []


def test_an_app_hides_no_other_behind_many_tokens_of_dots(
    driver: Driver, ana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apps, "MAX_SIGN_INS", 2)
    later = timezone.now() + timedelta(hours=1)
    for name, count in (("Old", 1), ("Greedy", 5)):
        tokens = ApplicationFactory(name=name).accesstoken_set
        made = [
            tokens.create(user=ana, token=f"{name}{one}", scope="notes:read", expires=later) for one in range(count)
        ]
        tokens.filter(pk=made[0].pk).update(created=later - timedelta(days=9))
    told = listed(driver.browser)["apps"]
    assert sorted(one["name"] for one in told) == ["Greedy", "Old"]
    assert {one["since"] for one in told} == {(later - timedelta(days=9)).isoformat()}


def test_what_is_over_is_no_access_any_more(driver: Driver) -> None:
    driver.tokens()
    over = timezone.now() - timedelta(seconds=1)
    Authorization.objects.update(until=over, expires_at=over)
    Consent.objects.update(until=over)
    assert listed(driver.browser)["apps"] == []
    assert len(listed(driver.browser)["receipts"]) == 1


@pytest.mark.parametrize("action", ["remove", "end", "take_back"])
def test_nobody_elses_are_shown_or_changed(driver: Driver, action: str) -> None:
    tokens = driver.tokens()
    other = Browser()
    other.force_login(UserFactory())
    assert listed(other) == {"apps": [], "history": [], "receipts": []}
    sign_in, client_id = Authorization.objects.get().public_id, driver.application.client_id
    post(other, action=action, sign_in=sign_in, client_id=client_id, scope="notes:read")
    assert driver.introspect(tokens["access_token"]).json()["scope"] == "notes:read notes:write"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"action": "drop"},
        {"action": "remove"},
        {"action": "remove", "client_id": "unknown"},
        {"action": "remove", "client_id": "a\x00b"},
        {"action": "end", "sign_in": "x"},
        {"action": "take_back", "client_id": "unknown", "scope": "notes:read"},
        {"action": "take_back", "client_id": "unknown"},
        {"action": "take_back", "scope": "notes:read", "context": "\x00"},
        {"action": "take_back", "scope": "notes:read", "context": "x" * 201},
        {"action": "keep", "client_id": "unknown"},
    ],
)
def test_a_form_that_means_nothing_is_refused_and_changes_nothing(driver: Driver, form: dict[str, str]) -> None:
    driver.tokens()
    with ledger.unchanged():
        assert post(driver.browser, **form).status_code == 400
        refused = driver.browser.post(PAGE, form, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_a_page_of_others_changes_nothing(driver: Driver, ana: Any) -> None:
    driver.tokens()
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(ana)
    with ledger.unchanged():
        assert post(browser, action="remove", client_id=driver.application.client_id).status_code == 403
        accept = {"Accept": "application/json"}
        assert browser.post(PAGE, {"action": "remove"}, headers=accept).json()["error"] == "invalid_request"
        driver.browser.get(PAGE, {"action": "remove", "client_id": driver.application.client_id})


def test_a_front_end_takes_back_with_the_csrf_token_that_the_list_brought(driver: Driver, ana: Any) -> None:
    driver.tokens()
    browser = Browser(enforce_csrf_checks=True, headers={"Accept": "application/json"})
    browser.force_login(ana)
    form = {"action": "remove", "client_id": driver.application.client_id}
    assert browser.post(PAGE, form).status_code == 403
    token = browser.get(PAGE).json()["csrf_token"]
    assert browser.post(PAGE, form | {"csrfmiddlewaretoken": token}).json() == {"done": "removed"}
    assert browser.get(PAGE).json()["apps"] == []


def test_a_token_is_no_person_there(driver: Driver) -> None:
    token = driver.tokens()["access_token"]
    response = Browser().get(PAGE, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})
    assert response.status_code == 401


def test_the_page_says_of_jwts_that_they_go_on_for_a_while(driver: Driver, settings: Any) -> None:
    """A resource may want them, whatever the client's policy says; a permission that is taken back stays in them."""
    driver.tokens()
    assert listed(driver.browser)["apps"][0]["has_self_contained_tokens"] is False
    assert "may be accepted for up to" not in page(driver)
    resource = {"name": "Notes", "access_token_format": "jwt"}
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"RESOURCES": {"https://notes.example.com": resource}}
    driver.redeem(driver.code(resource="https://notes.example.com"))
    assert listed(driver.browser)["apps"][0]["has_self_contained_tokens"] is True
    shown = page(driver)
    assert "may be accepted for up to 60 minutes" in shown
    assert "What you take back may still be accepted" in shown
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"DENYLIST": {"URL": "redis://127.0.0.1:1/0"}}
    assert "may be accepted for up to" not in page(driver)
    assert "What you take back" not in page(driver)


def test_its_url_may_end_with_a_slash(driver: Driver) -> None:
    assert driver.browser.get(f"{PAGE}/").status_code == 200


def test_two_hundred_apps_cost_as_many_statements_as_one(ana: Any, settings: Any) -> None:
    driver = signed_in(ana)
    now = timezone.now()
    for number in range(200):
        application = ApplicationFactory(name=f"App {number}")
        common = {"application": application, "user": ana}
        agreed = {"client": "", "scopes": {"notes:read": {"": ""}}, "details": {}}
        consent = Consent.objects.create(**common, entries=agreed, used_at=now, end_announced_at=now)
        ConsentReceipt.objects.create(consent=consent, user=str(ana.pk), version="1", content=CONTENT)
        times = {"redeemed_at": now, "expires_at": now + timedelta(days=1)}
        Authorization.objects.create(**common, **times, scope="notes:read", grant_type="authorization_code")
    with CaptureQueriesContext(connection) as captured:
        response = driver.browser.get(PAGE)
    assert response.content.decode().count("Remove access of") == 200
    assert response.content.decode().count('<summary><span class="oa-grow">1 permission</span></summary>') == 200
    assert response.content.decode().count('class="oa-receipt"') == MAX_RECEIPTS
    assert len(captured) < 8, [query["sql"][:120] for query in captured]
