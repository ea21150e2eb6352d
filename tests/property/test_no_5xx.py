"""Bad input, at every endpoint and in every parameter: a proper refusal, nothing stored, nothing spent.

``HYPOTHESIS_PROFILE=deep`` looks further, and elsewhere each time.
"""

import base64
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import path
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.authorization.request import parse_query
from oauth_provider.authorization.ticket import Ticket, to_text
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests import cache_keys
from tests.driver import AUTHORIZE, CONFIRM, FORM, INTROSPECT, JWKS, LOGOUT, METADATA, REVOKE, TOKEN, USERINFO, Driver
from tests.factories import ApplicationFactory, UserFactory
from tests.property import hostile
from tests.property.hostile import Pairs
from tests.urls import urlpatterns as project_urls

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
searched = profile(
    max_examples=3000 if DEEP else 40,
    derandomize=not DEEP,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

# A longer one is refused by Django 6.1 before there is a request that any view could answer.
LONGEST_CONTENT_TYPE = 9_000
# Django 6.1 calls it by another name, and warns of this one.
SAVEPOINT = getattr(transaction, "savepoint_create", None) or transaction.savepoint

APPS = ("oauth_provider", "oauth2_provider", "sessions")
TABLES = ["auth_user", *(model._meta.db_table for name in APPS for model in apps.get_app_config(name).get_models())]


class GuardedView(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request: Request) -> Response:
        return Response({})


urlpatterns = [*project_urls, path("guarded", GuardedView.as_view())]


@dataclass(frozen=True)
class Good:
    """A request that would succeed: spoil one of ``needed`` and it must not."""

    path: str
    pairs: Pairs
    needed: tuple[bytes, ...]
    authorization: str = ""

    def send(self, body: bytes, **headers: str) -> Any:
        authorization = {"Authorization": self.authorization} if self.authorization else {}
        return send("POST", self.path, body, headers=authorization | headers)


class World:
    """Clients of every kind, and one of everything that could be spent."""

    def __init__(self) -> None:
        cache_keys.start_anew()
        user = UserFactory()
        web = ApplicationFactory(policy={"may_introspect": True}, allowed_origins="https://app.example.com")
        self.drivers = {"web": Driver(web), "public": Driver(ApplicationFactory(public=True))}
        self.service = Driver(ApplicationFactory(service=True))
        self.service.token(grant_type="client_credentials", scope="notes:read")
        self.tokens = {}
        for name, driver in self.drivers.items():
            driver.sign_in(user)
            self.tokens[name] = driver.tokens()
            driver.browser.raise_request_exception = False
        self.web = self.drivers["web"]
        self.page = self.web.authorize(scope="photos:read")["Location"]
        self.goods = [self.client_credentials(basic) for basic in (True, False)]
        for name, basic in [("web", True), ("web", False), ("public", False)]:
            self.goods += [self.code(name, basic), self.refresh(name, basic)]
        self.before = self.rows()
        self.savepoint = SAVEPOINT()

    def client_credentials(self, basic: bool) -> Good:
        given = {"grant_type": "client_credentials", "scope": "notes:read"}
        return self.good(self.service, given, basic, ("grant_type", "scope"))

    def code(self, name: str, basic: bool) -> Good:
        driver = self.drivers[name]
        given = {"grant_type": "authorization_code", "code": driver.code(), "redirect_uri": driver.redirect_uri}
        given["code_verifier"] = driver.code_verifier
        return self.good(driver, given, basic, ("grant_type", "code", "code_verifier"))

    def refresh(self, name: str, basic: bool) -> Good:
        refresh_token = self.drivers[name].tokens()["refresh_token"]
        given = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": "notes:read"}
        return self.good(self.drivers[name], given, basic, ("grant_type", "refresh_token"))

    def good(self, driver: Driver, given: dict[str, str], basic: bool, needed: tuple[str, ...]) -> Good:
        """With the client's credentials in the header or in the form."""
        authorization = basic_header(driver.application.client_id, driver.application.secret) if basic else ""
        credentials = {} if basic else driver.credentials
        pairs = [(name.encode(), value.encode()) for name, value in (given | credentials).items()]
        return Good(TOKEN, pairs, tuple(name.encode() for name in (*needed, *credentials)), authorization)

    def rows(self) -> dict[str, Any]:
        """Everything that is stored."""
        rows = {}
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
                rows[table] = cursor.fetchall()
        return rows

    def harm_by(self, response: Any) -> list[str]:
        """The tables that are not as they were; a failure counts as harm, too."""
        assert response.status_code < 500, response.content[:300]
        harmed = [table for table, rows in self.rows().items() if rows != self.before[table]]
        if harmed:
            transaction.savepoint_rollback(self.savepoint)  # for the examples after this one
        return harmed


def basic_header(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def send(method: str, where: str, body: bytes = b"", *, content_type: str = FORM, **options: Any) -> Any:
    """One request from nobody in particular, who has not failed too often yet."""
    cache_keys.start_anew()
    browser = options.pop("browser", None) or Browser(raise_request_exception=False)
    return browser.generic(method, where, body, content_type=content_type[:LONGEST_CONTENT_TYPE], **options)


def says_why(response: Any) -> bool:
    """An OAuth error in JSON, in printable ASCII, never to be stored (RFC 6749 §5.2)."""
    body = response.json()
    assert set(body) <= {"error", "error_description"}
    assert all(value.isascii() and value.isprintable() for value in body.values())
    return bool(body["error"]) and response["Cache-Control"] == "no-store"


@pytest.fixture
def world() -> World:
    return World()


def test_what_is_spoilt_below_would_succeed(world: World) -> None:
    for good in world.goods:
        assert good.send(hostile.encoded(good.pairs)).status_code == 200
    assert world.web.authorize().status_code == 303
    assert world.web.decide(world.page).status_code == 303
    assert world.rows() != world.before


# -- programs ------------------------------------------------------------------------------------------------


@searched
@given(data=st.data())
def test_a_token_request_with_one_thing_wrong(world: World, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(world.goods))
    response = good.send(data.draw(hostile.spoilt(good.pairs, good.needed)))
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401, 413}
    assert says_why(response)


@searched
@given(data=st.data())
def test_a_token_request_whose_authorization_header_is_wrong(world: World, data: st.DataObject) -> None:
    """In place of the good one, or beside credentials in the form."""
    good = data.draw(st.sampled_from(world.goods))
    client_id, secret = world.web.application.client_id.encode(), world.web.application.secret.encode()
    spoilt = hostile.other_than(secret).map(lambda value: client_id + b":" + value)
    unknown = hostile.other_than(client_id).map(lambda value: value.replace(b":", b"") + b":" + secret)
    made = st.one_of(spoilt, unknown, hostile.values).map(lambda value: "Basic " + base64.b64encode(value).decode())
    header = data.draw(st.one_of(hostile.headers, made, hostile.headers.map("Basic ".__add__)))
    in_form = any(name == b"client_secret" for name, _value in good.pairs)
    if in_form and not header.lower().startswith("basic "):
        return  # another scheme is nobody's credentials
    if not header:
        header = "Basic"
    response = good.send(hostile.encoded(good.pairs), Authorization=header)
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401}
    assert says_why(response)


