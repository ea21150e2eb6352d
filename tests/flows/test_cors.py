"""Cross-origin reading (Fetch §3.2): a client's scripts read our answers from the client's own origins alone."""

from typing import Any
from unittest.mock import patch

import pytest

from oauth_provider.clients import origins
from tests import ledger
from tests.driver import (
    AUTHORIZE,
    INTROSPECT,
    JWKS,
    METADATA,
    PAR,
    REVOKE,
    TOKEN,
    USERINFO,
    Driver,
    post,
    signed_in,
)
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("Fetch", "3.2")]

ORIGIN = "https://spa.example.com"
PROGRAMS = [TOKEN, REVOKE, INTROSPECT, PAR]
DOCUMENTS = [METADATA, "/.well-known/openid-configuration", JWKS]
ALLOW = "Access-Control-Allow-Origin"

FOREIGN = [
    "null",
    "https://evil.example.com",
    "http://spa.example.com",
    "https://spa.example.com:8443",
    "https://spa.example.com.evil.com",
    "https://evil-spa.example.com",
    "https://spa.example.co",
    "https://spa",
    "spa.example.com",
    "*",
    f"{ORIGIN}/",
    f"{ORIGIN} https://evil.example.com",
    "%",
    "https://spa_example.com",
    "é",
]


@pytest.fixture
def spa() -> Driver:
    return signed_in(public=True, allowed_origins=f"{ORIGIN} https://other.example.com")


def preflight(driver: Driver, path: str, origin: str, **headers: str) -> Any:
    """OPTIONS as a browser sends it before a POST."""
    given = {"Origin": origin, "Access-Control-Request-Method": "POST", **headers}
    return driver.browser.options(path, headers=given)


@pytest.mark.spec("RFC 7009", "2.3")
@each("path", PROGRAMS)
def test_a_clients_own_origin_is_let_through(spa: Driver, path: str) -> None:
    with ledger.unchanged():
        response = preflight(spa, path, ORIGIN, **{"Access-Control-Request-Headers": "content-type"})
    assert (response.status_code, response.content) == (204, b"")
    assert response[ALLOW] == ORIGIN
    assert "POST" in response["Access-Control-Allow-Methods"]
    assert "Content-Type" in response["Access-Control-Allow-Headers"]
    assert "Origin" in response["Vary"]


@each("path", PROGRAMS)
@each("origin", FOREIGN)
def test_no_other_origin_is(spa: Driver, path: str, origin: str) -> None:
    response = preflight(spa, path, origin)
    assert response.status_code == 204
    assert not [name for name in response.headers if name.startswith("Access-Control")]
    assert "Origin" in response["Vary"]


def test_the_answer_may_be_read_from_the_clients_own_origin(spa: Driver) -> None:
    form = {**spa.credentials, "grant_type": "refresh_token", "refresh_token": spa.tokens()["refresh_token"]}
    response = post(spa.browser, TOKEN, form, Origin=ORIGIN)
    assert response.status_code == 200
    assert response[ALLOW] == ORIGIN
    assert "Origin" in response["Vary"]
    assert "WWW-Authenticate" in response["Access-Control-Expose-Headers"]


@each("origin", [*FOREIGN, "https://of-another-client.example.com"])
def test_the_answer_may_be_read_from_no_other(spa: Driver, origin: str) -> None:
    ApplicationFactory(public=True, allowed_origins="https://of-another-client.example.com")
    form = {**spa.credentials, "grant_type": "refresh_token", "refresh_token": spa.tokens()["refresh_token"]}
    response = post(spa.browser, TOKEN, form, Origin=origin)
    assert response.status_code == 200
    assert not response.has_header(ALLOW)


@each(
    ("form", "error", "status"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant", 400),
        ({"client_id": "nobody"}, "invalid_client", 401),
        ({"client_id": ""}, "invalid_client", 401),
        ({"grant_type": ""}, "invalid_request", 400),
    ],
    ids=str,
)
def test_an_error_may_be_read_by_the_client_it_is_meant_for(
    spa: Driver, form: dict[str, str], error: str, status: int
) -> None:
    own = post(spa.browser, TOKEN, {**spa.credentials, **form}, Origin=ORIGIN)
    ledger.refused(own, error, status)
    assert own[ALLOW] == ORIGIN
    foreign = post(spa.browser, TOKEN, {**spa.credentials, **form}, Origin="https://evil.example.com")
    ledger.refused(foreign, error, status)
    assert not foreign.has_header(ALLOW)


@each("path", [*PROGRAMS, METADATA])
def test_no_answer_invites_cookies(spa: Driver, path: str) -> None:
    for response in (preflight(spa, path, ORIGIN), post(spa.browser, path, spa.credentials, Origin=ORIGIN)):
        assert not response.has_header("Access-Control-Allow-Credentials")


