"""What is new (RFC 6749 §10.2): only that is asked, and what is different from what was agreed to is marked."""

import re
from typing import Any
from unittest.mock import patch

import pytest
from django.utils.translation import gettext_lazy

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy, Consent
from tests.driver import CALLBACK, Driver, signed_in
from tests.each import each
from tests.factories import UserFactory
from tests.flows.consent.asking import allow, is_asked
from tests.flows.contexts import workspaces
from tests.overrides import setting
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "10.2")]

SCOPES: dict[str, str] = OAUTH_PROVIDER["SCOPES"]  # type: ignore[assignment]
READ, WRITE, PHOTOS = "notes:read", "notes:write", "photos:read"
ELSEWHERE = "https://elsewhere.example.com/callback"


@pytest.fixture
def driver() -> Driver:
    return signed_in(name="Notes for all", policy={})


def shown(driver: Driver, **changes: Any) -> tuple[str, str]:
    """The page that asks, as text: what is open, and what is folded."""
    html = driver.browser.get(driver.authorize(**changes)["Location"]).content.decode()
    folded = " ".join(re.findall(r'<details class="oa-known".*?</details>', html, re.DOTALL))
    return re.sub(r'<details class="oa-known".*?</details>', "", html, flags=re.DOTALL), folded


def test_a_first_page_marks_nothing_and_folds_nothing(driver: Driver) -> None:
    page, folded = shown(driver)
    assert "oa-mark" not in page
    assert not folded


def test_only_what_is_new_is_asked_and_the_rest_is_folded(driver: Driver) -> None:
    driver.code()
    page, folded = shown(driver, scope=f"{READ} {WRITE} {PHOTOS}")
    assert SCOPES[PHOTOS] in page
    assert page.count("oa-mark") == 1
    assert SCOPES[READ] in folded
    assert SCOPES[READ] not in page
    assert "oa-mark" not in folded


def test_what_was_left_out_before_is_folded_without_a_tick(driver: Driver) -> None:
    ClientPolicy.objects.update(optional_scope=WRITE)
    allow(driver, driver.authorize()["Location"])
    _page, folded = shown(driver, scope=f"{READ} {WRITE} {PHOTOS}")
    assert f'value="{WRITE}">' in folded


def test_where_nothing_is_new_all_of_it_is_open(driver: Driver) -> None:
    driver.code()
    page, folded = shown(driver, prompt="consent")
    assert SCOPES[READ] in page
    assert "oa-mark" not in page
    assert not folded


def test_changed_words_are_marked_beside_those_of_before(driver: Driver) -> None:
    driver.code()
    with setting(SCOPES={**SCOPES, WRITE: "Write and publish your notes"}):
        page, folded = shown(driver)
    assert "Write and publish your notes" in page
    assert f"Until now: “<bdi>{SCOPES[WRITE]}</bdi>”" in page
    assert SCOPES[READ] in folded


def test_words_that_nobody_wrote_down_are_marked_all_the_same(driver: Driver) -> None:
    driver.code()
    Consent.objects.update(shown_as=None)
    with setting(SCOPES={**SCOPES, WRITE: "Write and publish your notes"}):
        page, _folded = shown(driver)
    assert "oa-mark" in page
    assert "Until now" not in page