@searched
@given(data=st.data())
def test_a_body_that_is_no_form(world: World, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(world.goods))
    body = data.draw(
        st.one_of(st.binary(max_size=200), st.just(b"a=" + b"A" * 70_000), st.just(hostile.encoded(good.pairs)))
    )
    types = [
        "application/json",
        "text/plain",
        "",
        "/",
        "multipart/form-data",
        "multipart/form-data; boundary=a",
        "a" * 9000,
    ]
    content_type = data.draw(
        st.one_of(st.sampled_from(types), hostile.headers.filter(lambda value: "form" not in value))
    )
    where = data.draw(st.sampled_from([TOKEN, REVOKE, INTROSPECT]))
    response = send("POST", where, body, content_type=content_type)
    assert world.harm_by(response) == []
    assert says_why(response)


@searched
@given(data=st.data())
def test_bytes_for_a_form(world: World, data: st.DataObject) -> None:
    where = data.draw(st.sampled_from([TOKEN, REVOKE, INTROSPECT, AUTHORIZE, LOGOUT, CONFIRM, world.page]))
    query = data.draw(hostile.headers)
    length = data.draw(st.sampled_from([None, None, None, "-1", "x", "9" * 5000, "70000", "1"]))
    extra = {"CONTENT_LENGTH": length} if length else {}
    response = send("POST", where, data.draw(st.binary(max_size=200)), QUERY_STRING=query, **extra)
    assert world.harm_by(response) == []


