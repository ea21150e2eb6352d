"""The JWT verifier (RFC 9068 §4): an API that has nothing but the keys of its issuers."""

import json
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.checks.registry import registry
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.protocol import jws
from oauth_provider.protocol.errors import InvalidToken, ServiceUnavailable
from oauth_provider.resource_server import checks
from oauth_provider.resource_server.conf import conf, forget_verifiers
from oauth_provider.resource_server.testing import FakeIssuer
from oauth_provider.resource_server.verifiers import checks as jwt_checks
from oauth_provider.resource_server.verifiers import introspection, jwks
from oauth_provider.resource_server.views import requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests import jose_keys
from tests.web import answer, serving

pytestmark = pytest.mark.spec("RFC 9068", "4")

pytest_plugins = ["oauth_provider.resource_server.fixtures"]

ISSUER, RESOURCE = "https://auth.example.com", "https://api.example/notes"
JWT = "oauth_provider.resource_server.verifiers.JWTVerifier"
MIXED = "oauth_provider.resource_server.verifiers.JWTOrIntrospectionVerifier"
OPAQUE = "oauth_provider.resource_server.verifiers.IntrospectionVerifier"


@pytest.fixture(autouse=True)
def _settings(settings: Any, _resource_server: None) -> None:
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": JWT, "AUTHORIZATION_SERVERS": [ISSUER], "RESOURCE": RESOURCE}


@pytest.fixture
def options(settings: Any) -> Any:
    """Change ``JWT``, or other keys."""

    def options(*, others: Any = None, **changes: Any) -> None:
        present = settings.OAUTH_RESOURCE_SERVER
        settings.OAUTH_RESOURCE_SERVER = {**present, "JWT": {**present.get("JWT", {}), **changes}, **(others or {})}

    return options


@requires_scopes("notes:read")
def plain(request: Any) -> HttpResponse:
    return JsonResponse({"sub": request.auth.sub, "client": request.auth.client_id, "user": str(request.user)})


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request: Any) -> Response:
        return Response({"sub": request.auth.sub})


def call(token: str, view: Any = plain, url: str = RESOURCE) -> Any:
    """A guarded call of ``url``."""
    host, _slash, path = url.removeprefix("https://").partition("/")
    factory = APIRequestFactory() if view is not plain else RequestFactory()
    request = factory.get(f"/{path}", headers={"Authorization": f"Bearer {token}"}, SERVER_NAME=host, secure=True)
    return (view.as_view() if isinstance(view, type) else view)(request)


def refused(token: str, error: type[Exception] = InvalidToken) -> str:
    """Why, in the words of the log."""
    with pytest.raises(error) as caught:
        conf.verifier(token)
    return str(caught.value.detail)  # type: ignore[attr-defined]


# -- what a token says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [plain, Notes])
def test_a_good_token_opens_the_view_that_its_scope_is_for(fake_issuer: FakeIssuer, view: Any) -> None:
    response = call(fake_issuer.token("notes:read"), view)
    response = response.render() if hasattr(response, "render") else response
    assert (response.status_code, json.loads(response.content)["sub"]) == (200, "a-person")
    assert call(fake_issuer.token("other"), view).status_code == 403


def test_everything_that_it_says_is_known(fake_issuer: FakeIssuer) -> None:
    now = int(time.time())
    token = conf.verifier(
        fake_issuer.token(
            ["a", "b"],
            sub="7",
            client="web",
            resource=[RESOURCE, "urn:example:x"],
            auth_time=now - 60,
            acr="mfa",
            amr=["otp"],
            jti="one",
            cnf={"jkt": "x"},
            act={"sub": "agent"},
            authorization_id="an id",
            authorization_details=[{"type": "payment"}],
        )
    )
    assert (token.scopes, token.sub, token.client_id, token.issuer) == (("a", "b"), "7", "web", ISSUER)
    assert (token.resources, token.acr, token.jti) == ((RESOURCE, "urn:example:x"), "mfa", "one")
    assert (token.cnf, token.act, token.authorization_id) == ({"jkt": "x"}, {"sub": "agent"}, "an id")
    assert token.authorization_details == ({"type": "payment"},)
    assert token.auth_time is not None
    assert int(token.auth_time.timestamp()) == now - 60
    assert not token.is_expired()


