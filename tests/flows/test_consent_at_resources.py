"""Consent is remembered as it was asked for (RFC 6749 §10.2, RFC 8707 §2): each scope with its resources."""

from typing import Any
from urllib.parse import urlencode

import pytest

from oauth_provider.models import Authorization, Consent, Resource
from oauth_provider.models import consent as consent_module
from oauth_provider.protocol.digest import digest
from oauth_provider.registry.resource import all_resources, digests_of_resources
from oauth_provider.registry.scope import digests_of
from tests import details, ledger
from tests.admin.operators import operator, url
from tests.driver import AUTHORIZE, Driver, post, query_of, signed_in
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "10.2"), pytest.mark.spec("RFC 8707", "2")]

NOTES, PHOTOS = "https://api.example.com/notes", "https://api.example.com/photos"
BOTH = "notes:read notes:write"
EVERYWHERE = "everywhere that your account works"


@pytest.fixture(autouse=True)
def _resources(settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "RESOURCES": {NOTES: "Notes", PHOTOS: "Photos"}}


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": ["authorization_code", "refresh_token"], "may_introspect": True})


def ask(driver: Driver, scope: str, *resources: str, **changes: Any) -> Any:
    """An authorization request for these scopes at these resources."""
    pairs = [*driver.request(scope=scope, **changes).items(), *(("resource", uri) for uri in resources)]
    return driver.browser.get(f"{AUTHORIZE}?{urlencode(pairs)}")


def agree(driver: Driver, scope: str, *resources: str) -> str:
    """Allow the page of this request; the code. A page there must be."""
    page = ask(driver, scope, *resources)["Location"]
    assert page.startswith("/oauth/consent/")
    return query_of(driver.decide(page)["Location"])["code"]


def is_asked(driver: Driver, scope: str, *resources: str) -> bool:
    """Does this request lead to a page? One that may show none must then be refused, too."""
    location: str = ask(driver, scope, *resources)["Location"]
    silent = query_of(ask(driver, scope, *resources, prompt="none")["Location"])
    assert ("code" in silent) is not location.startswith("/oauth/consent/")
    return location.startswith("/oauth/consent/")


def older_row(driver: Driver, scopes: str, *resources: str) -> Consent:
    """A consent as it was kept when scopes and resources were two sets."""
    agree(driver, "photos:read")
    row = Consent.objects.get()
    row.entries, row.shown = None, digest(str(driver.application))
    row.scopes = digests_of(scopes.split())
    row.resources = digests_of_resources(one for one in all_resources() if one.identifier in resources)
    row.save()
    return row


def test_a_consent_only_at_a_resource_is_none_for_a_token_for_everywhere(driver: Driver) -> None:
    agree(driver, BOTH, NOTES)
    assert not is_asked(driver, BOTH, NOTES)
    assert is_asked(driver, BOTH)
    assert is_asked(driver, BOTH, PHOTOS)
    assert is_asked(driver, BOTH, NOTES, PHOTOS)


def test_a_consent_for_everywhere_has_to_be_given_by_itself(driver: Driver) -> None:
    agree(driver, BOTH, NOTES)
    agree(driver, BOTH)
    assert not is_asked(driver, BOTH)
    assert not is_asked(driver, BOTH, NOTES)
    assert is_asked(driver, BOTH, PHOTOS)


def test_a_scope_here_and_another_there_are_not_both_of_them_here(driver: Driver) -> None:
    agree(driver, "notes:read", NOTES)
    agree(driver, "notes:write", PHOTOS)
    assert is_asked(driver, "notes:write", NOTES)
    assert is_asked(driver, "notes:read", PHOTOS)
    assert is_asked(driver, BOTH, NOTES, PHOTOS)
    assert not is_asked(driver, "notes:read", NOTES)
    assert not is_asked(driver, "notes:write", PHOTOS)


@pytest.mark.spec("RFC 8707", "2.2")
def test_what_one_page_asks_for_at_several_resources_is_one_agreement(driver: Driver) -> None:
    code = agree(driver, BOTH, NOTES, PHOTOS)
    for scope in ("notes:read", "notes:write", BOTH):
        for resources in ((NOTES,), (PHOTOS,), (NOTES, PHOTOS)):
            assert not is_asked(driver, scope, *resources)
    tokens = driver.redeem(code, resource=PHOTOS).json()
    assert set(tokens["scope"].split()) == set(BOTH.split())
    assert driver.introspect(tokens["access_token"]).json()["aud"] == [PHOTOS]


