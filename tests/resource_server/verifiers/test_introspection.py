"""The introspection verifier (RFC 7662 §2): an API that has nothing but a URL to ask, and what it makes of answers."""

import base64
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.protocol.errors import InvalidToken, ServiceUnavailable
from oauth_provider.resource_server import checks
from oauth_provider.resource_server.conf import _load, conf
from oauth_provider.resource_server.verifiers import IntrospectionVerifier, introspection
from oauth_provider.resource_server.views import requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory
from tests.web import answer, serving

pytestmark = pytest.mark.spec("RFC 7662", "2.2")

VERIFIER = "oauth_provider.resource_server.verifiers.IntrospectionVerifier"
EXP = int((datetime.now(UTC) + timedelta(hours=1)).timestamp())
ACTIVE = {"active": True, "token_type": "Bearer", "scope": "read write", "client_id": "web", "sub": "7", "exp": EXP}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(introspection, "time", clock)
    return clock


@pytest.fixture
def server(settings):
    """An introspection endpoint; ``server.say`` is its answer from now on."""
    with serving(answer(json.dumps(ACTIVE))) as web:
        settings.OAUTH_RESOURCE_SERVER = {
            "VERIFIER": VERIFIER,
            "INTROSPECTION": {"URL": web.url, "CLIENT_ID": "an:api", "CLIENT_SECRET": "s e"},
        }
        _load.cache_clear()
        yield web
        _load.cache_clear()


@pytest.fixture
def options(settings):
    def options(**changes):
        terms = settings.OAUTH_RESOURCE_SERVER["INTROSPECTION"] | changes
        settings.OAUTH_RESOURCE_SERVER = settings.OAUTH_RESOURCE_SERVER | {"INTROSPECTION": terms}

    return options


def says(server, members, **how):
    server.say = answer(json.dumps(members) if not isinstance(members, str | bytes) else members, **how)


# -- asking and reading --------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 7662", "2.1")
def test_the_server_is_asked_in_the_apis_own_name(server):
    conf.verifier("the token")
    head, _blank, body = server.requests[0].partition(b"\r\n\r\n")
    credentials = base64.b64encode(b"an%3Aapi:s+e").decode()
    assert head.startswith(b"POST /introspect HTTP/1.1\r\n")
    assert f"Authorization: Basic {credentials}".encode() in head
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert parse_qs(body.decode()) == {"token": ["the token"], "token_type_hint": ["access_token"]}


def test_what_it_says_is_what_the_token_says(server):
    says(
        server,
        ACTIVE
        | {"iss": "https://auth.example.com", "aud": ["https://a.example", "b"], "iat": EXP - 60, "auth_time": EXP - 90}
        | {"acr": "mfa", "cnf": {"jkt": "x"}, "act": {"sub": "y"}, "jti": "z", "authorization_id": "a"},
    )
    token = conf.verifier("x")
    assert (token.scopes, token.client_id, token.sub, token.issuer) == (
        ("read", "write"),
        "web",
        "7",
        "https://auth.example.com",
    )
    assert [int(moment.timestamp()) for moment in (token.expires, token.issued_at, token.auth_time)] == [
        EXP,
        EXP - 60,
        EXP - 90,
    ]
    assert (token.jti, token.authorization_id) == ("z", "a")
    assert (token.resources, token.acr, token.cnf, token.act) == (
        ("https://a.example", "b"),
        "mfa",
        {"jkt": "x"},
        {"sub": "y"},
    )
    says(server, {"active": True, "token_type": "bearer", "aud": "https://a.example"})
    least = conf.verifier("x")
    assert (least.scope, least.client_id, least.sub, least.resources) == ("", "", None, ("https://a.example",))
    assert (least.jti, least.authorization_id) == (None, None)
    assert not least.is_expired()


