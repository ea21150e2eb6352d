"""``private_key_jwt`` (OpenID Connect Core §9, RFC 7523 §3): what a client signs proves it, once, and only here."""

import json
import time
from typing import Any

import pytest
from django.core.cache import caches

from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.register import By, MetadataRefused, register
from oauth_provider.protocol import jose
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, GuardedCache
from tests import jose_keys, ledger
from tests.clients.client_assertions import GRANT, ISSUER, assertion, present, signing_service
from tests.driver import INTROSPECT, METADATA, PAR, REVOKE, TOKEN, post
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7523", "3")]


def refused(response: Any) -> str:
    """401 ``invalid_client``; return what the client is told."""
    ledger.refused(response, "invalid_client", 401)
    return str(response.json()["error_description"])


@pytest.mark.parametrize("alg", jose.ALGORITHMS)
def test_each_algorithm_proves_the_client(alg: str) -> None:
    service = signing_service(alg)
    for typ in ("client-authentication+jwt", "JWT"):
        assert present(service, assertion(service, alg, typ=typ)).status_code == 200


def test_every_endpoint_of_clients_takes_it() -> None:
    service = signing_service(may_introspect=True)
    token = present(service, assertion(service)).json()["access_token"]
    asked = {"token": token}
    assert present(service, assertion(service), INTROSPECT, **asked).json()["active"] is True
    assert present(service, assertion(service), REVOKE, **asked).status_code == 200
    assert present(service, assertion(service), INTROSPECT, **asked).json() == {"active": False}
    web = signing_service(grant_types=["authorization_code"])
    web.application.redirect_uris = "https://app.example.com/callback"
    web.application.authorization_grant_type = "authorization-code"
    web.application.save()
    assert present(web, assertion(web), PAR, **web.request()).status_code == 201


def test_client_id_beside_it_must_be_the_same() -> None:
    service, other = signing_service(), ApplicationFactory(service=True)
    assert present(service, assertion(service), client_id=service.application.client_id).status_code == 200
    assert "client_id" in refused(present(service, assertion(service), client_id=other.client_id))


def test_it_is_good_once() -> None:
    service = signing_service()
    text = assertion(service)
    assert present(service, text).status_code == 200
    with ledger.unchanged():
        assert "before" in refused(present(service, text))
    # jti tells a client's own assertions apart, so that nobody burns those of others.
    other = signing_service()
    ours, theirs = assertion(service, jti="one"), assertion(other, jti="one")
    assert [present(service, ours).status_code, present(other, theirs).status_code] == [200, 200]


def test_what_is_refused_spends_nothing() -> None:
    """Whoever only heard of a jti cannot burn it."""
    service = signing_service()
    forged = assertion(service, jti="one").rpartition(".")[0] + "." + "A" * 86
    refused(present(service, forged))
    refused(present(service, assertion(service, jti="one", aud="https://elsewhere.example")))
    assert present(service, assertion(service, jti="one")).status_code == 200


def test_what_is_signed_must_fit() -> None:
    service = signing_service()
    client_id, now = service.application.client_id, int(time.time())
    token_endpoint = f"{ISSUER}/oauth/token"
    changes: list[dict[str, Any]] = [
        {"iss": "someone"},
        {"iss": None},
        {"iss": [client_id]},
        {"aud": None},
        {"aud": [ISSUER]},
        {"aud": f"{ISSUER}/"},
        {"aud": token_endpoint},
        {"aud": [ISSUER, "https://elsewhere.example"]},
        {"aud": "https://elsewhere.example"},
        {"exp": None},
        {"exp": now},
        {"exp": now - 300},
        {"exp": now + 3600},
        {"exp": str(now + 60)},
        {"exp": True},
        {"exp": 10**400},
        {"nbf": now + 61},
        {"iat": now + 61},
        {"nbf": "now"},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "a" * 1025},
        {"typ": "dpop+jwt"},
        {"typ": "oauth-authz-req+jwt"},
        {"typ": "at+jwt"},
    ]
    with ledger.unchanged():
        for number, change in enumerate(changes):
            caches["default"].clear()  # none of them counts against the next
            assert refused(present(service, assertion(service, **change))), f"{number}: {change}"


def test_clocks_may_differ_by_seconds() -> None:
    service = signing_service()
    ahead = int(time.time()) + 8
    assert present(service, assertion(service, iat=ahead, nbf=ahead, exp=ahead + 300)).status_code == 200