def test_metadata_may_be_read_from_anywhere(spa: Driver) -> None:
    response = spa.browser.get(METADATA, headers={"Origin": "https://anyone.example.com"})
    assert response[ALLOW] == "*"


@pytest.mark.parametrize("path", [AUTHORIZE, "/oauth/consent/" + "a" * 43])
def test_pages_are_read_from_nowhere(spa: Driver, path: str) -> None:
    for response in (spa.browser.get(path, headers={"Origin": ORIGIN}), preflight(spa, path, ORIGIN)):
        assert not [name for name in response.headers if name.startswith("Access-Control")]


@pytest.mark.usefixtures("clock_cache")
def test_an_origin_that_was_taken_away_is_forgotten_within_a_minute(spa: Driver) -> None:
    assert preflight(spa, TOKEN, ORIGIN).has_header(ALLOW)
    type(spa.application).objects.update(allowed_origins="")
    with ledger.later(61):
        assert not preflight(spa, TOKEN, ORIGIN).has_header(ALLOW)


def test_asking_again_costs_no_statement(spa: Driver, django_assert_num_queries: Any) -> None:
    spa.browser.logout()  # no browser sends its cookies with a preflight
    preflight(spa, TOKEN, ORIGIN)
    with django_assert_num_queries(0):
        preflight(spa, TOKEN, ORIGIN)


@each("path", [*PROGRAMS, USERINFO])
def test_a_clients_origin_may_send_whatever_header_it_asks_for(spa: Driver, path: str) -> None:
    response = preflight(spa, path, ORIGIN, **{"Access-Control-Request-Headers": "mcp-protocol-version,x-a: b"})
    assert response["Access-Control-Allow-Headers"] == "Authorization, Content-Type, mcp-protocol-version"
    assert {"Origin", "Access-Control-Request-Headers"} <= set(response["Vary"].split(", "))
    assert not response.has_header("Content-Type")


@pytest.mark.spec("RFC 8414", "3")
@each("path", DOCUMENTS)
def test_documents_are_read_from_anywhere_with_any_header(spa: Driver, path: str) -> None:
    asked = {"Access-Control-Request-Headers": "mcp-protocol-version", "Access-Control-Request-Method": "GET"}
    response = preflight(spa, path, "https://inspector.example.org", **asked)
    assert (response.status_code, response.content) == (204, b"")
    assert response[ALLOW] == "*"
    assert "mcp-protocol-version" in response["Access-Control-Allow-Headers"]
    assert response["Access-Control-Allow-Methods"] == response["Allow"] == "GET, HEAD, OPTIONS"
    assert not response.has_header("Access-Control-Allow-Credentials")


def test_fresh_origins_cost_no_statement_each_and_are_kept_nowhere(spa: Driver, django_assert_num_queries: Any) -> None:
    spa.browser.logout()
    preflight(spa, TOKEN, "https://first.example.com")
    no_cache = patch("django.core.cache.backends.base.BaseCache.make_and_validate_key", side_effect=AssertionError)
    with no_cache, django_assert_num_queries(0):
        for number in range(50):
            assert not preflight(spa, TOKEN, f"https://{number}.example.com").has_header(ALLOW)
        assert preflight(spa, TOKEN, ORIGIN).has_header(ALLOW)
    assert sum(len(known.origins or ()) for known in origins._known.values()) == 2


def test_an_origin_that_another_process_added_is_found_within_seconds(spa: Driver) -> None:
    fresh = "https://fresh.example.com"
    assert not preflight(spa, TOKEN, fresh).has_header(ALLOW)
    type(spa.application).objects.update(allowed_origins=f"{ORIGIN} {fresh}")
    with ledger.later(6):
        assert preflight(spa, TOKEN, fresh).has_header(ALLOW)


def test_an_origin_that_is_saved_in_this_process_is_found_at_once(spa: Driver) -> None:
    fresh = "https://fresh.example.com"
    assert not preflight(spa, TOKEN, fresh).has_header(ALLOW)
    spa.application.allowed_origins = fresh
    spa.application.save()
    assert preflight(spa, TOKEN, fresh).has_header(ALLOW)
    spa.application.delete()
    assert not preflight(spa, TOKEN, fresh).has_header(ALLOW)


def test_of_very_many_clients_each_origin_is_looked_for_and_not_too_often(spa: Driver) -> None:
    ApplicationFactory(public=True, allowed_origins="https://two.example.com")
    with patch.object(origins, "MAX_CLIENTS", 1), patch.object(origins, "MAX_LOOKUPS", 2):
        with patch("time.time", lambda: 1_000.5):
            assert origins.is_known(ORIGIN)
            assert not origins.is_known("https://spa.example.co")
            assert not origins.is_known(ORIGIN), "there were two look-ups in this second"
        with patch("time.time", lambda: 1_001.5):
            assert origins.is_known(ORIGIN)
    assert all(known.origins is None for known in origins._known.values())