def test_the_words_of_before_are_in_the_language_in_which_the_page_was_shown(driver: Driver, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    with setting(SCOPES={READ: gettext_lazy("Log out")}):
        allow(driver, driver.authorize(ui_locales="de", scope=READ)["Location"])
    assert Consent.objects.get().seen.words == {READ: "Abmelden"}


def test_another_name_is_told_beside_that_of_before(driver: Driver) -> None:
    driver.code()
    application_model().objects.update(name="Somebody <b>else</b>")
    page, folded = shown(driver)
    assert re.search(r"was called\s*<strong><bdi>Notes for all</bdi></strong>", page)
    assert not folded
    driver.code()
    assert "was called" not in shown(driver, prompt="consent")[0]


def test_another_host_is_asked_about_once_and_told_beside_that_of_before() -> None:
    driver = signed_in(name="Notes for all", policy={})
    application_model().objects.update(redirect_uris=f"{CALLBACK} {ELSEWHERE}")
    driver.code()
    driver.redirect_uri = ELSEWHERE
    assert is_asked(driver)
    page, _folded = shown(driver)
    assert re.search(r"Until now you went on to <strong[^>]*>app.example.com</strong>", page)
    driver.code()
    for driver.redirect_uri in (CALLBACK, ELSEWHERE):
        assert not is_asked(driver)


def test_a_consent_from_before_hosts_were_written_down_is_good_at_each(driver: Driver) -> None:
    driver.code()
    entries = Consent.objects.get().entries
    Consent.objects.update(entries={part: entries[part] for part in ("client", "scopes", "details")}, shown_as=None)
    assert not is_asked(driver)


def test_a_consent_that_is_over_says_nothing_of_what_is_new(driver: Driver) -> None:
    driver.code()
    consent = Consent.objects.get()
    Consent.objects.update(until=consent.created_at)
    page, folded = shown(driver)
    assert "oa-mark" not in page
    assert not folded


def test_each_context_is_asked_about_for_itself() -> None:
    driver, more = signed_in(UserFactory(username="ana"), policy={}), f"{READ} {PHOTOS}"
    path = f"{workspaces.__name__}.Workspaces"
    with setting(GRANT_CONTEXTS=path), patch.dict(workspaces.members, {"ana": ["acme", "globex"]}):
        allow(driver, driver.authorize(context="acme")["Location"], context="acme")
        assert SCOPES[READ] in shown(driver, scope=more, context="acme")[1]
        for context in ("globex", None):
            page, folded = shown(driver, scope=more, context=context)
            assert "oa-mark" not in page
            assert not folded


def test_the_page_costs_fewer_than_ten_statements_however_much_is_remembered(
    driver: Driver, django_assert_max_num_queries: Any, settings: Any
) -> None:
    many = {f"area{number}:read": f"Read area {number}" for number in range(40)}
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER | {
        "SCOPES": {**SCOPES, **many},
        "RESOURCES": {"https://api.example.com": "The API"},
    }
    asked = {"scope": " ".join(many), "resource": "https://api.example.com"}
    driver.code(**asked)
    page = driver.authorize(**asked | {"scope": f"{asked['scope']} {READ}"})["Location"]
    with django_assert_max_num_queries(9):
        assert driver.browser.get(page).status_code == 200


@pytest.mark.spec("RFC 8252", "8.6")
@each(
    ("risk", "uri", "status", "agreed", "warned"),
    [
        ("reads", CALLBACK, "approved", False, ""),
        ("reads", "com.example.app:/cb", "unapproved", False, ""),
        ("changes", CALLBACK, "approved", True, ""),
        ("changes", CALLBACK, "approved", False, "never let this app in"),
        ("changes", CALLBACK, "unapproved", True, "Nobody here has checked"),
        ("deletes", "http://127.0.0.1/cb", "unapproved", True, "can pose as this app"),
        ("costs", "com.example.app:/cb", "approved", True, "can pose as this app"),
        ("everything", CALLBACK, "approved", True, "everything that you can do here"),
    ],
)
def test_at_most_one_warning_and_none_where_all_is_as_usual(
    risk: str, uri: str, status: str, agreed: bool, warned: str
) -> None:
    driver = signed_in(redirect_uri=uri, public=uri != CALLBACK, policy={"status": status})
    if agreed:
        driver.code(scope=PHOTOS)
    with setting(SCOPES={**SCOPES, READ: {"title": "Read", "risk": risk}}):
        page, _folded = shown(driver, scope=READ)
    assert page.count('class="oa-warning') == bool(warned)
    assert warned in page
    assert ("oa-warning--strong" in page) == (warned in ("can pose as this app", "everything that you can do here"))
