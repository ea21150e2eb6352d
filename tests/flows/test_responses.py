"""Responses (RFC 6749 §5, RFC 9700 §4.16): the headers of every answer, and how each endpoint may be spoken to."""

from typing import Any

import pytest

from tests import ledger
from tests.driver import AUTHORIZE, INTROSPECT, METADATA, PAR, REVOKE, TOKEN, Driver, post, signed_in
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db

PROGRAMS = [TOKEN, REVOKE, INTROSPECT, PAR]
FORM = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x"}


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"may_introspect": True})


def is_unstored_json(response: Any) -> None:
    assert response["Cache-Control"] == "no-store"
    assert response["Pragma"] == "no-cache"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies


# Programs


@pytest.mark.spec("RFC 6749", "5.1")
def test_no_answer_to_a_program_is_stored(driver: Driver) -> None:
    tokens = driver.tokens()
    for response in (
        driver.refresh(tokens["refresh_token"]),
        driver.introspect(tokens["access_token"]),
        driver.introspect("x"),
        driver.revoke(tokens["access_token"]),
        driver.revoke("x"),
    ):
        assert response.status_code == 200
        is_unstored_json(response)


@pytest.mark.spec("RFC 6749", "5.2")
@each("path", PROGRAMS)
@each("form", [{}, {"client_id": "nobody", "client_secret": "x"}, [("a", "1"), ("a", "2")]], ids=str)
def test_no_error_to_a_program_is_stored(driver: Driver, path: str, form: Any) -> None:
    response = post(driver.browser, path, form)
    assert response.status_code in (400, 401)
    is_unstored_json(response)


@pytest.mark.spec("RFC 6749", "3.2")
@each("path", PROGRAMS)
@each("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_programs_post(driver: Driver, path: str, method: str) -> None:
    with ledger.unchanged():
        response = driver.browser.generic(method, f"{path}?client_id=x&token=x")
    assert response.status_code == 405
    assert response["Allow"] == "POST, OPTIONS"
    is_unstored_json(response)
    if method != "HEAD":
        assert response.json()["error"] == "invalid_request"


@pytest.mark.spec("RFC 9110", "9.3.7")
@each("path", PROGRAMS)
def test_options_says_what_is_allowed(driver: Driver, path: str) -> None:
    response = driver.browser.options(path)
    assert (response.status_code, response["Allow"]) == (204, "POST, OPTIONS")


@pytest.mark.spec("RFC 6749", "3.2")
@each("path", PROGRAMS)
def test_a_slash_at_the_end_makes_no_difference(driver: Driver, path: str) -> None:
    plain, slashed = (post(driver.browser, each, {**driver.credentials, **FORM}) for each in (path, f"{path}/"))
    assert (plain.status_code, plain.content) == (slashed.status_code, slashed.content)


@pytest.mark.spec("RFC 6749", "3.2")
@each("path", PROGRAMS)
@each(
    "content_type",
    [
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "",
        "application/x-www-form-urlencoded-not",
        "application/xml",
        "é",
    ],
)
def test_a_body_that_is_no_form_is_refused(driver: Driver, path: str, content_type: str) -> None:
    body = "&".join(f"{name}={value}" for name, value in {**driver.credentials, **FORM}.items())
    with ledger.unchanged():
        response = driver.browser.generic("POST", path, body, content_type=content_type)
    ledger.refused(response, "invalid_request")


@pytest.mark.spec("RFC 6749", "3.2")
@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded; charset=UTF-8", "APPLICATION/X-WWW-Form-Urlencoded"]
)
def test_a_form_is_a_form_however_it_is_spelled(driver: Driver, content_type: str) -> None:
    body = "&".join(f"{name}={value}" for name, value in {**driver.credentials, **FORM}.items())
    response = driver.browser.generic("POST", TOKEN, body, content_type=content_type)
    ledger.refused(response, "invalid_grant")


@pytest.mark.spec("RFC 6749", "3.2")
@each("path", PROGRAMS)
def test_an_empty_body_is_refused(driver: Driver, path: str) -> None:
    ledger.refused(post(driver.browser, path, "&"), "invalid_client", 401)


@pytest.mark.spec("RFC 6819", "4.4.1.11")
@each("path", PROGRAMS)
def test_a_large_body_is_refused(driver: Driver, path: str) -> None:
    with ledger.unchanged():
        response = post(driver.browser, path, {**driver.credentials, **FORM, "x": "a" * 100_000})
    ledger.refused(response, "invalid_request", 413)


