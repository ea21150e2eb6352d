"""Resource indicators (RFC 8707): where a token is meant to be used, from the request to the API."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.models import Authorization, Consent, Resource
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import AUTHORIZE, Driver, post, query_of, signed_in
from tests.each import each
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 8707", "2")]

NOTES, PHOTOS, OTHER = "https://api.example.com/notes", "https://api.example.com/photos/", "urn:example:other"


@pytest.fixture(autouse=True)
def _resources(settings: Any) -> None:
    """Two in the settings, one in the database."""
    given = {NOTES: {"name": "Notes", "scopes": ["notes:read", "notes:write"], "access_token_lifetime": 120}}
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "RESOURCES": {**given, OTHER: "Another"}}
    Resource.objects.create(identifier=PHOTOS, name="Photos", scopes=["photos:read"])


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(policy={"grant_types": ["authorization_code", "refresh_token", "client_credentials"]})
    driver.scope = "notes:read photos:read"
    return driver


def ask(driver: Driver, *resources: str, **changes: Any) -> Any:
    """An authorization request for these resources."""
    pairs = [*driver.request(**changes).items(), *(("resource", uri) for uri in resources)]
    return driver.browser.get(f"{AUTHORIZE}?{urlencode(pairs)}")


def tokens(driver: Driver, *resources: str, at: tuple[str, ...] = (), **changes: Any) -> Any:
    """The token response of a whole flow, ``at`` being what the token request asks for."""
    location = ask(driver, *resources, **changes)["Location"]
    if location.startswith("/oauth/consent/"):
        location = driver.decide(location)["Location"]
    form = {
        "grant_type": "authorization_code",
        "code": query_of(location)["code"],
        "code_verifier": driver.code_verifier,
        **driver.credentials,
    }
    return post(driver.browser, "/oauth/token", [*form.items(), *(("resource", uri) for uri in at)])


def token_of(response: Any) -> Any:
    """What an API learns of the access token in ``response``."""
    assert response.status_code == 200, response.content
    return verify(response.json()["access_token"])


@pytest.mark.spec("RFC 8707", "2.1")
def test_a_token_is_for_the_resources_asked_for(driver: Driver) -> None:
    token = token_of(tokens(driver, NOTES, PHOTOS))
    assert token.resources == (NOTES, PHOTOS)
    assert set(token.scopes) == {"notes:read", "photos:read"}
    assert Authorization.objects.get().resources == [NOTES, PHOTOS]


def test_a_token_for_none_serves_anywhere_and_costs_no_statement(driver: Driver) -> None:
    with CaptureQueriesContext(connection) as captured:
        token = token_of(tokens(driver))
    assert token.resources == ()
    assert "oauth_provider_resource" not in " ".join(query["sql"] for query in captured.captured_queries)


@each(
    "spelling",
    ["https://API.example.com:443/notes/", "HTTPS://api.example.com/notes", "https://api.example.com/x/../notes"],
)
def test_another_spelling_is_the_registered_resource(driver: Driver, spelling: str) -> None:
    driver.scope = "notes:read"
    assert token_of(tokens(driver, spelling, at=(f"{NOTES}/",))).resources == (NOTES,)


@pytest.mark.spec("RFC 8707", "2.1")
@each(
    "resources",
    [
        ("https://nowhere.example.com/",),
        (NOTES, "https://nowhere.example.com/"),
        (f"{NOTES}/below",),
        ("https://api.example.com/",),
        ("http://api.example.com/notes",),
        (f"{NOTES}#f",),
        (f"{NOTES}?x=1",),
        ("notes",),
        ("\x00",),
        ("\udcff",),
        ("https://[::1",),
        (NOTES,) * 21,
        ("a" * 5000,),
    ],
    ids=lambda resources: ascii(resources)[:40],
)
def test_an_unknown_one_is_invalid_target(driver: Driver, resources: tuple[str, ...]) -> None:
    query = urlencode([*driver.request().items(), *(("resource", uri) for uri in resources)], errors="surrogateescape")
    with ledger.unchanged():
        answer = query_of(driver.browser.get(f"{AUTHORIZE}?{query}")["Location"])
    assert (answer["error"], answer["state"]) == ("invalid_target", "a state")


def test_a_scope_of_another_resource_is_refused(driver: Driver) -> None:
    with ledger.unchanged():
        assert query_of(ask(driver, NOTES)["Location"])["error"] == "invalid_scope"
    assert token_of(tokens(driver, OTHER, PHOTOS, scope="photos:read")).resources == (OTHER, PHOTOS)


@pytest.mark.spec("RFC 8707", "2.2")
def test_a_token_request_narrows_resource_and_scope(driver: Driver) -> None:
    response = tokens(driver, NOTES, PHOTOS, at=(PHOTOS,))
    assert response.json()["scope"] == "photos:read"
    assert token_of(response).resources == (PHOTOS,)
    refreshed = driver.refresh(response.json()["refresh_token"], resource=NOTES)
    assert refreshed.json()["scope"] == "notes:read"
    assert token_of(refreshed).resources == (NOTES,)
    both = driver.refresh(refreshed.json()["refresh_token"])
    assert token_of(both).resources == (NOTES, PHOTOS)


@pytest.mark.spec("RFC 8707", "2.2")
@each("uri", [OTHER, "https://nowhere.example.com/", "nonsense", f"{NOTES}/below"])
def test_what_was_not_granted_is_invalid_target_and_spends_nothing(driver: Driver, uri: str) -> None:
    refresh_token = tokens(driver, NOTES, PHOTOS).json()["refresh_token"]
    with ledger.unchanged():
        ledger.refused(driver.refresh(refresh_token, resource=uri), "invalid_target")
    location = ask(driver, NOTES, PHOTOS)["Location"]
    with ledger.unchanged():
        ledger.refused(driver.redeem(query_of(location)["code"], resource=uri), "invalid_target")
    assert driver.redeem(query_of(location)["code"]).status_code == 200


@pytest.mark.spec("RFC 8707", "2.2")
def test_a_scope_that_the_resource_does_not_serve_is_invalid_target_and_spends_nothing(driver: Driver) -> None:
    refresh_token = tokens(driver, NOTES, PHOTOS).json()["refresh_token"]
    with ledger.unchanged():
        ledger.refused(driver.refresh(refresh_token, resource=NOTES, scope="photos:read"), "invalid_target")
    assert token_of(driver.refresh(refresh_token, resource=PHOTOS, scope="photos:read")).resources == (PHOTOS,)


def test_a_resource_shortens_the_life_of_a_token(driver: Driver) -> None:
    assert tokens(driver, NOTES, PHOTOS).json()["expires_in"] == 120
    assert tokens(driver, PHOTOS, scope="photos:read").json()["expires_in"] == 3600
    assert tokens(driver).json()["expires_in"] == 3600


def test_one_that_is_registered_no_more_gets_no_tokens(driver: Driver) -> None:
    refresh_token = tokens(driver, PHOTOS, scope="photos:read").json()["refresh_token"]
    Resource.objects.all().delete()
    with ledger.unchanged():
        ledger.refused(driver.refresh(refresh_token), "invalid_target")


def test_the_database_wins_where_both_name_the_same(driver: Driver) -> None:
    Resource.objects.create(identifier=f"{NOTES}/", name="Notes", scopes=["notes:read"], access_token_lifetime=60)
    response = tokens(driver, NOTES, scope="notes:read")
    assert response.json()["expires_in"] == 60
    assert token_of(response).resources == (f"{NOTES}/",)


@pytest.mark.spec("RFC 6749", "10.2")
def test_a_person_is_asked_again_for_another_resource(driver: Driver) -> None:
    tokens(driver, NOTES, scope="notes:read")
    assert "code" in query_of(ask(driver, NOTES, scope="notes:read")["Location"])
    assert set(Consent.objects.get().entries["scopes"]["notes:read"]) == {NOTES}
    assert ask(driver, NOTES, OTHER, scope="notes:read")["Location"].startswith("/oauth/consent/")
    assert ask(driver, scope="notes:read")["Location"].startswith("/oauth/consent/")


@pytest.mark.spec("RFC 9700", "4.7")
def test_nobody_agrees_to_what_was_renamed_while_the_page_was_open(driver: Driver) -> None:
    page = ask(driver, PHOTOS, scope="photos:read")["Location"]
    Resource.objects.update(name="Your bank")
    with ledger.unchanged():
        ledger.is_error_page(driver.decide(page))


def test_a_client_asks_for_itself_as_well(driver: Driver) -> None:
    response = driver.token(grant_type="client_credentials", scope="notes:read", resource=f"{NOTES}/")
    assert token_of(response).resources == (NOTES,)
    assert response.json()["expires_in"] == 120
    with ledger.unchanged():
        form = {"grant_type": "client_credentials", "scope": "notes:read"}
        ledger.refused(driver.token(**form, resource=PHOTOS), "invalid_scope")
        ledger.refused(driver.token(**form, resource="https://nowhere.example.com/"), "invalid_target")


@pytest.mark.spec("RFC 9126", "2.1")
def test_a_pushed_request_carries_them(driver: Driver) -> None:
    pairs = [*(driver.request() | driver.credentials).items(), ("resource", NOTES), ("resource", PHOTOS)]
    request_uri = post(driver.browser, "/oauth/par", pairs).json()["request_uri"]
    driver.decide(driver.open(request_uri)["Location"])
    assert Authorization.objects.get().resources == [NOTES, PHOTOS]


@pytest.mark.spec("RFC 7662", "2.2")
def test_introspection_names_the_audience(driver: Driver) -> None:
    type(driver.application.oauth_policy).objects.update(may_introspect=True)
    access_token = tokens(driver, NOTES, PHOTOS, at=(NOTES,)).json()["access_token"]
    assert driver.introspect(access_token).json()["aud"] == [NOTES]


@each("identifier", ["notes", "https://a#f", "https://a b/", "javascript:alert(1)", ""])
def test_a_resource_has_an_identifier_that_can_be_asked_for(identifier: str) -> None:
    with pytest.raises(ValidationError):
        Resource(identifier=identifier, name="x").full_clean()