@pytest.mark.spec("RFC 9068", "2.2")
def test_a_clients_own_token_is_nobodys(fake_issuer: FakeIssuer) -> None:
    token = conf.verifier(fake_issuer.token("notes:read", sub=None, client="service"))
    assert (token.sub, token.client_id, token.authorization_id) == (None, "service", None)
    answer = call(fake_issuer.token("notes:read", sub=None, client="service"))
    assert json.loads(answer.content)["user"] == "client:service"


# -- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": ISSUER + "/"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"iss": ["https://auth.example.com"]}, "another issuer"),
        ({"iss": {"a": 1}}, "another issuer"),
        ({"aud": "https://other.example/"}, "another resource"),
        ({"aud": ["https://other.example/", "https://api.example/note"]}, "another resource"),
        ({"aud": "a-client"}, "another resource"),
        ({"aud": ISSUER}, "another resource"),
        ({"aud": None}, "no aud"),
        ({"aud": []}, "no aud"),
        ({"expires_in": -11}, "expired"),
        ({"exp": "soon"}, "no time"),
        ({"iat": 9_000_000_000}, "not come"),
        ({"nbf": 9_000_000_000}, "not come"),
        ({"jti": None}, "no jti"),
        ({"client_id": None}, "no client_id"),
        ({"sub": ""}, "no sub"),
        ({"typ": "JWT"}, "type"),
        ({"typ": "logout+jwt"}, "type"),
        ({"key": jose_keys.key("ES256", 7)}, "No key"),
    ],
    ids=lambda value: value if isinstance(value, str) else ", ".join(value),
)
@pytest.mark.parametrize("view", [plain, Notes])
def test_what_is_no_token_for_this_api_is_401(
    fake_issuer: FakeIssuer, changes: dict[str, Any], why: str, view: Any
) -> None:
    token = fake_issuer.token("notes:read", **changes)
    assert why in refused(token)
    response = call(token, view)
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "...", "e30.e30.", "é.é.é", "a" * 70_000, "..", "\x00.\x00."]
)
def test_what_is_no_jwt_is_refused(fake_issuer: FakeIssuer, token: str) -> None:
    refused(token)
    assert fake_issuer.fetched == 0


@pytest.mark.spec("RFC 8707", "2")
def test_the_audience_may_lie_above_this_api_and_the_call_must_lie_below_it(fake_issuer: FakeIssuer) -> None:
    above = fake_issuer.token("notes:read", resource="https://api.example/")
    assert call(above).status_code == 200
    assert call(fake_issuer.token("notes:read")).status_code == 200
    assert call(fake_issuer.token("notes:read"), url="https://api.example/people").status_code == 401