def test_a_code_that_was_answered_silently_is_for_no_more_than_was_agreed_to(driver: Driver) -> None:
    agree(driver, BOTH, NOTES)
    agree(driver, "photos:read")
    code = query_of(ask(driver, "notes:read", NOTES, prompt="none")["Location"])["code"]
    with ledger.unchanged():
        ledger.refused(driver.redeem(code, resource=PHOTOS), "invalid_target")
    tokens = driver.redeem(code).json()
    assert driver.introspect(tokens["access_token"]).json()["aud"] == [NOTES]
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], scope=BOTH), "invalid_scope")
        ledger.refused(driver.refresh(tokens["refresh_token"], resource=PHOTOS), "invalid_target")
    refreshed = driver.refresh(tokens["refresh_token"]).json()
    assert (refreshed["scope"], driver.introspect(refreshed["access_token"]).json()["aud"]) == ("notes:read", [NOTES])


@pytest.mark.spec("RFC 7662", "2.2")
def test_introspection_of_a_refresh_token_names_the_resources_beside_the_scope(driver: Driver) -> None:
    tokens = driver.redeem(agree(driver, BOTH, NOTES, PHOTOS), resource=NOTES).json()
    members = driver.introspect(tokens["refresh_token"]).json()
    assert (set(members["scope"].split()), members["aud"]) == (set(BOTH.split()), [NOTES, PHOTOS])
    anywhere = driver.redeem(agree(driver, BOTH)).json()
    assert "aud" not in driver.introspect(anywhere["refresh_token"]).json()


@pytest.mark.spec("RFC 9126", "4")
def test_a_pushed_request_is_bound_to_its_resources_as_any_other(driver: Driver) -> None:
    agree(driver, BOTH, NOTES)
    for resources, is_page in (((NOTES,), False), ((), True), ((PHOTOS,), True)):
        pairs = [*(driver.request() | driver.credentials).items(), *(("resource", uri) for uri in resources)]
        location = driver.open(post(driver.browser, "/oauth/par", pairs).json()["request_uri"])["Location"]
        assert location.startswith("/oauth/consent/") is is_page


def test_a_renamed_resource_is_asked_for_again_and_the_others_are_not(driver: Driver, settings: Any) -> None:
    agree(driver, BOTH, NOTES, PHOTOS)
    agree(driver, BOTH)
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "RESOURCES": {NOTES: "Your bank", PHOTOS: "Photos"}}
    assert is_asked(driver, BOTH, NOTES)
    assert not is_asked(driver, BOTH, PHOTOS)
    assert not is_asked(driver, BOTH)


@pytest.mark.spec("RFC 9700", "4.7")
def test_the_page_says_where_what_is_allowed_may_be_used(driver: Driver, settings: Any) -> None:
    at_notes = driver.browser.get(ask(driver, BOTH, NOTES)["Location"]).content.decode()
    anywhere = driver.browser.get(ask(driver, BOTH)["Location"]).content.decode()
    assert "Only at" in at_notes
    assert "<bdi>Notes</bdi>" in at_notes
    assert EVERYWHERE not in at_notes
    assert "Only at" not in anywhere
    assert EVERYWHERE in anywhere
    settings.OAUTH_PROVIDER = OAUTH_PROVIDER  # nothing is registered: there is nowhere else
    assert EVERYWHERE not in driver.browser.get(ask(driver, BOTH)["Location"]).content.decode()


def test_a_page_that_was_opened_for_a_resource_that_is_gone_is_not_answered(driver: Driver, settings: Any) -> None:
    page = ask(driver, BOTH, NOTES)["Location"]
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "RESOURCES": {PHOTOS: "Photos"}}
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page), error="invalid_target")