@pytest.mark.spec("RFC 6819", "4.4.1.11")
@each("length", ["abc", "-1", "99999999999", " "])
def test_a_length_that_lies_is_no_error_of_ours(driver: Driver, length: str) -> None:
    response = driver.browser.generic(
        "POST", TOKEN, "a=1", content_type="application/x-www-form-urlencoded", CONTENT_LENGTH=length
    )
    assert response.status_code in (400, 401, 413)


# Pages


def is_a_guarded_page(response: Any) -> None:
    assert response["Content-Type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert not {"form-action", "script-src", "connect-src"} & set(policy)
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store"
    assert "<script" not in response.content.decode()
    assert "style=" not in response.content.decode()


@pytest.mark.spec("RFC 9700", "4.16")
def test_the_consent_page_is_guarded_and_may_post_back(driver: Driver) -> None:
    response = driver.browser.get(driver.authorize()["Location"])
    assert response.status_code == 200
    is_a_guarded_page(response)
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.spec("RFC 9700", "4.16")
@each("what", ["authorize", "consent", "decision", "unapproved"])
def test_every_error_page_is_guarded_and_tells_nobody_where_it_came_from(driver: Driver, what: str) -> None:
    unapproved = Driver(ApplicationFactory(policy={"status": "unapproved"}))
    response = {
        "authorize": lambda: driver.authorize(client_id="nobody"),
        "consent": lambda: driver.browser.get("/oauth/consent/" + "a" * 43),
        "decision": lambda: driver.decide("/oauth/consent/" + "a" * 43),
        "unapproved": lambda: unapproved.authorize(scope="nothing:here"),
    }[what]()
    assert response.status_code == 400
    is_a_guarded_page(response)
    assert response["Referrer-Policy"] == "no-referrer"


def redirects(driver: Driver) -> dict[str, Any]:
    """Every redirect there is."""
    page = driver.authorize()
    return {
        "to the page": page,
        "with a code": driver.decide(page["Location"], "allow"),
        "with a remembered code": driver.authorize(),
        "with an error": driver.authorize(scope="nothing:here"),
        "with a cancellation": driver.decide(driver.authorize(scope="photos:read")["Location"], "deny"),
        "after a POST": post(driver.browser, AUTHORIZE, driver.request()),
        "to the login": Driver(driver.application).authorize(),
    }


@pytest.mark.spec("RFC 9700", "4.2.4")
def test_every_redirect_is_unstored_and_tells_nobody_where_it_came_from(driver: Driver) -> None:
    for name, response in redirects(driver).items():
        assert response.status_code == 303, name
        assert "no-store" in response["Cache-Control"], name
        assert response["Referrer-Policy"] == "no-referrer", name
        assert response.content == b"", name


@pytest.mark.spec("RFC 9700", "4.12")
def test_a_redirect_after_a_post_is_303(driver: Driver) -> None:
    assert post(driver.browser, AUTHORIZE, driver.request()).status_code == 303
    assert driver.decide(driver.authorize()["Location"], "deny").status_code == 303
    assert driver.decide(driver.authorize()["Location"], "allow").status_code == 303


@pytest.mark.spec("RFC 9110", "15.5.6")
@each(
    ("path", "allowed"), [(AUTHORIZE, {"GET", "HEAD", "POST"}), ("/oauth/consent/" + "a" * 43, {"GET", "HEAD", "POST"})]
)
@each("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW"])
def test_pages_are_read_and_posted_to(driver: Driver, path: str, allowed: set[str], method: str) -> None:
    with ledger.unchanged():
        response = driver.browser.generic(method, path)
    assert response.status_code == 405
    assert allowed <= {name.strip() for name in response["Allow"].split(",")}


@pytest.mark.spec("RFC 9110", "9.3.2")
def test_no_code_is_made_for_a_head(driver: Driver) -> None:
    driver.code()
    with ledger.unchanged():
        response = driver.browser.head(AUTHORIZE, driver.request())
    assert not response.has_header("Location")


@pytest.mark.spec("RFC 6749", "5.1")
@each("path", PROGRAMS)
def test_a_program_needs_neither_cookie_nor_csrf_token_nor_login(driver: Driver, path: str) -> None:
    from django.test import Client as Browser

    browser = Browser(enforce_csrf_checks=True)
    response = post(browser, path, {**driver.credentials, **FORM})
    assert response.status_code in (200, 400)
    assert not response.cookies


@pytest.mark.spec("RFC 8414", "3.2")
def test_metadata_may_be_stored(driver: Driver) -> None:
    assert driver.browser.get(METADATA)["Cache-Control"] == "public, max-age=300"
