"""A5, duplicated parameters: any that we know, at any endpoint, equal values too (RFC 6749 §3.1 and §3.2, RFC 8707 §2).

Those that nobody knows are ignored, as they are when they come once.
"""

from urllib.parse import urlencode

import pytest

from tests import ledger
from tests.driver import AUTHORIZE, INTROSPECT, PAR, REVOKE, TOKEN, Driver, post, query_of, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.1"), pytest.mark.spec("RFC 6749", "3.2")]

AT_AUTHORIZE = ["response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method"]
AT_TOKEN = ["grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "scope"]


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"may_introspect": True})


@each("name", AT_AUTHORIZE)
@each("other", [None, "", "another"])
@each("method", ["GET", "POST"])
def test_at_the_authorization_endpoint(driver: Driver, name: str, other: str | None, method: str) -> None:
    request = driver.request(nonce="n")
    body = urlencode([*request.items(), (name, request[name] if other is None else other)])
    with ledger.unchanged():
        url = f"{AUTHORIZE}?{body}" if method == "GET" else post(driver.browser, AUTHORIZE, body)["Location"]
        answer = query_of(driver.browser.get(url)["Location"])
    assert answer["error"] == "invalid_request"


@each("name", ["client_id", "redirect_uri"])
@each("other", [None, "", "https://evil.example.com/"])
@each("method", ["GET", "POST"])
def test_of_an_identifier_it_is_a_page(driver: Driver, name: str, other: str | None, method: str) -> None:
    request = driver.request()
    body = urlencode([*request.items(), (name, request[name] if other is None else other)])
    with ledger.unchanged():
        url = f"{AUTHORIZE}?{body}" if method == "GET" else post(driver.browser, AUTHORIZE, body)["Location"]
        ledger.is_error_page(driver.browser.get(url))


@each("name", AT_TOKEN)
@each("other", [None, "", "another"])
def test_at_the_token_endpoint(driver: Driver, name: str, other: str | None) -> None:
    code = driver.code()
    form = {
        **driver.credentials,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": driver.redirect_uri,
        "code_verifier": driver.code_verifier,
        "scope": "notes:read",
    }
    with ledger.unchanged():
        response = post(driver.browser, TOKEN, [*form.items(), (name, form[name] if other is None else other)])
    ledger.refused(response, "invalid_request")
    assert driver.redeem(code).status_code == 200


@each("path", [REVOKE, INTROSPECT, PAR])
@each("name", ["token", "token_type_hint", "client_id", "client_secret"])
def test_at_the_others(driver: Driver, path: str, name: str) -> None:
    token = driver.tokens()["access_token"]
    form = {**driver.credentials, "token": token, "token_type_hint": "access_token"}
    with ledger.unchanged():
        response = post(driver.browser, path, [*form.items(), (name, form[name])])
    ledger.refused(response, "invalid_request")
    assert ledger.is_good(token)


@each("name", ["prompt", "max_age", "ui_locales", "display", "login_hint", "acr_values", "request"])
def test_of_what_openid_connect_adds(driver: Driver, name: str) -> None:
    for other in ("x", ""):
        query = urlencode([*driver.request().items(), (name, "x"), (name, other)])
        with ledger.unchanged():
            answer = query_of(driver.browser.get(f"{AUTHORIZE}?{query}")["Location"])
        assert answer["error"] in ("invalid_request", "invalid_request_object")


UNKNOWN = [("unknown", "1"), ("unknown", "2"), ("__proto__", "x"), ("__proto__", "x"), ("", "1"), ("", "2")]


def test_what_nobody_knows_is_ignored_at_every_endpoint_for_programs(driver: Driver) -> None:
    ours = list(driver.credentials.items())
    request = driver.request(client_id=None).items()
    assert post(driver.browser, PAR, [*UNKNOWN, *ours, *request, *UNKNOWN]).status_code == 201
    form = {"grant_type": "authorization_code", "code": driver.code(), "code_verifier": driver.code_verifier}
    response = post(driver.browser, TOKEN, [*UNKNOWN, *ours, *form.items()])
    assert response.status_code == 200, response.content
    about = [*ours, ("token", response.json()["access_token"]), *UNKNOWN]
    assert post(driver.browser, INTROSPECT, about).json()["active"] is True
    assert post(driver.browser, REVOKE, about).status_code == 200
    assert post(driver.browser, INTROSPECT, about).json()["active"] is False


@pytest.mark.spec("RFC 8707", "2")
def test_resource_alone_may_repeat(driver: Driver) -> None:
    resources = [("resource", "https://a.example.com"), ("resource", "https://b.example.com")]
    response = driver.browser.get(f"{AUTHORIZE}?{urlencode([*driver.request().items(), *resources])}")
    assert query_of(response["Location"])["error"] == "invalid_target"
    form = [*driver.credentials.items(), ("grant_type", "refresh_token"), ("refresh_token", "x"), *resources]
    ledger.refused(post(driver.browser, TOKEN, form), "invalid_grant")