@pytest.mark.parametrize(
    "members",
    [
        {"active": False},
        {"active": False} | {name: value for name, value in ACTIVE.items() if name != "active"},
        ACTIVE | {"token_type": "refresh_token"},
        ACTIVE | {"token_type": "DPoP"},
        ACTIVE | {"token_type": ["Bearer"]},
        ACTIVE | {"token_use": "refresh_token"},
        ACTIVE | {"token_use": "id"},
        ACTIVE | {"typ": "Refresh"},
        ACTIVE | {"typ": "ID"},
        ACTIVE | {"nbf": EXP},
        ACTIVE | {"nbf": "soon"},
        ACTIVE | {"token_type": None},
        ACTIVE | {"iss": "https://another.example"},
        ACTIVE | {"iss": 7},
        ACTIVE | {"exp": "soon"},
        ACTIVE | {"exp": True},
        ACTIVE | {"exp": 1e300},
        ACTIVE | {"scope": ["read"]},
        ACTIVE | {"client_id": None},
        ACTIVE | {"sub": 7},
        ACTIVE | {"aud": 7},
        ACTIVE | {"aud": [7]},
        ACTIVE | {"auth_time": "x"},
        ACTIVE | {"acr": 1},
        ACTIVE | {"jti": 1},
        ACTIVE | {"authorization_id": ["a"]},
    ],
)
def test_what_is_no_good_access_token_is_refused(server, settings, members):
    settings.OAUTH_RESOURCE_SERVER |= {"AUTHORIZATION_SERVERS": ["https://as.example"]}
    says(server, members)
    with pytest.raises(InvalidToken):
        conf.verifier("x")


@pytest.mark.parametrize(
    "changes",
    [
        {"token_type": "access_token"},
        {"token_use": "access_token"},
        {"typ": "Bearer"},
        {"iss": "https://as.example"},
        {},
    ],
    ids=str,
)
def test_what_other_servers_say_of_their_access_tokens_is_understood(server, settings, changes):
    settings.OAUTH_RESOURCE_SERVER |= {"AUTHORIZATION_SERVERS": ["https://as.example"]}
    says(server, {"active": True, "scope": "read", "sub": "7"} | changes)
    token = conf.verifier("x")
    assert (token.scope, token.sub, token.issuer) == ("read", "7", "https://as.example")


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    ("audience", "status"),
    [
        ("an:api", 200),
        (["account", "an:api"], 200),
        ("an:ap", 401),
        (["account", "an:api/"], 401),
        ("https://api.example/notes", 200),
        ("https://api.example", 200),
        (["https://other.example", "https://api.example/"], 200),
        ("https://other.example/notes", 401),
        ("https://testserver/notes", 401),
        ("http://testserver/notes", 401),
        ([], 200),
    ],
    ids=str,
)
def test_a_token_names_this_api_by_its_client_id_or_its_resource_and_by_nothing_else(
    server, settings, audience, status
):
    settings.OAUTH_RESOURCE_SERVER |= {"RESOURCE": "https://api.example/notes"}
    says(server, ACTIVE | {"aud": audience})
    view = requires_scopes("read")(lambda request: HttpResponse())
    for one in (view, Notes.as_view()):
        request = APIRequestFactory().get("/notes/7", headers={"Authorization": "Bearer x"}, SERVER_NAME="testserver")
        assert one(request).status_code == status


def test_the_names_of_this_api_can_be_given(server, settings):
    settings.OAUTH_RESOURCE_SERVER |= {"RESOURCE": "https://api.example/notes", "AUDIENCES": ["urn:notes", "payment"]}
    found = {}
    for name in ("urn:notes", "payment", "an:api"):
        says(server, ACTIVE | {"aud": name})
        request = APIRequestFactory().get("/", headers={"Authorization": "Bearer x"})
        found[name] = Notes.as_view()(request).status_code
    assert found == {"urn:notes": 200, "payment": 200, "an:api": 401}


def test_the_clock_of_the_server_may_differ_by_the_leeway_and_no_more(server, options):
    def status(seconds):
        now = int(datetime.now(UTC).timestamp())
        says(server, ACTIVE | {"exp": now + seconds, "nbf": now - seconds})
        return Notes.as_view()(APIRequestFactory().get("/", headers={"Authorization": "Bearer x"})).status_code

    assert [status(seconds) for seconds in (-5, -12)] == [200, 401]
    options(LEEWAY=0)
    assert [status(seconds) for seconds in (60, -1)] == [200, 401]


@pytest.mark.spec("RFC 7662", "2.1")
@pytest.mark.parametrize("token", ["ort_x", "oac_x", "ocs_x"])
def test_nobody_is_asked_about_what_can_be_no_access_token(server, token):
    with pytest.raises(InvalidToken):
        conf.verifier(token)
    assert server.requests == []


@pytest.mark.django_db
def test_our_own_provider_is_understood_and_its_refresh_tokens_are_no_access_tokens(server):
    driver = signed_in()
    tokens = driver.tokens()
    asker = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    says(server, asker.introspect(tokens["access_token"]).content)
    token = conf.verifier(tokens["access_token"])
    assert (token.scope, token.client_id) == (tokens["scope"], driver.application.client_id)
    says(server, asker.introspect(tokens["refresh_token"]).content)
    with pytest.raises(InvalidToken):
        conf.verifier(tokens["refresh_token"])