def test_of_ever_more_places_the_older_are_forgotten(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent_module, "MAX_SCOPE_ENTRIES", 3)
    agree(driver, BOTH, NOTES)
    agree(driver, BOTH, PHOTOS)
    assert Consent.objects.get().entries["scopes"].keys() == set(BOTH.split())
    assert not is_asked(driver, BOTH, PHOTOS)
    assert is_asked(driver, BOTH, NOTES)


# Rows from before, and code from before


def test_an_older_consent_without_resources_is_for_anywhere(driver: Driver) -> None:
    older_row(driver, BOTH)
    assert not is_asked(driver, BOTH)
    assert is_asked(driver, BOTH, NOTES)


def test_an_older_consent_at_one_resource_is_for_that_one(driver: Driver) -> None:
    older_row(driver, BOTH, NOTES)
    assert not is_asked(driver, BOTH, NOTES)
    assert is_asked(driver, BOTH)


def test_an_older_consent_to_one_scope_is_for_each_of_its_resources(driver: Driver) -> None:
    older_row(driver, "notes:read", NOTES, PHOTOS)
    assert not is_asked(driver, "notes:read", NOTES, PHOTOS)
    assert is_asked(driver, "notes:read")


def test_an_older_consent_is_asked_for_again_where_details_left_only_their_resources_behind(
    driver: Driver, settings: Any
) -> None:
    older_row(driver, "notes:read", NOTES, PHOTOS)
    types = {"AUTHORIZATION_DETAILS_TYPES": {"account": details.ACCOUNT}}
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, **types}
    assert is_asked(driver, "notes:read", NOTES)


def test_an_older_consent_that_does_not_tell_which_scope_was_where_is_asked_for_again(driver: Driver) -> None:
    older_row(driver, BOTH, NOTES, PHOTOS)
    assert is_asked(driver, "notes:read", NOTES)
    assert is_asked(driver, BOTH, NOTES, PHOTOS)
    assert is_asked(driver, "notes:read")


def test_an_older_consent_that_is_added_to_keeps_what_it_certainly_says(driver: Driver) -> None:
    older_row(driver, "notes:read", NOTES)
    agree(driver, "notes:write", PHOTOS)
    assert not is_asked(driver, "notes:read", NOTES)
    assert not is_asked(driver, "notes:write", PHOTOS)
    assert is_asked(driver, BOTH, NOTES)


def test_code_that_is_rolled_back_finds_nothing_in_the_columns_that_it_knows(driver: Driver) -> None:
    older_row(driver, BOTH, NOTES)
    agree(driver, "photos:read", PHOTOS)
    row = Consent.objects.get()
    assert (row.shown, row.scopes, row.resources, row.authorization_details) == ("", {}, {}, {})


def test_what_code_that_was_rolled_back_remembered_is_asked_for_again(driver: Driver) -> None:
    agree(driver, "notes:read", NOTES)
    # It writes the columns that it knows, and leaves ours as it is.
    Consent.objects.update(shown=digest(str(driver.application)), scopes=digests_of(BOTH.split()), resources={})
    assert is_asked(driver, BOTH)
    assert not is_asked(driver, "notes:read", NOTES)


# The admin


def test_an_operator_sees_each_scope_with_its_places(driver: Driver) -> None:
    agree(driver, "notes:read", NOTES)
    agree(driver, "notes:write")
    html = operator().get(url(Consent.objects.get())).content.decode()
    assert f'only at <bdi dir="ltr">{NOTES}</bdi>' in html
    assert "anywhere" in html
    assert PHOTOS not in html


def test_an_operator_sees_that_an_older_consent_is_asked_for_again(driver: Driver) -> None:
    row = older_row(driver, BOTH, NOTES, PHOTOS)
    html = operator().get(url(row)).content.decode()
    assert "is asked for again" in html
    assert "anywhere" not in html


def test_a_registered_row_and_a_setting_are_bound_alike(driver: Driver) -> None:
    Resource.objects.create(identifier="https://api.example.com/rows", name="Rows")
    agree(driver, "notes:read", "https://api.example.com/rows/", NOTES)
    assert set(Consent.objects.get().entries["scopes"]["notes:read"]) == {"https://api.example.com/rows", NOTES}
    assert Authorization.objects.get().resources == ["https://api.example.com/rows", NOTES]
