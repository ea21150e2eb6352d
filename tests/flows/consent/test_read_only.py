"""Read only (RFC 6749 §3.3): one choice that exchanges what can do harm for what only reads."""

from typing import Any

import pytest
from django.test import override_settings

from oauth_provider.models import ClientPolicy, Consent, ConsentReceipt
from tests import ledger
from tests.details import ONE, TYPES, said
from tests.driver import Driver, query_of, signed_in
from tests.each import each
from tests.flows.consent.asking import allow, is_asked
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.3")]

READ, WRITE, DELETE, PHOTOS = "notes:read", "notes:write", "notes:delete", "photos:read"
SCOPES: dict[str, Any] = {
    READ: "Read your notes",
    WRITE: {"title": "Write your notes", "risk": "changes", "read_twin": READ},
    DELETE: {"title": "Delete your photos", "risk": "deletes", "read_twin": PHOTOS, "optional": True},
    PHOTOS: "See your photos",
}
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _scopes(settings: Any) -> None:
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER | {"SCOPES": SCOPES}


@pytest.fixture
def driver() -> Driver:
    """A client that asks for what can do harm, and for none of what only reads."""
    driver = signed_in(name="Notes for all", policy={})
    driver.scope = f"{WRITE} {DELETE}"
    return driver


def granted(driver: Driver, answer: Any) -> set[str]:
    """The scopes that the token answer names."""
    return set(driver.redeem(query_of(answer["Location"])["code"]).json()["scope"].split())


def test_it_is_offered_as_one_choice_and_exchanges_all_that_can_do_harm(driver: Driver) -> None:
    page = driver.authorize()["Location"]
    html = driver.browser.get(page).content.decode()
    assert html.count('name="access"') == 2
    assert "See your photos" in html
    assert granted(driver, allow(driver, page, DELETE, access="read_only")) == {READ, PHOTOS}


def test_what_was_left_out_is_not_read_either(driver: Driver) -> None:
    assert granted(driver, allow(driver, driver.authorize()["Location"], access="read_only")) == {READ}


def test_what_was_left_out_is_not_brought_back_as_a_twin_and_stays_without_its_tick(
    driver: Driver, settings: Any
) -> None:
    scopes = {**SCOPES, PHOTOS: {"title": "See your photos", "optional": True}}
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER | {"SCOPES": scopes}
    driver.scope = f"{WRITE} {DELETE} {PHOTOS}"
    assert granted(driver, allow(driver, driver.authorize()["Location"], DELETE, access="read_only")) == {READ}
    receipt = ConsentReceipt.objects.get()
    assert receipt.content["read_only"] is True
    assert [one["scope"] for one in receipt.content["permissions"] if one["agreed"]] == [READ]
    driver.scope = f"{WRITE} {PHOTOS}"
    assert granted(driver, driver.authorize(prompt="none")) == {READ}
    page = driver.browser.get(driver.authorize(prompt="consent")["Location"], headers=JSON).json()
    assert page["read_only"]["is_chosen"]
    assert [(one["scope"], one["is_ticked"]) for one in page["permissions"]] == [(WRITE, True), (PHOTOS, False)]


def test_it_is_remembered_and_nobody_is_asked_again(driver: Driver) -> None:
    allow(driver, driver.authorize()["Location"], DELETE, access="read_only")
    for changes in ({}, {"prompt": "none"}, {"scope": f"{WRITE} {DELETE} {READ}"}):
        assert granted(driver, driver.authorize(**changes)) == {READ, PHOTOS}
    html = driver.browser.get(driver.authorize(prompt="consent")["Location"]).content.decode()
    assert 'value="read_only" checked' in html


def test_it_takes_back_for_the_next_sign_in_what_was_allowed_in_full_before(driver: Driver) -> None:
    allow(driver, driver.authorize()["Location"], DELETE)
    allow(driver, driver.authorize(prompt="consent")["Location"], DELETE, access="read_only")
    assert granted(driver, driver.authorize()) == {READ, PHOTOS}
    assert set(Consent.objects.get().agreed.scopes) == {READ, PHOTOS}