# -- when it does not answer ---------------------------------------------------------------------------------

NO_ANSWERS = {
    "an error": answer('{"active": true}', "500 Internal Server Error"),
    "a refusal": answer('{"error": "invalid_client"}', "401 Unauthorized"),
    "a redirect": answer(json.dumps(ACTIVE), "302 Found", Location="https://as.example/"),
    "a page": answer("<html>"),
    "no object": answer("[true]"),
    "no verdict": answer('{"token_type": "Bearer"}'),
    "no Boolean": answer('{"active": "true", "token_type": "Bearer"}'),
    "depth": answer("[" * 60_000),
    "too much": answer(json.dumps(ACTIVE | {"x": "y" * 70_000})),
    "not text": answer(b"\xff\xfe"),
    "nothing": lambda connection, request: None,
}


@pytest.mark.parametrize("say", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_no_answer_is_nobodys_fault_and_no_token_is_taken(server, say):
    server.say = say
    with pytest.raises(ServiceUnavailable):
        conf.verifier("x")


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("read")]

    def get(self, request):
        return Response(request.auth.sub)


@pytest.mark.parametrize("view", [Notes.as_view(), requires_scopes("read")(lambda request: Response())])
def test_the_caller_is_told_to_come_back_and_not_to_get_another_token(server, view):
    server.say = NO_ANSWERS["an error"]
    response = view(APIRequestFactory().get("/", headers={"Authorization": "Bearer x"}))
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "WWW-Authenticate" not in response
    assert str(server.port) not in str(response.items())


def test_a_whole_call_is_answered_by_what_it_says(server):
    view = Notes.as_view()
    request = APIRequestFactory().get("/", headers={"Authorization": "Bearer x"})
    assert view(request).data == "7"
    says(server, ACTIVE | {"scope": "write"})
    assert view(request).status_code == 403
    says(server, {"active": False})
    assert view(request).status_code == 401


def test_a_server_that_fails_is_left_alone_for_a_while_and_then_tried_by_one(server, clock):
    server.say = NO_ANSWERS["an error"]
    verifier = IntrospectionVerifier()

    def refused():
        with pytest.raises(ServiceUnavailable):
            verifier("x")
        return len(server.requests)

    assert [refused() for _ in range(7)] == [1, 2, 3, 4, 5, 5, 5]
    clock.now += 9.9
    assert refused() == 5
    clock.now += 0.2
    assert [refused(), refused()] == [6, 6]
    clock.now += 10.1
    says(server, ACTIVE)
    assert verifier("x").sub == "7"
    server.say = NO_ANSWERS["an error"]
    assert [refused() for _ in range(5)] == [8, 9, 10, 11, 12]


@pytest.mark.parametrize("trickle", [b"", b"HTTP/1.1 200 OK\r\n"])
def test_a_server_that_takes_its_time_is_given_up_after_the_timeout(server, options, trickle):
    options(TIMEOUT=0.3)
    over = threading.Event()

    def say(connection, request):
        while not over.is_set():
            connection.sendall(trickle)
            over.wait(0.05)

    server.say = say
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        conf.verifier("x")
    assert time.monotonic() - began < 1.5
    over.set()


def test_of_many_calls_after_the_rest_one_tries(server, clock):
    """The others are refused at once, though the one has no answer yet."""
    server.say = NO_ANSWERS["an error"]
    verifier, tried, others = IntrospectionVerifier(), threading.Event(), threading.Event()
    for _ in range(introspection.FAILURES):
        with pytest.raises(ServiceUnavailable):
            verifier("x")
    clock.now += introspection.REST + 0.1

    def say(connection, request):
        tried.set()
        others.wait(10)
        answer(json.dumps(ACTIVE))(connection, request)

    server.say = say
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(verifier, "x")
        assert tried.wait(10)
        for _ in range(20):
            with pytest.raises(ServiceUnavailable):
                verifier("x")
        others.set()
        assert first.result().sub == "7"
    assert len(server.requests) == introspection.FAILURES + 1
    assert verifier("x").sub == "7"


def test_an_inactive_token_is_no_failure(server):
    says(server, {"active": False})
    verifier = IntrospectionVerifier()
    for _ in range(7):
        with pytest.raises(InvalidToken):
            verifier("x")
    assert len(server.requests) == 7


# -- remembering ---------------------------------------------------------------------------------------------