@pytest.mark.spec("RFC 9068", "4")
def test_for_a_token_that_names_no_key_none_is_fetched(
    fake_issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can make some, and each would have the issuer asked."""
    claims = jws.parse(fake_issuer.token()).claims
    conf.verifier(fake_issuer.token())
    monotonic = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 11)
    for alg in ("RS256", "ES256"):
        header = json.dumps({"alg": alg, "typ": "at+jwt"})
        refused(jose_keys.forge(header, json.dumps(claims), jose_keys.key("ES256", 7).sign))
    assert fake_issuer.fetched == 1


def test_without_a_resource_the_called_url_decides(fake_issuer: FakeIssuer, settings: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER = {**settings.OAUTH_RESOURCE_SERVER, "RESOURCE": ""}
    token = fake_issuer.token("notes:read", resource="https://there.example/")
    assert call(token, url="https://there.example/x").status_code == 200
    assert call(token).status_code == 401


@pytest.mark.spec("RFC 9068", "4")
def test_the_clock_of_the_issuer_may_differ_by_the_leeway_and_no_more(fake_issuer: FakeIssuer, options: Any) -> None:
    late = fake_issuer.token("notes:read", expires_in=-5)
    for view in (plain, Notes):
        assert call(late, view).status_code == 200
    options(LEEWAY=0)
    forget_verifiers()
    assert "expired" in refused(late)
    assert call(late).status_code == 401


def test_only_the_algorithms_that_are_listed(fake_issuer: FakeIssuer, options: Any) -> None:
    options(ALGORITHMS=["RS256"])
    assert "algorithm" in refused(fake_issuer.token())
    assert fake_issuer.fetched == 0


@pytest.mark.parametrize("alg", ["RS256", "PS256", "EdDSA"])
def test_each_algorithm_of_ours_is_accepted(alg: str) -> None:
    with FakeIssuer(ISSUER, alg=alg).serving() as issuer:
        assert conf.verifier(issuer.token()).issuer == ISSUER


def test_one_issuers_key_signs_for_no_other() -> None:
    with FakeIssuer("https://other.example").serving() as other, FakeIssuer(ISSUER).serving() as issuer:
        for one in (issuer, other):
            assert conf.verifier(one.token()).issuer == one.issuer
        refused(other.token(iss=ISSUER))
        refused(issuer.token(iss=other.issuer))


# -- what is remembered --------------------------------------------------------------------------------------------


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token whose signature was looked at."""
    from oauth_provider.resource_server.verifiers import jwt

    seen: list[str] = []
    verify = jwt.verify_access_token

    def spy(token: str, *args: Any, **kwargs: Any) -> Any:
        seen.append(token)
        return verify(token, *args, **kwargs)

    monkeypatch.setattr(jwt, "verify_access_token", spy)
    return seen


def test_a_token_is_verified_once_and_kept_by_its_digest(fake_issuer: FakeIssuer, verifications: list[str]) -> None:
    token = fake_issuer.token()
    assert conf.verifier(token) is conf.verifier(token)
    assert verifications == [token]
    assert token not in repr(vars(conf.verifier))
    assert token.rpartition(".")[2] not in repr(vars(conf.verifier))


def test_it_is_forgotten_when_it_expires(
    fake_issuer: FakeIssuer, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = fake_issuer.token(expires_in=60)
    conf.verifier(token)
    clock, monotonic = time.time, time.monotonic
    monkeypatch.setattr(time, "time", lambda: clock() + 71)
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 61)
    assert "expired" in refused(token)


def test_it_is_looked_at_again_when_the_keys_are(
    fake_issuer: FakeIssuer, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that was taken out of use vouches for nothing after ``KEYS_LIFETIME``."""
    token = fake_issuer.token(expires_in=3600)
    conf.verifier(token)
    fake_issuer.rotate()
    fake_issuer.retire(fake_issuer.keys[0].kid)
    assert conf.verifier(token).client_id == "a-client"
    monotonic = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 301)
    assert "No key" in refused(token)


def test_no_more_are_kept_than_fit(
    fake_issuer: FakeIssuer, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(introspection, "REMEMBERED", 2)
    tokens = [fake_issuer.token(jti=str(number)) for number in range(3)]
    for token in (*tokens, tokens[2], tokens[0]):
        conf.verifier(token)
    assert verifications == [*tokens, tokens[0]]


def test_a_refused_token_is_not_remembered(fake_issuer: FakeIssuer) -> None:
    for number in range(5):
        refused(fake_issuer.token(jti=str(number), expires_in=-11))
    assert "{}" in repr(conf.verifier._memory) or "OrderedDict()" in repr(conf.verifier._memory)  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_waits_for_nobody(fake_issuer: FakeIssuer) -> None:
    """Whoever looked something up or fetched keys at that moment is not there any more."""
    token = fake_issuer.token()
    conf.verifier(token)
    verifier: Any = conf.verifier
    reading, writing = os.pipe()
    with verifier._memory._lock, verifier._keys[ISSUER]._turn:
        child = os.fork()
        if child == 0:
            signal.alarm(20)  # rather than wait for ever
            try:
                os.write(writing, b"yes" if conf.verifier(token).client_id == "a-client" else b"no")
            finally:
                os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    assert os.read(reading, 3) == b"yes"
    os.close(reading)
    assert conf.verifier is verifier


# -- together with introspection -----------------------------------------------------------------------------------


@pytest.fixture
def mixed(settings: Any, fake_issuer: FakeIssuer) -> Iterator[Any]:
    """The other verifier, and the server that it asks about opaque tokens."""
    active = {"active": True, "token_type": "Bearer", "client_id": "web", "scope": "notes:read"}
    with serving(answer(json.dumps(active))) as web:
        settings.OAUTH_RESOURCE_SERVER |= {
            "VERIFIER": MIXED,
            "INTROSPECTION": {"URL": web.url, "CLIENT_ID": "an-api", "CLIENT_SECRET": "secret"},
        }
        forget_verifiers()
        yield web


def test_what_is_no_jwt_is_asked_about(fake_issuer: FakeIssuer, mixed: Any) -> None:
    assert conf.verifier("oat_opaque").client_id == "web"
    assert len(mixed.requests) == 1
    assert conf.verifier(fake_issuer.token()).client_id == "a-client"
    assert len(mixed.requests) == 1


@pytest.mark.parametrize(
    "changes", [{"expires_in": -11}, {"typ": "JWT"}, {"key": jose_keys.key("ES256", 7)}], ids=", ".join
)
def test_nobody_is_asked_about_a_jwt_that_is_refused(
    fake_issuer: FakeIssuer, mixed: Any, changes: dict[str, Any]
) -> None:
    refused(fake_issuer.token(**changes))
    assert mixed.requests == []


def test_each_is_refused_with_503_alone_while_its_server_is_down(fake_issuer: FakeIssuer, mixed: Any) -> None:
    fake_issuer.is_down = True
    refused(fake_issuer.token(), ServiceUnavailable)
    assert conf.verifier("oat_opaque").client_id == "web"


# -- settings and checks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        "https://auth.example.com/jwks",
        {"JWKS_URI": "https://auth.example.com/jwks"},
        {"JWKS_URIS": "https://auth.example.com/jwks"},
        {"JWKS_URIS": {ISSUER: "http://auth.example.com/jwks"}},
        {"JWKS_URIS": {ISSUER: 7}},
        {"ALGORITHMS": []},
        {"ALGORITHMS": ["none"]},
        {"ALGORITHMS": ["HS256"]},
        {"ALGORITHMS": "ES256"},
        {"LEEWAY": -1},
        {"LEEWAY": "10"},
        {"KEYS_LIFETIME": 0},
        {"TIMEOUT": None},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_used_is_found(settings: Any, given: Any) -> None:
    settings.OAUTH_RESOURCE_SERVER |= {"JWT": given}
    with pytest.raises(ImproperlyConfigured):
        _ = conf.jwt
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    assert jwt_checks.check_issuers(None) == jwt_checks.check_resource(None) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"AUTHORIZATION_SERVERS": []}, ["E042"]),
        ({"VERIFIER": MIXED}, ["E043"]),
        ({"VERIFIER": MIXED, "AUTHORIZATION_SERVERS": []}, ["E042", "E043"]),
        ({"RESOURCE": ""}, ["W042"]),
        ({"JWT": {"JWKS_URIS": {"https://other.example": "https://other.example/keys"}}}, ["W043"]),
        ({"JWT": {"JWKS_URIS": {ISSUER: "https://other.example/keys"}}}, []),
        ({"VERIFIER": "tests.rest_framework.tokens.verify", "RESOURCE": "", "AUTHORIZATION_SERVERS": []}, []),
        ({"VERIFIER": "no.such.thing", "RESOURCE": ""}, []),
    ],
    ids=str,
)
def test_whose_tokens_for_which_api_is_checked(settings: Any, changes: dict[str, Any], expected: list[str]) -> None:
    settings.OAUTH_RESOURCE_SERVER |= changes
    messages = [*jwt_checks.check_issuers(None), *jwt_checks.check_resource(None)]
    assert [message.id.removeprefix("oauth_resource_server.") for message in messages] == expected
    assert all(message.hint for message in messages)
    assert set(jwt_checks.CHECKS) <= set(checks.CHECKS)


@pytest.mark.spec("RFC 8707", "2")
@pytest.mark.parametrize(
    ("hosts", "changes", "expected"),
    [
        (["api.example.com"], {"VERIFIER": OPAQUE}, []),
        ([".example.com"], {"VERIFIER": OPAQUE}, ["W046"]),
        ([".example.com"], {"RESOURCE": ""}, ["W046"]),
        ([".example.com"], {}, []),
        (["*"], {"VERIFIER": OPAQUE}, ["W046"]),
        (["api.example.com", "*"], {"VERIFIER": MIXED}, ["W046"]),
        (["*"], {"RESOURCE": ""}, ["W046"]),
        (["*"], {}, []),
        (["*"], {"VERIFIER": "no.such.thing"}, []),
        (["*"], {"RESOURCE": 7}, []),
    ],
    ids=str,
)
def test_a_host_that_anybody_may_name_is_found_before_it_decides(
    settings: Any, hosts: list[str], changes: dict[str, Any], expected: list[str]
) -> None:
    settings.ALLOWED_HOSTS = hosts
    settings.OAUTH_RESOURCE_SERVER |= changes
    messages = checks.check_hosts(None)
    assert [message.id.removeprefix("oauth_resource_server.") for message in messages] == expected
    assert all(message.hint for message in messages)
    assert checks.check_hosts in registry.get_checks(include_deployment_checks=True)


def test_keys_of_a_stranger_are_not_fetched_for_a_stranger(
    fake_issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(jwks, "fetch", fail)
    refused(fake_issuer.token(iss="https://evil.example"))
    refused(fake_issuer.token(typ="JWT"))
