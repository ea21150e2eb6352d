"""Errors on a page (RFC 6749 §4.1.2.1): told to the person where nobody knows where else they might go."""

from typing import Any
from urllib.parse import urlencode

import pytest

from oauth_provider.models import ClientPolicy
from tests import ledger
from tests.driver import AUTHORIZE, Driver, query_of, signed_in
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = pytest.mark.django_db


# What is told to the person, since nobody knows where else it might go


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@each(
    "changes",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "nobody"},
        {"client_id": "a" * 5000},
        {"client_id": "\x00"},
        {"client_id": "é"},
        {"client_id": "\u202e"},
        {"client_id": "client\r\nSet-Cookie: x=1"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
        {"redirect_uri": f"{CALLBACK}#f"},
        {"redirect_uri": "https://evil.example.com/callback"},
        {"redirect_uri": "http://app.example.com/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "//app.example.com/callback"},
        {"redirect_uri": f"{CALLBACK}\r\nSet-Cookie: x=1"},
        {"redirect_uri": "\x00"},
    ],
    ids=lambda changes: str(changes)[:50],
)
def test_what_leaves_open_who_is_answered_is_a_page(driver: Driver, changes: dict[str, Any]) -> None:
    with ledger.unchanged():
        response = driver.authorize(**changes)
    ledger.is_error_page(response)
    assert "Set-Cookie" not in response
    assert CALLBACK not in response.content.decode()


@pytest.mark.spec("RFC 6749", "3.1")
@each("name", ["client_id", "redirect_uri"])
@each("value", [None, "https://evil.example.com/", ""])
def test_a_repeated_identifier_is_a_page(driver: Driver, name: str, value: str | None) -> None:
    request = driver.request()
    pairs = [*request.items(), (name, request[name] if value is None else value)]
    for order in (pairs, pairs[::-1]):
        with ledger.unchanged():
            ledger.is_error_page(driver.browser.get(f"{AUTHORIZE}?{urlencode(order)}"))


@pytest.mark.spec("RFC 6749", "3.1.2.3")
@each("registered", ["", f"{CALLBACK} https://app.example.com/other", "javascript:alert(1)"])
def test_a_redirect_uri_may_be_left_out_only_where_one_usable_is_registered(registered: str) -> None:
    driver = signed_in(redirect_uri=registered)
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(redirect_uri=None))


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_redirect_uri_is_not_left_out_by_a_request_of_openid_connect(driver: Driver) -> None:
    assert driver.authorize(redirect_uri=None)["Location"].startswith("/oauth/consent/")
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(redirect_uri=None, scope="openid notes:read"))


@pytest.mark.spec("RFC 9700", "2.6")
@each("uri", ["http://app.example.com/callback", "http://127.0.0.2/cb", "http://10.0.0.1/cb"])
@each("explicit", [True, False])
def test_no_code_goes_over_plain_http_to_another_machine(uri: str, explicit: bool) -> None:
    driver = signed_in(redirect_uri=uri)
    with ledger.unchanged():
        ledger.is_error_page(driver.authorize(redirect_uri=uri if explicit else None))


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_a_suspended_client_looks_like_none(driver: Driver) -> None:
    ClientPolicy.objects.update(status=ClientPolicy.Status.SUSPENDED)
    with ledger.unchanged():
        suspended, unknown = driver.authorize(), driver.authorize(client_id="nobody")
    for response in (suspended, unknown):
        ledger.is_error_page(response)
        assert "The application is not known here." in response.content.decode()


@pytest.mark.spec("RFC 9700", "4.11.2")
@each("changes", [{"scope": "nothing:here"}, {"response_type": "token"}, {"code_challenge": None}])
def test_an_unapproved_client_cannot_redirect_anybody_before_it_was_asked_about(changes: dict[str, Any]) -> None:
    driver = signed_in(name="Upstart <b>", policy={"status": "unapproved"})
    with ledger.unchanged():
        response = driver.authorize(**changes)
    assert response.status_code == 400
    assert not response.has_header("Location")
    page = response.content.decode()
    assert "Upstart &lt;b&gt;" in page
    assert f'href="{CALLBACK}?error=' in page


@pytest.mark.spec("RFC 9700", "4.11.2")
@pytest.mark.parametrize(("decision", "member"), [("allow", "code"), ("deny", "error")])
def test_an_unapproved_client_is_answered_once_somebody_was_asked(decision: str, member: str) -> None:
    driver = signed_in(policy={"status": "unapproved"})
    assert member in query_of(driver.decide(driver.authorize()["Location"], decision)["Location"])


# Bad text in the query itself


@pytest.mark.spec("RFC 6749", "3.1.2")
def test_two_registered_redirect_uris_are_told_apart(driver: Driver) -> None:
    application = ApplicationFactory(redirect_uris=f"{CALLBACK} https://app.example.com/other")
    other = Driver(application, browser=driver.browser, redirect_uri="https://app.example.com/other")
    location = other.decide(other.authorize()["Location"])["Location"]
    assert location.startswith("https://app.example.com/other?code=")
    with ledger.unchanged():
        ledger.refused(other.redeem(query_of(location)["code"], redirect_uri=CALLBACK), "invalid_grant")