def test_other_keys_and_algorithms_prove_nothing() -> None:
    service = signing_service("ES256")
    strange = assertion(service, "PS256")
    symmetric = strange.split(".")
    header = jose.encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    unsigned = jose.encode(json.dumps({"alg": "none"}).encode())
    texts = [strange, f"{header}.{symmetric[1]}.AAAA", f"{unsigned}.{symmetric[1]}.", "x", "a.b.c", "e30.e30.x", ""]
    with ledger.unchanged():
        for text in texts:
            refused(present(service, text))
    fixed = signing_service("ES256", "PS256", token_endpoint_auth_signing_alg="PS256")
    refused(present(fixed, assertion(fixed, "ES256")))
    assert present(fixed, assertion(fixed, "PS256")).status_code == 200


def test_only_a_client_with_keys_can_use_it_and_one_that_uses_it_takes_no_secret() -> None:
    keyless = ApplicationFactory(service=True)
    driver = signing_service()
    driver.application = keyless
    refused(present(driver, assertion(driver)))
    service = signing_service()
    secret = ApplicationFactory(service=True, policy={"token_endpoint_auth_method": "private_key_jwt"})
    refused(post(service.browser, TOKEN, {**GRANT, "client_id": secret.client_id, "client_secret": secret.secret}))
    # One that a public client sends proves nothing, but must be right.
    driver.application = ApplicationFactory(public=True, policy={"jwks": service.application.oauth_policy.jwks})
    refused(present(driver, assertion(driver, exp=1)))


def test_two_ways_at_once_are_invalid_request() -> None:
    service = signing_service(token_endpoint_auth_method="")
    with ledger.unchanged():
        named = {"client_id": service.application.client_id, "client_secret": "x"}
        ledger.refused(present(service, assertion(service), **named), "invalid_request", 400)


def test_another_type_of_assertion_is_refused() -> None:
    service = signing_service()
    refused(present(service, assertion(service), client_assertion_type="urn:ietf:params:oauth:grant-type:saml2-bearer"))


def test_an_older_library_is_taken_where_the_operator_says_so() -> None:
    """OpenID Connect Core §9 named the token endpoint, RFC 9126 §2 every endpoint; some send a list of them."""
    service = signing_service(takes_older_assertions=True)
    token_endpoint, now = f"{ISSUER}/oauth/token", int(time.time())
    for audience in (ISSUER, token_endpoint, [ISSUER, token_endpoint]):
        assert present(service, assertion(service, aud=audience, exp=now + 3600)).status_code == 200
    for audience in ([], [ISSUER, "https://elsewhere.example"], f"{ISSUER}/oauth/introspect", [7]):
        refused(present(service, assertion(service, aud=audience)))
    refused(present(service, assertion(service, exp=now + 7200)))


def test_without_the_cache_nobody_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any) -> Any:
        raise CacheUnavailable

    service = signing_service()
    monkeypatch.setattr(GuardedCache, "add", fail)
    with ledger.unchanged():
        response = present(service, assertion(service))
    assert (response.status_code, response.json()["error"]) == (503, "temporarily_unavailable")
    assert response["Retry-After"]


def test_guesses_are_limited() -> None:
    service = signing_service()
    forged = assertion(service).rpartition(".")[0] + "." + "A" * 86
    assert [present(service, forged).status_code for _guess in range(11)] == [401] * 10 + [429]
    # Whoever signs is not kept out by others' guesses: nobody makes an assertion by trying.
    assert present(service, assertion(service)).status_code == 200


def test_neither_log_nor_error_holds_an_assertion(caplog: pytest.LogCaptureFixture) -> None:
    service = signing_service()
    text = assertion(service, exp=1)
    caplog.set_level("DEBUG")
    assert text.split(".")[2] not in json.dumps(present(service, text).json())
    assert text.split(".")[2] not in caplog.text


@pytest.mark.spec("RFC 8414", "2")
def test_discovery_names_the_method_and_what_is_signed_with() -> None:
    said = signing_service().browser.get(METADATA).json()
    for endpoint in ("token", "revocation", "introspection"):
        assert "private_key_jwt" in said[f"{endpoint}_endpoint_auth_methods_supported"]
        assert said[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] == list(jose.ALGORITHMS)


def test_it_cannot_be_registered_without_keys() -> None:
    given = {"client_name": "Robot", "grant_types": ("client_credentials",), "scope": ("notes:read",)}
    with pytest.raises(MetadataRefused) as refusal:
        register(Metadata(**given, token_endpoint_auth_method="private_key_jwt"), By(Door.COMMAND))
    assert [fault.member for fault in refusal.value.faults] == ["token_endpoint_auth_method"]
    keys = {"keys": [dict(jose_keys.public("ES256").public_jwk)]}
    client = register(Metadata(**given, token_endpoint_auth_method="private_key_jwt", jwks=keys), By(Door.COMMAND))
    assert client.policy.token_endpoint_auth_method == "private_key_jwt"