@searched
@given(data=st.data())
def test_a_revocation_of_what_is_no_token(world: World, data: st.DataObject) -> None:
    good = world.tokens["web"][data.draw(st.sampled_from(["access_token", "refresh_token"]))]
    pairs = [(name.encode(), value.encode()) for name, value in {"token": good, **world.web.credentials}.items()]
    body = data.draw(hostile.spoilt(pairs, (b"token", b"client_id", b"client_secret")))
    response = send("POST", REVOKE, body)
    assert world.harm_by(response) == []
    assert response.status_code in {200, 400, 401, 413}


@searched
@given(data=st.data())
def test_an_introspection_of_anything(world: World, data: st.DataObject) -> None:
    owner = data.draw(st.sampled_from(["web", "public"]))
    good = world.tokens[owner][data.draw(st.sampled_from(["access_token", "refresh_token"]))]
    pairs = [(name.encode(), value.encode()) for name, value in {"token": good, **world.web.credentials}.items()]
    body = data.draw(hostile.spoilt(pairs, (b"token", b"client_id", b"client_secret")))
    response = send("POST", INTROSPECT, body)
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401, 413} or response.json() == {"active": False}


@searched
@given(data=st.data())
def test_any_method_and_any_origin(world: World, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(world.goods))
    where = data.draw(
        st.sampled_from([TOKEN, REVOKE, INTROSPECT, METADATA, JWKS, USERINFO, AUTHORIZE, LOGOUT, CONFIRM, world.page])
    )
    method = data.draw(
        st.sampled_from(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "X\x00"])
    )
    origin = data.draw(hostile.headers)
    response = send(method, where, hostile.encoded(good.pairs), headers={"Origin": origin})
    assert world.harm_by(response) == []
    assert response.get("Access-Control-Allow-Origin", "*") in {"*", "https://app.example.com"}


@searched
@given(data=st.data())
def test_an_api_call_with_any_authorization_header(world: World, data: st.DataObject) -> None:
    good = world.tokens["web"]["access_token"].encode()
    bearer = hostile.other_than(good).map(lambda value: "Bearer " + value.decode("latin-1"))
    header = data.draw(st.one_of(bearer, hostile.headers))
    query = data.draw(st.one_of(st.just(""), hostile.headers, st.just(f"access_token={good.decode()}")))
    if header.lower().removeprefix("bearer").strip(" ") == good.decode().lower():
        return  # spaces around a token are no part of it
    where = data.draw(st.sampled_from(["/guarded", USERINFO]))
    response = send("GET", where, headers={"Authorization": header}, QUERY_STRING=query)
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401}


@searched
@given(data=st.data())
def test_userinfo_with_any_form(world: World, data: st.DataObject) -> None:
    pairs = [(b"access_token", world.tokens["web"]["access_token"].encode()), (b"schema", b"openid")]
    response = send("POST", USERINFO, data.draw(hostile.spoilt(pairs, (b"access_token",))))
    assert world.harm_by(response) == []
    assert response.status_code in {400, 401, 413}


@searched
@given(below=hostile.values, query=hostile.headers)
def test_metadata_behind_any_path(world: World, below: bytes, query: str) -> None:
    where = f"{METADATA}/{quote_from_bytes(below[:5000])}"
    response = send("GET", where, QUERY_STRING=query)
    assert world.harm_by(response) == []
    assert response.status_code in {200, 301, 404}


# -- people --------------------------------------------------------------------------------------------------

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
