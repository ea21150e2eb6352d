"""JWT access tokens (RFC 9068 §4): what a good one says, and which are refused."""

import json
import time
from typing import Any

import pytest

from oauth_provider.protocol import jws
from oauth_provider.resource_server.conf import conf, forget_verifiers
from oauth_provider.resource_server.testing import FakeIssuer
from tests import jose_keys
from tests.resource_server.verifiers.jwt.calls import ISSUER, RESOURCE, Notes, call, plain, refused

pytestmark = pytest.mark.spec("RFC 9068", "4")

pytest_plugins = ["oauth_provider.resource_server.fixtures"]


@pytest.mark.parametrize("view", [plain, Notes])
def test_a_good_token_opens_the_view_that_its_scope_is_for(fake_issuer: FakeIssuer, view: Any) -> None:
    response = call(fake_issuer.token("notes:read"), view)
    response = response.render() if hasattr(response, "render") else response
    assert (response.status_code, json.loads(response.content)["sub"]) == (200, "a-person")
    assert call(fake_issuer.token("other"), view).status_code == 403


def test_all_claims_of_a_jwt_are_in_the_access_token(fake_issuer: FakeIssuer) -> None:
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
    assert token.issued_at is not None
    assert now <= token.issued_at.timestamp() <= now + 60
    assert not token.is_expired()


@pytest.mark.spec("RFC 9068", "2.2")
def test_a_clients_own_token_is_nobodys(fake_issuer: FakeIssuer) -> None:
    token = conf.verifier(fake_issuer.token("notes:read", sub=None, client="service"))
    assert (token.sub, token.client_id, token.authorization_id) == (None, "service", None)
    answer = call(fake_issuer.token("notes:read", sub=None, client="service"))
    assert json.loads(answer.content)["user"] == "client:service"


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
