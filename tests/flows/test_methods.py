"""Methods and bodies of answers (RFC 9110 §9): HEAD is GET without the content, and what has no content has no type."""

from secrets import token_urlsafe
from typing import Any

import pytest

from oauth_provider.models import PendingRequest
from tests import ledger
from tests.driver import (
    AUTHORIZE,
    CONFIRM,
    JWKS,
    LOGOUT,
    METADATA,
    PAR,
    TOKEN,
    USERINFO,
    Driver,
    incompressible,
    signed_in,
)
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9110", "9.3.2")]

DOCUMENTS = [METADATA, "/.well-known/openid-configuration", JWKS]
# Every view with the methods that it takes.
METHODS = {
    AUTHORIZE: "GET, HEAD, POST",
    LOGOUT: "GET, HEAD, POST",
    "/oauth/select-account": "GET, HEAD, POST",
    "/oauth/consent/" + "a" * 43: "GET, HEAD, POST",
    CONFIRM: "GET, HEAD, POST",
    USERINFO: "GET, HEAD, POST, OPTIONS",
    TOKEN: "POST, OPTIONS",
    PAR: "POST, OPTIONS",
    **dict.fromkeys(DOCUMENTS, "GET, HEAD, OPTIONS"),
}


@pytest.fixture
def driver() -> Driver:
    return signed_in()


def told(response: Any) -> dict[str, str]:
    """The headers of ``response``, but for what differs from one answer to the next."""
    return {name: value for name, value in response.headers.items() if name != "Location"}


def test_head_of_an_authorization_request_is_answered_as_get_is(driver: Driver) -> None:
    driver.browser.logout()
    page = driver.browser.get(AUTHORIZE, driver.request())
    head = driver.browser.head(AUTHORIZE, driver.request())
    assert (head.status_code, page.status_code) == (303, 303)
    # The ticket in it holds the moment, and a code challenge of its own.
    assert head["Location"].partition("ticket")[0] == page["Location"].partition("ticket")[0]
    assert told(head) == told(page)


def test_head_of_an_authorization_request_that_is_refused_is_an_error_page(driver: Driver) -> None:
    assert driver.browser.head(AUTHORIZE, {"client_id": "nobody"}).status_code == 400


def test_head_of_userinfo_is_answered_as_get_is(driver: Driver) -> None:
    token = driver.redeem(driver.code(scope="openid")).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    page, head = driver.browser.get(USERINFO, headers=headers), driver.browser.head(USERINFO, headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert told(head) == told(page)
    assert driver.browser.head(USERINFO).status_code == 401
    in_the_url = driver.browser.head(f"{USERINFO}?access_token={token}", headers=headers)
    assert in_the_url.status_code == 400


@pytest.mark.spec("RFC 9110", "9.2.1")
def test_head_of_the_end_session_endpoint_ends_nothing(driver: Driver) -> None:
    hint = driver.redeem(driver.code(scope="openid", nonce="n")).json()["id_token"]
    for query in ({}, {"id_token_hint": hint}):
        with ledger.unchanged():
            head = driver.browser.head(LOGOUT, query)
        assert (head.status_code, head.content) == (200, b"")
        assert not head.has_header("Location")
        assert driver.browser.session.get("_auth_user_id"), "nobody was logged out"
    assert (
        driver.browser.head(LOGOUT, {"id_token_hint": "forged"}).status_code
        == driver.browser.get(LOGOUT, {"id_token_hint": "forged"}).status_code
    )
    driver.browser.get(LOGOUT, {"id_token_hint": hint})
    assert not driver.browser.session.get("_auth_user_id")


@pytest.mark.spec("RFC 9110", "9.2.1")
@each("prompt", [None, "login", "select_account", "consent", "none"])
def test_head_of_an_authorization_request_does_nothing_for_who_is_signed_in(driver: Driver, prompt: str | None) -> None:
    driver.code()
    with ledger.unchanged():
        head = driver.browser.head(AUTHORIZE, driver.request(prompt=prompt))
    assert (head.status_code, head.content) == (200, b"")
    assert not head.has_header("Location")
    assert driver.browser.session.get("_auth_user_id")


@pytest.mark.spec("RFC 9110", "9.2.1")
def test_head_of_a_request_that_is_too_long_for_a_login_page_keeps_no_row(driver: Driver) -> None:
    driver.browser.logout()
    long = driver.request(state=token_urlsafe(1_500))
    with ledger.unchanged():
        head = driver.browser.head(AUTHORIZE, long)
    assert (head.status_code, head.content) == (200, b"")
    assert driver.browser.get(AUTHORIZE, long).status_code == 303
    assert PendingRequest.objects.count() == 1


@each("path", DOCUMENTS)
def test_head_of_a_document_tells_what_get_tells(driver: Driver, path: str) -> None:
    page, head = driver.browser.get(path), driver.browser.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert told(head) == told(page)
    assert page["Content-Type"] == "application/json"


@pytest.mark.spec("RFC 9110", "15.5.6")
@each("path", METHODS)
def test_a_method_that_is_not_taken_is_405_and_names_those_that_are(driver: Driver, path: str) -> None:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        with ledger.unchanged():
            response = driver.browser.generic(method, path)
        assert response.status_code == 405
        assert response["Allow"] == METHODS[path]


@pytest.mark.spec("RFC 9110", "15.4.5")
@each("path", DOCUMENTS)
def test_a_document_that_is_known_comes_without_content_and_type(driver: Driver, path: str) -> None:
    known = driver.browser.get(path)["ETag"]
    again = driver.browser.get(path, headers={"If-None-Match": f'W/{known}, "other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert not again.has_header("Content-Type")
    assert {"ETag", "Cache-Control", "Access-Control-Allow-Origin"} <= set(again.headers)


@pytest.mark.spec("RFC 7009", "2.2")
def test_revocation_answers_nothing_of_no_type(driver: Driver) -> None:
    for token in (driver.tokens()["refresh_token"], "unknown"):
        response = driver.revoke(token)
        assert (response.status_code, response.content) == (200, b"")
        assert not response.has_header("Content-Type")
        assert response["Cache-Control"] == "no-store"


@pytest.mark.spec("RFC 9110", "9.2.1")
def test_head_of_a_page_that_begins_anew_keeps_no_row(driver: Driver) -> None:
    page = driver.authorize(state=incompressible(2_000))["Location"]
    with ledger.unchanged():
        head = driver.browser.head(f"{page}?again")
    assert (head.status_code, head.content) == (200, b"")
    before = PendingRequest.objects.count()
    assert driver.browser.get(f"{page}?again").status_code == 303
    assert PendingRequest.objects.count() == before + 1
