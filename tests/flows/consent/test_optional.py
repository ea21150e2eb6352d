"""Optional scopes (RFC 6749 §3.3): what a person leaves out is not granted, and not asked for at each sign-in."""

from typing import Any

import pytest

from oauth_provider.models import Authorization, ClientPolicy, Consent
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.flows.consent.asking import allow, is_asked
from tests.overrides import setting
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.3")]

SCOPES: dict[str, Any] = OAUTH_PROVIDER["SCOPES"]  # type: ignore[assignment]
READ, WRITE, PHOTOS = "notes:read", "notes:write", "photos:read"
ALL = f"{READ} {WRITE} {PHOTOS}"


@pytest.fixture
def driver() -> Driver:
    """A client whose photos people may leave out."""
    driver = signed_in(name="Notes for all", policy={"optional_scope": PHOTOS})
    driver.scope = ALL
    return driver


def granted(driver: Driver, answer: Any) -> str:
    """The scope that the token answer names."""
    return str(driver.redeem(query_of(answer["Location"])["code"]).json()["scope"])


@each(
    ("ticked", "expected"),
    [
        ([PHOTOS], ALL),
        ([], f"{READ} {WRITE}"),
        ([READ], f"{READ} {WRITE}"),
        (["email", "no:such", "", "\x00", "é" * 300], f"{READ} {WRITE}"),
        ([PHOTOS, PHOTOS, "profile"], ALL),
    ],
    ids=["ticked", "none", "a required one", "what was not asked for", "twice, and more"],
)
def test_a_yes_is_to_what_is_required_and_to_what_was_ticked_of_the_rest(
    driver: Driver, ticked: list[str], expected: str
) -> None:
    page = driver.authorize()["Location"]
    assert granted(driver, allow(driver, page, *ticked)) == expected


def test_only_what_can_be_left_out_has_a_box(driver: Driver) -> None:
    html = driver.browser.get(driver.authorize()["Location"]).content.decode()
    assert html.count('type="checkbox"') == 1
    assert f'name="scope" value="{PHOTOS}" checked' in html


def test_what_was_left_out_is_neither_granted_nor_asked_for_at_the_next_sign_in(driver: Driver) -> None:
    allow(driver, driver.authorize()["Location"])
    for changes in ({}, {"prompt": "none"}):
        answer = driver.authorize(**changes)
        assert granted(driver, answer) == f"{READ} {WRITE}"
    assert set(Consent.objects.get().agreed.scopes) == {READ, WRITE}


def test_prompt_consent_asks_anew_and_shows_what_was_left_out(driver: Driver) -> None:
    allow(driver, driver.authorize()["Location"])
    page = driver.authorize(prompt="consent")["Location"]
    html = driver.browser.get(page).content.decode()
    assert f'name="scope" value="{PHOTOS}">' in html
    assert "oa-known" not in html
    assert granted(driver, allow(driver, page, PHOTOS)) == ALL
    assert granted(driver, driver.authorize()) == ALL


def test_what_was_left_out_is_asked_for_by_a_client_that_asks_for_nothing_else(driver: Driver) -> None:
    allow(driver, driver.authorize()["Location"])
    assert is_asked(driver, scope=PHOTOS)
    assert query_of(driver.authorize(scope=PHOTOS, prompt="none")["Location"])["error"] == "consent_required"


def test_what_was_left_out_and_cannot_be_any_more_is_asked_for(driver: Driver) -> None:
    allow(driver, driver.authorize()["Location"])
    ClientPolicy.objects.update(optional_scope="")
    assert is_asked(driver)


def test_what_was_agreed_to_before_can_be_left_out_later(driver: Driver) -> None:
    allow(driver, driver.authorize()["Location"], PHOTOS)
    allow(driver, driver.authorize(prompt="consent")["Location"])
    assert granted(driver, driver.authorize()) == f"{READ} {WRITE}"


def test_a_yes_without_anything_left_is_a_no_and_is_not_remembered(driver: Driver) -> None:
    answer = allow(driver, driver.authorize(scope=PHOTOS)["Location"])
    assert query_of(answer["Location"])["error"] == "access_denied"
    assert (Authorization.objects.count(), Consent.objects.count()) == (0, 0)


def test_a_request_lets_people_leave_out_more_and_never_less(driver: Driver) -> None:
    page = driver.authorize(optional_scope=f"{WRITE} no:such email")["Location"]
    assert granted(driver, allow(driver, page)) == READ


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_openid_can_be_left_out_unless_the_answer_hangs_on_it(driver: Driver) -> None:
    asked = {"scope": f"openid {READ}", "optional_scope": "openid", "nonce": "a nonce"}
    assert granted(driver, allow(driver, driver.authorize(**asked)["Location"])) == READ
    ClientPolicy.objects.update(response_types=["code id_token"])
    with setting(LEGACY_RESPONSE_TYPES=["code id_token"]):
        allow(driver, driver.authorize(**asked, response_type="code id_token")["Location"])
    assert Authorization.objects.latest("pk").scope == f"openid {READ}"


def test_what_becomes_required_while_the_page_is_open_is_not_granted_unseen(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    ClientPolicy.objects.update(optional_scope="")
    with ledger.unchanged():
        ledger.is_error_page(allow(driver, page))


def test_a_double_click_says_the_same_and_another_choice_afterwards_is_refused(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    first = allow(driver, page)["Location"]
    with ledger.unchanged():
        assert allow(driver, page)["Location"] == first
        ledger.is_error_page(allow(driver, page, PHOTOS))


def test_what_comes_with_a_required_scope_is_required_and_what_implies_a_refused_one_goes_with_it(
    driver: Driver, settings: Any
) -> None:
    implying = {"notes:write": {"title": "Write your notes", "implies": [READ]}}
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER | {"SCOPES": {**SCOPES, **implying}}
    page = driver.authorize(scope=WRITE, optional_scope=READ)["Location"]
    assert granted(driver, allow(driver, page)) == f"{WRITE} {READ}"
    page = driver.authorize(scope=f"{WRITE} {PHOTOS}", optional_scope=f"{READ} {WRITE} {PHOTOS}")["Location"]
    assert granted(driver, allow(driver, page, WRITE, PHOTOS)) == PHOTOS


def test_what_implies_a_scope_that_was_left_out_later_is_not_recalled_with_the_rest(
    driver: Driver, settings: Any
) -> None:
    implying = {"notes:write": {"title": "Write your notes", "implies": [READ]}}
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER | {"SCOPES": {**SCOPES, **implying}}
    optional = f"{READ} {WRITE} {PHOTOS}"
    allow(driver, driver.authorize(scope=WRITE)["Location"])
    allow(driver, driver.authorize(scope=f"{READ} {PHOTOS}", optional_scope=optional)["Location"], PHOTOS)
    answer = driver.authorize(scope=f"{WRITE} {PHOTOS}", optional_scope=optional)
    assert granted(driver, answer) == PHOTOS
