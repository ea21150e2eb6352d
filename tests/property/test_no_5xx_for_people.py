"""Bad input at every page and in every parameter: an error, nothing stored, nothing spent, nobody logged out."""

from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from oauth_provider.authorization.request import parse_query
from oauth_provider.authorization.ticket import Ticket, to_text
from tests.driver import AUTHORIZE, FORM, LOGOUT
from tests.property import hostile
from tests.property.hostile import Pairs
from tests.property.world import World, searched, send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.property.world")]

# Where a request waits that came by POST.
WAITING = "oauth_provider_pendingrequest"
ESSENTIAL = (b"client_id", b"response_type", b"scope", b"code_challenge", b"code_challenge_method")


def authorization_request(world: World) -> Pairs:
    return [(name.encode(), value.encode()) for name, value in world.web.request(scope="notes:read").items()]


@searched
@given(data=st.data())
def test_a_logout_request_with_any_hint(world: World, data: st.DataObject) -> None:
    """Nobody is logged out by it, and nobody is sent anywhere."""
    client_id = world.web.application.client_id.encode()
    pairs = [(name, data.draw(hostile.values)) for name in (b"id_token_hint", b"logout_hint", b"state", b"ui_locales")]
    uri = (b"post_logout_redirect_uri", data.draw(hostile.values))
    query = hostile.encoded([*pairs, uri, (b"client_id", data.draw(st.sampled_from([b"", client_id])))])
    response = send("GET", LOGOUT, browser=world.web.browser, QUERY_STRING=query.decode("latin-1"))
    assert world.harm_by(response) == []
    assert not response.has_header("Location")


@searched
@given(data=st.data())
def test_an_authorization_request_with_one_thing_wrong(world: World, data: st.DataObject) -> None:
    """Of somebody who is signed in and has consented: nothing but the request stands in the way of a code."""
    query = data.draw(hostile.spoilt(authorization_request(world), ESSENTIAL)).decode("latin-1")
    response = send("GET", AUTHORIZE, browser=world.web.browser, QUERY_STRING=query)
    assert world.harm_by(response) == []
    assert is_error_for_client_or_person(world, response)


@searched
@given(data=st.data())
def test_an_authorization_request_that_is_posted_with_one_thing_wrong(world: World, data: st.DataObject) -> None:
    body = data.draw(hostile.spoilt(authorization_request(world), ESSENTIAL))
    response = send("POST", AUTHORIZE, body)
    assert world.harm_by(response) == []
    if response.status_code == 303:
        response = send("GET", response["Location"], browser=world.web.browser)
        assert world.harm_by(response) == []
        assert is_error_for_client_or_person(world, response)


@searched
@given(data=st.data())
def test_an_authorization_request_of_nobody(world: World, data: st.DataObject) -> None:
    """Whatever it says, also where all of it is right: who is not signed in leaves nothing behind by GET.

    What came by POST waits as a row on its way through the login, and changes nothing else.
    """
    query = data.draw(hostile.spoilt(authorization_request(world), (*ESSENTIAL, b"state", b"redirect_uri")))
    assert world.harm_by(send("GET", AUTHORIZE, QUERY_STRING=query.decode("latin-1"))) == []
    assert world.harm_by(send("POST", AUTHORIZE, query)) in ([], [WAITING])


@searched
@given(data=st.data())
def test_a_ticket_that_is_not_ours(world: World, data: st.DataObject) -> None:
    good = to_text(Ticket(parse_query(hostile.encoded(authorization_request(world)).decode()))).encode()
    ticket = quote_from_bytes(data.draw(hostile.other_than(good)))
    response = send("GET", AUTHORIZE, browser=world.web.browser, QUERY_STRING=f"ticket={ticket}")
    assert world.harm_by(response) == []
    assert response.status_code == 400


@searched
@given(data=st.data())
def test_a_decision_that_is_none(world: World, data: st.DataObject) -> None:
    decision = data.draw(hostile.other_than(b"allow").filter(lambda value: value != b"deny"))
    more = data.draw(st.lists(st.tuples(hostile.names, hostile.values), max_size=3))
    pairs = [pair for pair in more if pair[0] != b"decision"] + [(b"decision", decision)]
    types = [FORM, f"{FORM}; charset=utf-16", f"{FORM}; charset=x", "multipart/form-data; boundary=a", "text/plain"]
    content_type = data.draw(st.sampled_from(types))
    body = hostile.encoded(pairs)
    response = send("POST", world.page, body, content_type=content_type, browser=world.web.browser)
    assert world.harm_by(response) == []
    assert response.status_code == 400


@searched
@given(data=st.data())
def test_a_decision_that_is_not_theirs_to_make(world: World, data: st.DataObject) -> None:
    """Behind another handle, in another session, in none, or without a CSRF token."""
    good = world.page.removeprefix("/oauth/consent/").encode()
    handle = data.draw(st.one_of(st.just(good), hostile.other_than(good)))
    mine = handle.rstrip(b"/\n") == good
    careful = Browser(enforce_csrf_checks=True, raise_request_exception=False)
    careful.cookies = world.web.browser.cookies.copy()
    browsers = [world.drivers["public"].browser, Browser(raise_request_exception=False), careful]
    browser = data.draw(st.sampled_from(browsers if mine else [*browsers, world.web.browser]))
    method = data.draw(st.sampled_from(["POST", "POST", "GET"]))
    where = f"/oauth/consent/{quote_from_bytes(handle[:5000])}"
    response = send(method, where, b"decision=allow", browser=browser)
    assert world.harm_by(response) == []
    if method == "POST":
        assert response.status_code in {301, 400, 403, 404}


def is_error_for_client_or_person(world: World, response: Any) -> bool:
    """A page, or a redirect to the client's own redirect URI with ``error`` and ``iss`` (RFC 9207 §2)."""
    if response.status_code != 303:
        return response.status_code in {400, 413}
    location = response["Location"]
    assert location.isascii()
    assert location.isprintable()
    return location.startswith(f"{world.web.redirect_uri}?error=") and "iss=https%3A%2F%2Fauth.example.com" in location
