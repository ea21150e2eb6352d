"""A7, CR/LF, NUL and bad text: no injected header, no 500, nothing stored, whole log lines (RFC 6749 Appendix A)."""

import base64
import logging
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests import ledger
from tests.driver import AUTHORIZE, INTROSPECT, METADATA, PAR, REVOKE, TOKEN, Driver, post, signed_in
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "A"), pytest.mark.spec("RFC 6749", "10.14")]

BAD = {
    "CR LF": "%0d%0aX-Injected:%20yes",
    "LF": "%0aX-Injected:%20yes",
    "NUL": "%00",
    "escape": "%1b%5b31m",
    "broken UTF-8": "%ff%fe",
    "overlong": "%c0%80",
    "lone surrogate": "%ed%a0%80",
    "bidi": "%e2%80%ae",
    "line separator": "%e2%80%a8",
    "C1": "%c2%85",
}
# Text that a form may hold, but that can be nothing of ours.
TEXT = {"bidi", "line separator", "C1"}


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"may_introspect": True})


@pytest.fixture(autouse=True)
def _whole_log_lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Whatever a test did: each line in our log is one, in printable text."""
    caplog.set_level(logging.DEBUG, logger="oauth_provider")
    yield
    for record in caplog.records:
        if record.name.startswith("oauth_provider"):
            assert record.getMessage().isprintable()


def is_harmless(response: Any) -> None:
    assert 200 <= response.status_code < 500
    assert not response.has_header("X-Injected")
    for name, value in response.headers.items():
        assert name.isprintable()
        assert value.isprintable()


@each(
    "parameter",
    [
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "resource",
        "response_mode",
        "prompt",
        "max_age",
        "acr_values",
        "login_hint",
        "id_token_hint",
        "request",
        "request_uri",
    ],
)
def test_in_each_parameter_of_an_authorization_request(driver: Driver, parameter: str) -> None:
    pairs = [f"{key}={quote(value)}" for key, value in driver.request(**{parameter: None}).items()]
    for name, raw in BAD.items():
        with ledger.unchanged():
            response = driver.browser.get(f"{AUTHORIZE}?{'&'.join([*pairs, f'{parameter}={raw}'])}")
        is_harmless(response)
        assert "/oauth/consent/" not in response.get("Location", ""), name


@each("raw", BAD.values(), ids=BAD)
def test_in_a_ticket(driver: Driver, raw: str) -> None:
    with ledger.unchanged():
        response = driver.browser.get(f"{AUTHORIZE}?ticket={raw}")
    is_harmless(response)
    ledger.is_error_page(response)


@each(("name", "raw"), BAD.items(), ids=BAD)
@each("path", [TOKEN, REVOKE, INTROSPECT, PAR])
def test_in_each_parameter_of_a_call(driver: Driver, path: str, name: str, raw: str) -> None:
    form = {
        **driver.credentials,
        "grant_type": "refresh_token",
        "refresh_token": "x",
        "token": "x",
        "scope": "notes:read",
        "code": "x",
    }
    for parameter in (*form, "unknown"):
        body = "&".join([*(f"{key}={value}" for key, value in form.items() if key != parameter), f"{parameter}={raw}"])
        with ledger.unchanged():
            response = post(driver.browser, path, body)
        is_harmless(response)
        if name not in TEXT:
            ledger.refused(response, "invalid_request")


@each(("name", "raw"), BAD.items(), ids=BAD)
@each("parameter", ["grant_type", "refresh_token", "code_verifier", "redirect_uri"])
def test_a_good_code_is_not_spent_by_it(driver: Driver, parameter: str, name: str, raw: str) -> None:
    code = driver.code()
    form = {
        **driver.credentials,
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": driver.code_verifier,
    }
    body = "&".join([*(f"{key}={value}" for key, value in form.items() if key != parameter), f"{parameter}={raw}"])
    if parameter == "refresh_token" and name in TEXT:
        return
    with ledger.unchanged():
        is_harmless(post(driver.browser, TOKEN, body))


@each(("name", "raw"), BAD.items(), ids=BAD)
@each("place", ["client_id", "client_secret"])
def test_in_basic_credentials(driver: Driver, place: str, name: str, raw: str) -> None:
    pair = f"{raw}:secret" if place == "client_id" else f"{driver.application.client_id}:{raw}"
    header = "Basic " + base64.b64encode(pair.encode()).decode()
    with ledger.unchanged():
        response = post(driver.browser, TOKEN, {"grant_type": "refresh_token"}, Authorization=header)
    is_harmless(response)
    ledger.refused(response, "invalid_client", 401)


@each(("name", "raw"), BAD.items(), ids=BAD)
@each("path", ["/oauth/consent/", "/oauth/token/", "/oauth/authorize", f"{METADATA}/"])
def test_in_a_path(driver: Driver, path: str, name: str, raw: str) -> None:
    with ledger.unchanged():
        response = driver.browser.get(path + raw)
    is_harmless(response)
    assert response.status_code in (400, 404, 405)


@each("header", ["Authorization", "Origin", "X-Forwarded-For", "Content-Type", "Referer"])
@each("value", ["a\x00b", "\x1b[31m", "\u202e", "\xff\xfe", "a" * 8000], ids=lambda v: ascii(v[:9]))
@each("path", [TOKEN, INTROSPECT])
def test_in_a_header(driver: Driver, path: str, header: str, value: str) -> None:
    form = {**driver.credentials, "token": "x", "grant_type": "refresh_token", "refresh_token": "x"}
    with ledger.unchanged():
        response = post(driver.browser, path, form, **{header: value})
    assert response.status_code in (200, 400, 401)
    is_harmless(response)


@each("raw", ["%c3%a9", "%00", "%0d%0a", "%ff", "%e2%80%ae", "%7f"])
def test_a_state_outside_printable_ascii_is_invalid_request(driver: Driver, raw: str) -> None:
    pairs = [f"{key}={quote(value)}" for key, value in driver.request(state=None).items()]
    with ledger.unchanged():
        response = driver.browser.get(f"{AUTHORIZE}?{'&'.join([*pairs, f'state={raw}'])}")
    assert "error=invalid_request" in response["Location"]
    # It goes back as it came, where every client would read it as it came.
    assert (f"state={quote(unquote(raw))}" in response["Location"]) is (raw in ("%c3%a9", "%e2%80%ae"))
    assert response["Location"].count("state=") == (raw in ("%c3%a9", "%e2%80%ae"))
