"""How long a sign-in lives (RFC 9700 §2.2.2 and §4.14.2): idle and absolute, by server, client and resource."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientPolicy, Resource
from tests import ledger
from tests.driver import AUTHORIZE, TOKEN, Driver, post, query_of, signed_in
from tests.each import each
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9700", "4.14.2")]

NOTES, PHOTOS = "https://api.example.com/notes", "https://api.example.com/photos"
IDLE, ABSOLUTE = "authorization_idle_lifetime", "authorization_lifetime"

Limit = Callable[..., None]


@pytest.fixture
def driver(settings: Any) -> Driver:
    """A client that may introspect, and two resources: one in the settings and one in the database."""
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "RESOURCES": {NOTES: {"name": "Notes"}}}
    Resource.objects.create(identifier=PHOTOS, name="Photos")
    return signed_in(policy={"may_introspect": True})


def set_server(settings: Any, **limits: int) -> None:
    """The limits of the server."""
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, **{name.upper(): limit for name, limit in limits.items()}}


def set_client(settings: Any, **limits: int) -> None:
    """The limits of the client."""
    ClientPolicy.objects.update(**limits)


def set_photos(settings: Any, **limits: int) -> None:
    """The limits of the resource in the database."""
    Resource.objects.update(**limits)


def set_notes(settings: Any, **limits: int) -> None:
    """The limits of the resource in the settings."""
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "RESOURCES": {NOTES: {"name": "Notes", **limits}}}


SETTERS = (set_server, set_client, set_photos, set_notes)
every_setter = pytest.mark.parametrize("limit", SETTERS, ids=lambda setter: setter.__name__)


def begin(driver: Driver, *, at: tuple[str, ...] = ()) -> dict[str, Any]:
    """The tokens of a sign-in for both resources; ``at`` narrows the first access token."""
    pairs = [*driver.request().items(), ("resource", NOTES), ("resource", PHOTOS)]
    location = driver.browser.get(f"{AUTHORIZE}?{urlencode(pairs)}")["Location"]
    if location.startswith("/oauth/consent/"):
        location = driver.decide(location)["Location"]
    form = {"grant_type": "authorization_code", "code_verifier": driver.code_verifier, **driver.credentials}
    pairs = [*form.items(), ("code", query_of(location)["code"]), *(("resource", uri) for uri in at)]
    tokens: dict[str, Any] = post(driver.browser, TOKEN, pairs).json()
    assert "refresh_token" in tokens, tokens
    return tokens


def renewed(driver: Driver, refresh_token: str, **form: Any) -> dict[str, Any]:
    response = driver.refresh(refresh_token, **form)
    assert response.status_code == 200, response.content
    tokens: dict[str, Any] = response.json()
    return tokens


# -- the strictest wins ----------------------------------------------------------------------------------------


@every_setter
def test_each_can_end_a_sign_in_that_is_not_refreshed(driver: Driver, settings: Any, limit: Limit) -> None:
    limit(settings, **{IDLE: 1000})
    tokens = begin(driver)
    with ledger.later(1001), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    with ledger.later(900):
        tokens = renewed(driver, tokens["refresh_token"])
    with ledger.later(1800):
        renewed(driver, tokens["refresh_token"])


@every_setter
def test_each_can_end_it_however_often_it_is_refreshed(driver: Driver, settings: Any, limit: Limit) -> None:
    limit(settings, **{ABSOLUTE: 1500})
    tokens = begin(driver)
    assert tokens["expires_in"] <= 1500
    for after in (500, 1000, 1400):
        with ledger.later(after):
            tokens = renewed(driver, tokens["refresh_token"])
            assert tokens["expires_in"] <= 1500 - after
    with ledger.later(1501), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
        assert not ledger.is_good(tokens["access_token"])
        assert driver.introspect(tokens["refresh_token"]).json() == {"active": False}


@each("name", [IDLE, ABSOLUTE])
@each("strictest", range(4))
def test_the_strictest_wins_wherever_it_is_written(driver: Driver, settings: Any, name: str, strictest: int) -> None:
    for number, limit in enumerate(SETTERS):
        limit(settings, **{name: 1000 if number == strictest else 2000})
    begin(driver)
    row = Authorization.objects.get()
    assert 995 <= (row.expires_at - row.created_at).total_seconds() <= 1005


def test_none_can_make_it_longer_than_the_server_allows(driver: Driver, settings: Any) -> None:
    set_server(settings, **{IDLE: 500, ABSOLUTE: 800})
    for limit in SETTERS[1:]:
        limit(settings, **{IDLE: 50_000, ABSOLUTE: 80_000})
    tokens = begin(driver)
    with ledger.later(501), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


def test_the_resources_of_others_have_no_say(driver: Driver, settings: Any) -> None:
    set_photos(settings, **{IDLE: 10, ABSOLUTE: 10})
    tokens = driver.tokens()
    with ledger.later(1000):
        renewed(driver, tokens["refresh_token"])


def test_a_token_for_one_resource_does_not_escape_the_limits_of_the_other(driver: Driver, settings: Any) -> None:
    set_photos(settings, **{ABSOLUTE: 1500})
    tokens = begin(driver, at=(NOTES,))
    with ledger.later(1000):
        tokens = renewed(driver, tokens["refresh_token"], resource=NOTES)
        assert tokens["expires_in"] <= 500
    with ledger.later(1501), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"], resource=NOTES), "invalid_grant")


def test_without_refresh_tokens_it_ends_with_its_access_token(driver: Driver, settings: Any) -> None:
    ClientPolicy.objects.update(grant_types=["authorization_code"], **{ABSOLUTE: 300})
    assert driver.tokens()["expires_in"] <= 300
    row = Authorization.objects.get()
    assert row.expires_at == access_token_model().objects.get().expires


def test_a_session_ends_it_sooner(driver: Driver, settings: Any) -> None:
    set_client(settings, **{ABSOLUTE: 1500})
    driver.scope = "openid"
    session = driver.browser.session
    session.set_expiry(600)
    session.save()
    tokens = driver.tokens()
    with ledger.later(601), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")


# -- limits that change ----------------------------------------------------------------------------------------


@every_setter
@pytest.mark.parametrize(("name", "after"), [(IDLE, 700), (ABSOLUTE, 700)])
def test_one_that_becomes_shorter_counts_at_once_for_what_lives(
    driver: Driver, settings: Any, limit: Limit, name: str, after: int
) -> None:
    tokens = begin(driver)
    limit(settings, **{name: 600})
    with ledger.later(after), ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
        assert driver.introspect(tokens["refresh_token"]).json() == {"active": False}
    with ledger.later(500):
        tokens = renewed(driver, tokens["refresh_token"])
    with ledger.later(1000):
        status = driver.refresh(tokens["refresh_token"]).status_code
    assert status == (200 if name == IDLE else 400)


def test_what_ended_by_a_limit_is_no_replay_and_comes_back_when_it_is_lifted(driver: Driver, settings: Any) -> None:
    tokens = begin(driver)
    set_client(settings, **{IDLE: 600})
    with ledger.later(700):
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
        ClientPolicy.objects.update(**{IDLE: None})
        renewed(driver, tokens["refresh_token"])


def test_one_that_becomes_longer_counts_from_the_next_refresh(driver: Driver, settings: Any) -> None:
    set_client(settings, **{IDLE: 600})
    tokens, lost = begin(driver), begin(driver)
    ClientPolicy.objects.update(**{IDLE: 6000})
    with ledger.later(500):
        tokens = renewed(driver, tokens["refresh_token"])
    with ledger.later(700):
        ledger.refused(driver.refresh(lost["refresh_token"]), "invalid_grant")
    with ledger.later(6000):
        renewed(driver, tokens["refresh_token"])


def test_a_repeated_refresh_is_held_to_them_too(driver: Driver, settings: Any) -> None:
    first = begin(driver)["refresh_token"]
    renewed(driver, first)
    set_client(settings, **{ABSOLUTE: 1})
    with ledger.later(5), ledger.unchanged():
        ledger.refused(driver.refresh(first), "invalid_grant")


def test_a_code_is_held_to_them_too(driver: Driver, settings: Any) -> None:
    code = driver.code()
    set_client(settings, **{ABSOLUTE: 10})
    with ledger.later(20), ledger.unchanged():
        ledger.refused(driver.redeem(code), "invalid_grant")


def test_a_resource_that_is_gone_sets_no_limit_and_is_an_error_as_before(driver: Driver) -> None:
    tokens = begin(driver)
    Resource.objects.all().delete()
    with ledger.unchanged():
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_target")
    assert driver.introspect(tokens["refresh_token"]).json()["active"] is True
    renewed(driver, tokens["refresh_token"], resource=NOTES)


# -- clients whose refresh token stays -------------------------------------------------------------------------


@pytest.mark.spec("FAPI 2.0", "5.3.2.1")
def test_a_refresh_token_that_stays_is_used_all_the_same(driver: Driver, settings: Any) -> None:
    set_client(settings, **{IDLE: 1000, "rotate_refresh_tokens": False})
    refresh_token = begin(driver)["refresh_token"]
    for after in (900, 1800):
        with ledger.later(after):
            assert renewed(driver, refresh_token)["refresh_token"] == refresh_token
    with ledger.later(2900), ledger.unchanged():
        ledger.refused(driver.refresh(refresh_token), "invalid_grant")


@pytest.mark.spec("FAPI 2.0", "5.3.2.1")
def test_once_it_stays_nothing_from_before_is_said_again(driver: Driver, settings: Any) -> None:
    first = begin(driver)["refresh_token"]
    second = renewed(driver, first)["refresh_token"]
    set_client(settings, rotate_refresh_tokens=False)
    renewed(driver, second)
    assert Authorization.objects.get().sealed_answer == ""
    ledger.refused(driver.refresh(first), "invalid_grant")


# -- what is said about it -------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 7662", "2.2")
@every_setter
def test_introspection_says_when_it_ends(driver: Driver, settings: Any, limit: Limit) -> None:
    limit(settings, **{IDLE: 1000, ABSOLUTE: 1800})
    began = timezone.now().timestamp()
    tokens = begin(driver)
    assert abs(driver.introspect(tokens["refresh_token"]).json()["exp"] - began - 1000) < 10
    with ledger.later(900):
        tokens = renewed(driver, tokens["refresh_token"])
        assert abs(driver.introspect(tokens["refresh_token"]).json()["exp"] - began - 1800) < 10
        assert driver.introspect(tokens["access_token"]).json()["exp"] <= began + 1810
    limit(settings, **{IDLE: 60})
    with ledger.later(930):
        assert abs(driver.introspect(tokens["refresh_token"]).json()["exp"] - began - 960) < 10


def test_they_cost_no_statement(driver: Driver, settings: Any) -> None:
    costs = []
    for limits in ({}, {IDLE: 1000, ABSOLUTE: 1500}):
        for limit in SETTERS:
            if limits:
                limit(settings, **limits)
        tokens = begin(driver)
        with CaptureQueriesContext(connection) as captured:
            renewed(driver, tokens["refresh_token"])
        costs.append(len(captured))
    assert costs[0] == costs[1]


def seconds(answer: dict[str, Any]) -> tuple[int | None, int | None]:
    """What an answer says of the refresh token and of the sign-in."""
    return answer.get("refresh_token_expires_in"), answer.get("authorization_expires_in")


@pytest.mark.spec("RFC 6749", "5.1")
def test_the_answer_says_how_long_the_refresh_token_and_the_sign_in_live(settings: Any, driver: Driver) -> None:
    assert seconds(begin(driver)) == (30 * 86_400, None)  # nothing ends it while it is used
    set_client(settings, **{IDLE: 600, ABSOLUTE: 1000})
    tokens = begin(driver)
    assert seconds(tokens) == (600, 1000)
    with ledger.later(500):
        for _again in range(2):
            assert seconds(driver.refresh(tokens["refresh_token"]).json()) == (500, 500)
        set_client(settings, **{IDLE: 300})  # stricter than when it was issued
        assert seconds(driver.refresh(tokens["refresh_token"]).json()) == (300, 500)
    assert seconds(driver.token(grant_type="client_credentials", scope="notes:read").json()) == (None, None)
