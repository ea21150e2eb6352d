"""Tokens verified by introspection (RFC 7662 §2.2): who is asked, and what the answer says of the token."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from django.http import HttpResponse
from rest_framework.test import APIRequestFactory

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.views import requires_scopes
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory
from tests.resource_server.verifiers.introspection.endpoint import ACTIVE, EXP, Notes, says

pytestmark = pytest.mark.spec("RFC 7662", "2.2")


@pytest.mark.spec("RFC 7662", "2.1")
def test_the_server_is_asked_in_the_apis_own_name(server):
    conf.verifier("the token")
    head, _blank, body = server.requests[0].partition(b"\r\n\r\n")
    credentials = base64.b64encode(b"an%3Aapi:s+e").decode()
    assert head.startswith(b"POST /introspect HTTP/1.1\r\n")
    assert f"Authorization: Basic {credentials}".encode() in head
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert parse_qs(body.decode()) == {"token": ["the token"], "token_type_hint": ["access_token"]}


def test_all_members_of_the_answer_are_in_the_access_token(server):
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