def test_by_default_it_is_asked_every_time(server):
    assert [conf.verifier("x").sub for _ in range(2)] == ["7", "7"]
    assert len(server.requests) == 2


def test_a_revoked_token_goes_on_for_the_stated_delay_and_no_longer(server, clock, options):
    options(REVOCATION_DELAY=10)
    assert conf.verifier("x").sub == "7"
    says(server, {"active": False})
    clock.now += 9.9
    assert conf.verifier("x").sub == "7"
    assert len(server.requests) == 1
    clock.now += 0.2
    with pytest.raises(InvalidToken):
        conf.verifier("x")


def test_nothing_is_remembered_past_its_expiry(server, clock, options):
    options(REVOCATION_DELAY=3600)
    says(server, ACTIVE | {"exp": int(datetime.now(UTC).timestamp()) + 60})
    conf.verifier("x")
    clock.now += 61
    conf.verifier("x")
    assert len(server.requests) == 2


def test_a_token_is_known_by_itself_alone(server, options):
    options(REVOCATION_DELAY=10)
    conf.verifier("x")
    says(server, ACTIVE | {"sub": "8"})
    assert [conf.verifier(token).sub for token in ("y", "x", "X")] == ["8", "7", "8"]


def test_what_is_refused_is_not_remembered(server, options):
    options(REVOCATION_DELAY=10)
    says(server, {"active": False})
    with pytest.raises(InvalidToken):
        conf.verifier("x")
    says(server, ACTIVE)
    assert conf.verifier("x").sub == "7"


def test_the_memory_is_bounded_and_holds_no_token(server, options, monkeypatch):
    options(REVOCATION_DELAY=10)
    monkeypatch.setattr(introspection, "REMEMBERED", 2)
    verifier = IntrospectionVerifier()
    for token in ("first", "second", "third"):
        verifier(token)
    assert len(verifier._memory._answers) == 2
    assert "third" not in repr(verifier._memory)
    verifier("third")
    assert len(server.requests) == 3
    verifier("first")
    assert len(server.requests) == 4


# -- settings ------------------------------------------------------------------------------------------------

GOOD = {"URL": "https://as.example/introspect", "CLIENT_ID": "api", "CLIENT_SECRET": "secret"}


@pytest.mark.parametrize(
    "terms",
    [
        {},
        None,
        [],
        GOOD | {"URL": "http://as.example/introspect"},
        GOOD | {"URL": "http://localhost.example/"},
        GOOD | {"URL": ""},
        GOOD | {"URL": 7},
        GOOD | {"CLIENT_SECRET": ""},
        {"URL": "https://as.example"},
        GOOD | {"TIMEOUT": 0},
        GOOD | {"TIMEOUT": "3"},
        GOOD | {"REVOCATION_DELAY": -1},
        GOOD | {"DELAY": 1},
        {"url": "https://as.example/", "client_id": "a", "client_secret": "b"},
    ],
)
def test_terms_that_cannot_be_used_are_found(settings, terms):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": VERIFIER, "INTROSPECTION": terms}
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    with pytest.raises(ImproperlyConfigured):
        conf.verifier("x")


def test_the_secret_is_not_printed(settings):
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": VERIFIER, "INTROSPECTION": GOOD | {"CLIENT_SECRET": "hush"}}
    assert checks.check_settings(None) == checks.check_verifier(None) == []
    assert "hush" not in repr(conf.introspection)


# -- what a stranger may cost --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["400 Bad Request", "413 Content Too Large", "414 URI Too Long", "422 What"])
def test_strange_tokens_keep_nobody_else_from_being_asked_about(server, status):
    verifier = IntrospectionVerifier()
    server.say = answer('{"error": "invalid_request"}', status)
    for _ in range(2 * introspection.FAILURES):
        with pytest.raises(ServiceUnavailable):
            verifier("strange")
    says(server, ACTIVE)
    assert verifier("x").sub == "7"


def test_what_is_remembered_is_bounded_by_its_size(server, options, monkeypatch):
    monkeypatch.setattr(introspection, "MAX_SIZE", 1000)
    options(REVOCATION_DELAY=3600)
    verifier = IntrospectionVerifier()
    says(server, ACTIVE | {"acr": "x" * 300})
    for token in ("a", "b", "c", "c", "b"):
        verifier(token)
    assert len(server.requests) == 3
    assert verifier._memory._size <= 1000
    verifier("a")
    assert len(server.requests) == 4
    says(server, ACTIVE | {"acr": "x" * 2000})
    verifier("long")
    assert (len(verifier._memory._answers), verifier._memory._size) == (0, 0)
