"""The form of an authorization request (RFC 6749 §3.1, Appendix B): by GET or POST, good text, not too long."""

from urllib.parse import quote, urlencode

import pytest
from django.test import Client as Browser

from tests import ledger
from tests.driver import AUTHORIZE, Driver, post, query_of
from tests.each import each
from tests.flows.authorize.answers import goes_back

pytestmark = pytest.mark.django_db


# POST


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_cross_site_post_goes_on_as_a_get_of_ours(driver: Driver) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = driver.browser.cookies
    response = post(browser, AUTHORIZE, driver.request(), Origin="https://app.example.com")
    assert response.status_code == 303
    assert response["Location"].startswith(f"{AUTHORIZE}?ticket=")
    assert response["Cache-Control"] == "no-store"
    page = browser.get(response["Location"])["Location"]
    assert page.startswith("/oauth/consent/")
    assert "code" in query_of(driver.decide(page)["Location"])


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_what_a_post_asks_is_judged_as_a_get_is(driver: Driver) -> None:
    response = post(driver.browser, AUTHORIZE, driver.request(scope="nothing:here"))
    goes_back(driver.browser.get(response["Location"]), "invalid_scope")
    response = post(driver.browser, AUTHORIZE, driver.request(client_id="nobody"))
    ledger.is_error_page(driver.browser.get(response["Location"]))


@pytest.mark.spec("RFC 6749", "3.1")
def test_the_query_of_a_post_does_not_count(driver: Driver) -> None:
    response = post(driver.browser, f"{AUTHORIZE}?{urlencode(driver.request())}", {"client_id": "nobody"})
    ledger.is_error_page(driver.browser.get(response["Location"]))


@pytest.mark.spec("RFC 6749", "3.1")
@each(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (b"a=1", "text/plain", 400),
        (b"a=%ff\xff", "application/x-www-form-urlencoded", 400),
        (b"a=" + b"a" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"a=" + b"a" * 100_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"p%d=1" % number for number in range(101)), "application/x-www-form-urlencoded", 400),
    ],
    ids=["json", "multipart", "text", "no utf-8", "long", "very long", "many"],
)
def test_a_post_that_is_no_form_is_a_page(driver: Driver, body: bytes, content_type: str, status: int) -> None:
    with ledger.unchanged():
        response = driver.browser.generic("POST", AUTHORIZE, body, content_type=content_type)
    ledger.is_error_page(response, status=status)


# Bad text in the query itself


@pytest.mark.spec("RFC 6749", "A")
@each("raw", ["%ff", "%00", "%0d%0a", "%ed%a0%80", "%c0%80", "%e2%80%ae"])
@each("name", ["state", "scope", "nonce", "code_challenge", "response_type", "request_uri"])
def test_bad_text_in_a_parameter_goes_back_and_leaves_nothing(driver: Driver, name: str, raw: str) -> None:
    query = "&".join([*(f"{k}={quote(v)}" for k, v in driver.request(**{name: None}).items()), f"{name}={raw}"])
    with ledger.unchanged():
        response = driver.browser.get(f"{AUTHORIZE}?{query}")
    can_be_sent_back = raw == "%e2%80%ae"
    state = "a state" if name != "state" else "\u202e" if can_be_sent_back else None
    goes_back(response, "invalid_request", state=state)


@pytest.mark.spec("RFC 6749", "A")
@each("raw", ["%ff", "%00", "%0d%0a", "%ed%a0%80"])
@each("name", ["client_id", "redirect_uri"])
def test_bad_text_in_an_identifier_is_a_page(driver: Driver, name: str, raw: str) -> None:
    query = "&".join([*(f"{k}={quote(v)}" for k, v in driver.request(**{name: None}).items()), f"{name}={raw}"])
    with ledger.unchanged():
        ledger.is_error_page(driver.browser.get(f"{AUTHORIZE}?{query}"))


@pytest.mark.spec("RFC 6819", "4.4.1.11")
@each(("name", "value"), [("state", "a" * 20_000), ("scope", "a " * 20_000), ("x", "a" * 100_000)])
def test_a_request_that_is_too_long_is_a_page(driver: Driver, name: str, value: str) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(**{name: value}), status=413)


@pytest.mark.spec("RFC 6819", "4.4.1.11")
def test_too_many_parameters_are_a_page(driver: Driver) -> None:
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(**{f"p{number}": "1" for number in range(101)}))
