"""A8, size and depth: 400, 413 or 414, soon, and nothing stored (RFC 6819 §4.4.1.11)."""

import time
from typing import Any
from unittest.mock import patch

import pytest

from oauth_provider.authorization.context import AuthenticationContext
from tests import details, ledger
from tests.driver import INTROSPECT, REVOKE, TOKEN, Driver, post, query_of, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6819", "4.4.1.11")]

LONG = "a" * 100_000
SCOPES = " ".join(f"scope:{number}" for number in range(10_000))


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"may_introspect": True})


@each("value", [LONG, SCOPES], ids=["long", "scopes"])
@each("name", ["client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "unknown"])
def test_at_the_authorization_endpoint(driver: Driver, name: str, value: str) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(**{name: value}), status=413)


@each("value", [LONG, SCOPES], ids=["long", "scopes"])
@each("path", [TOKEN, REVOKE, INTROSPECT])
@each("name", ["client_id", "client_secret", "grant_type", "token", "scope", "unknown"])
def test_at_the_endpoints_of_programs(driver: Driver, path: str, name: str, value: str) -> None:
    form = {**driver.credentials, "grant_type": "refresh_token", "refresh_token": "x", "token": "x", name: value}
    with ledger.unchanged():
        ledger.refused(post(driver.browser, path, form), "invalid_request", 413)


STRANGE = {
    "many": "&".join(f"p{number}=" for number in range(10_000)),
    "ampersands": "&" * 60_000,
    "equals": "=" * 60_000,
    "percents": "%" * 60_000,
    "broken escapes": "a=" + "%zz" * 20_000,
}


@each("path", [TOKEN, REVOKE, INTROSPECT])
@each("body", STRANGE.values(), ids=STRANGE)
def test_many_and_strange_parameters(driver: Driver, path: str, body: str) -> None:
    with ledger.unchanged():
        response = post(driver.browser, path, body)
    assert response.status_code in (400, 401, 413)
    assert response.json()["error"] in ("invalid_request", "invalid_client")


@pytest.mark.parametrize("repeats", [50, 2_000])
def test_many_resources(driver: Driver, repeats: int) -> None:
    form: Any = [*driver.credentials.items(), ("grant_type", "refresh_token"), ("refresh_token", "x")]
    with ledger.unchanged():
        response = post(driver.browser, TOKEN, [*form, *[("resource", "https://a.example.com")] * repeats])
    assert response.status_code in (400, 413)


@each("header", ["Basic ", "Bearer ", ""])
def test_a_long_authorization_header(driver: Driver, header: str) -> None:
    with ledger.unchanged():
        response = post(driver.browser, TOKEN, {"grant_type": "refresh_token"}, Authorization=header + LONG)
    ledger.refused(response, "invalid_client", 401)


def test_a_deep_body_is_not_looked_into(driver: Driver) -> None:
    body = "[" * 10_000 + "]" * 10_000
    with ledger.unchanged():
        response = driver.browser.generic("POST", TOKEN, body, content_type="application/json")
    ledger.refused(response, "invalid_request")


DETAILS = {
    "long": '[{"type": "transfer", "to": "%s"}]' % ("a" * 13_000),
    "deep": "[" * 1_000 + "]" * 1_000,
    "deep and broken": "[" * 4_000,
    "deep in an element": '[{"type": "transfer", "to": %s}]' % ("[" * 1_000 + "]" * 1_000),
    "many": "[" + ", ".join(['{"type": "transfer"}'] * 100) + "]",
    "many elements": '[{"type": "transfer", "to": [' + ",".join(["0"] * 1_100) + "]}]",
    "a number of many digits": '[{"type": "transfer", "to": %s}]' % ("9" * 10_000),
}


@pytest.mark.spec("RFC 9396", "5")
@each("value", DETAILS.values(), ids=DETAILS)
def test_authorization_details(driver: Driver, settings: Any, value: str) -> None:
    details.register(settings)
    began = time.monotonic()
    with ledger.unchanged():
        answer = query_of(driver.authorize(authorization_details=value)["Location"])
        assert answer["error"] == "invalid_authorization_details"
        ledger.refused(driver.push(authorization_details=value), "invalid_authorization_details")
        given = {"grant_type": "authorization_code", "code": "x", "authorization_details": value}
        ledger.refused(driver.token(**given), "invalid_grant")
    assert time.monotonic() - began < 3


def test_authorization_details_beyond_all_measure(driver: Driver) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(authorization_details=LONG), status=413)
        ledger.refused(driver.push(authorization_details=LONG), "invalid_request", 413)


@pytest.mark.spec("OIDC Core", "5.5")
def test_many_values_of_a_claim(driver: Driver) -> None:
    value = '{"id_token": {"acr": {"values": [' + ",".join(["1"] * 2_000) + "]}}}"
    assert query_of(driver.authorize(claims=value, scope="openid")["Location"])["error"] == "invalid_request"


def test_many_levels_of_authentication(driver: Driver) -> None:
    asked: list[str] = []
    satisfies = f"{AuthenticationContext.__module__}.{AuthenticationContext.__qualname__}.satisfies"
    with patch(satisfies, lambda self, context, acr: bool(asked.append(acr))):
        response = driver.authorize(acr_values="a " * 5_000)
    assert response.status_code == 303
    assert 0 < len(asked) < 200


def test_many_scopes(driver: Driver) -> None:
    scope = " ".join(f"s{number}" for number in range(2_000))
    assert query_of(driver.authorize(scope=scope)["Location"])["error"] == "invalid_scope"
    ledger.refused(driver.refresh("x", scope=scope), "invalid_scope")