def test_a_scope_that_was_exchanged_is_asked_for_once_what_reads_is_taken_back(driver: Driver) -> None:
    allow(driver, driver.authorize()["Location"], access="read_only")
    with override_settings(OAUTH_PROVIDER=OAUTH_PROVIDER | {"SCOPES": {**SCOPES, READ: "Read all you ever wrote"}}):
        assert is_asked(driver)


@each(
    "why",
    [
        "no harm",
        "a scope without a twin",
        "a twin not for the client",
        "a twin that is gone",
        "a twin that harms",
        "a scope that brings harm unmarked",
    ],
)
@each("json", [False, True], ids=["form", "json"])
def test_where_it_is_not_offered_a_form_that_says_so_is_refused(
    driver: Driver, settings: Any, why: str, json: bool
) -> None:
    scopes = dict(SCOPES)
    if why == "no harm":
        driver.scope = f"{READ} {PHOTOS}"
    elif why == "a twin not for the client":
        ClientPolicy.objects.update(scopes=[WRITE, DELETE, READ])
    elif why == "a scope without a twin":
        scopes[DELETE] = {"title": "Delete", "risk": "deletes"}
    elif why == "a twin that is gone":
        scopes.pop(PHOTOS)
    elif why == "a twin that harms":
        scopes[PHOTOS] = {"title": "See your photos", "risk": "costs"}
    elif why == "a scope that brings harm unmarked":
        scopes["notes:sync"] = {"title": "Keep your notes the same everywhere", "implies": [WRITE]}
        driver.scope = "notes:sync"
    else:
        scopes[PHOTOS] = {"title": "See your photos", "grantable_by": "group:Editors"}
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER | {"SCOPES": scopes}
    page = driver.authorize()["Location"]
    assert 'name="access"' not in driver.browser.get(page).content.decode()
    with ledger.unchanged():
        form = {"decision": "allow", "access": "read_only"}
        refused = driver.browser.post(page, form, headers=JSON if json else {})
        assert refused.status_code == 400


def test_it_is_not_offered_beside_an_order_which_would_be_carried_out_all_the_same(
    driver: Driver, settings: Any
) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"AUTHORIZATION_DETAILS_TYPES": TYPES}
    ClientPolicy.objects.update(authorization_details_types=list(TYPES))
    page = driver.authorize(authorization_details=said(ONE))["Location"]
    html = driver.browser.get(page).content.decode()
    assert "Send money" in html
    assert 'name="access"' not in html
    with ledger.unchanged():
        assert allow(driver, page, access="read_only").status_code == 400


@each("access", ["everything", "READ_ONLY", "read_only\x00", "é"])
def test_a_kind_of_access_that_there_is_not_is_refused(driver: Driver, access: str) -> None:
    page = driver.authorize()["Location"]
    with ledger.unchanged():
        ledger.is_error_page(allow(driver, page, access=access))


def test_a_twin_that_is_of_no_use_at_the_resource_is_not_offered(driver: Driver, settings: Any) -> None:
    here, there = "https://here.example", "https://there.example"
    resources = {
        here: {"name": "Here", "scopes": [WRITE, DELETE, READ]},
        there: {"name": "There", "scopes": [PHOTOS]},
    }
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"RESOURCES": resources}
    page = driver.authorize(resource=here)["Location"]
    assert 'name="access"' not in driver.browser.get(page).content.decode()


def test_what_the_twin_implies_comes_along_and_is_shown(driver: Driver, settings: Any) -> None:
    more = {READ: {"title": "Read your notes", "implies": ["albums:read"]}, "albums:read": "See your albums"}
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER | {"SCOPES": {**SCOPES, **more}}
    page = driver.authorize(scope=WRITE)["Location"]
    assert "See your albums" in driver.browser.get(page).content.decode()
    assert granted(driver, allow(driver, page, access="read_only")) == {READ, "albums:read"}
    assert granted(driver, driver.authorize(scope=WRITE)) == {READ, "albums:read"}
