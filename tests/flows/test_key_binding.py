"""Tokens bound to a key (RFC 9449 §5, RFC 8705 §3): a proof at the token endpoint binds what it gets, to the end."""

from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from tests import ledger
from tests.driver import METADATA, TOKEN, Driver, post, signed_in
from tests.factories import ApplicationFactory
from tests.resource_server.proofs.key_proofs import HeaderProof

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.spec("RFC 9449", "5"),
    pytest.mark.urls("tests.flows.key_binding_urls"),
]

HERE = "tests.resource_server.proofs.key_proofs."
GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


@pytest.fixture(autouse=True)
def _proofs(settings: Any) -> None:
    proofs = [f"{HERE}HeaderProof", f"{HERE}CertificateProof"]
    settings.OAUTH_RESOURCE_SERVER = {"KEY_PROOFS": proofs}
    HeaderProof.found.clear()


def with_key(driver: Driver, key: str | None) -> Driver:
    """The same, with proof of ``key`` in each request of its browser."""
    driver.browser.defaults.pop("HTTP_DPOP", None)
    if key is not None:
        driver.browser.defaults["HTTP_DPOP"] = key
    return driver


def call(token: str, scheme: str = "DPoP", **headers: str) -> Any:
    return Browser().get("/notes", headers={"Authorization": f"{scheme} {token}", **headers})


@pytest.fixture
def public() -> Driver:
    return with_key(signed_in(public=True), "k1")


@pytest.mark.parametrize("path", ["/notes", "/drf"])
def test_a_bound_token_serves_whoever_has_the_key_and_nobody_else(public: Driver, path: str) -> None:
    tokens = public.tokens()
    assert tokens["token_type"] == "DPoP"
    authorization = f"DPoP {tokens['access_token']}"
    good = Browser().get(path, headers={"Authorization": authorization, "DPoP": "k1"})
    assert (good.status_code, good["DPoP-Nonce"]) == (200, "for k1")
    other = Browser().get(path, headers={"Authorization": authorization, "DPoP": "k2"})
    assert (other.status_code, other["DPoP-Nonce"]) == (401, "for k2")
    bearer = Browser().get(path, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert bearer.status_code == 401
    assert not bearer.has_header("DPoP-Nonce")


@pytest.mark.spec("RFC 9449", "8")
def test_the_token_endpoint_sends_a_nonce_with_every_answer(public: Driver) -> None:
    code = public.code()
    refused = with_key(public, "stale").redeem(code)
    ledger.refused(refused, "use_test_nonce")
    assert refused["DPoP-Nonce"] == "for stale"
    good = with_key(public, "k1").redeem(code)
    assert (good.status_code, good["DPoP-Nonce"]) == (200, "for k1")
    origin = {"Origin": "https://app.example.com"}
    public.application.allowed_origins = origin["Origin"]
    public.application.save()
    told = post(public.browser, TOKEN, {**GRANT, **public.credentials}, **origin)
    assert "DPoP-Nonce" in told["Access-Control-Expose-Headers"]


def test_a_proof_is_looked_at_once_and_after_the_client_was_authenticated(public: Driver) -> None:
    ledger.refused(post(public.browser, TOKEN, {**GRANT, "client_id": "nobody"}), "invalid_client", 401)
    assert HeaderProof.found == []
    public.tokens()
    assert HeaderProof.found == ["k1"]


def test_the_refresh_tokens_of_a_public_client_are_bound_too(public: Driver) -> None:
    first = public.tokens()
    with ledger.unchanged():
        ledger.refused(with_key(public, "k2").refresh(first["refresh_token"]), "invalid_grant")
        ledger.refused(with_key(public, None).refresh(first["refresh_token"]), "invalid_grant")
    second = with_key(public, "k1").refresh(first["refresh_token"]).json()
    assert with_key(public, "k1").refresh(first["refresh_token"]).json()["access_token"] == second["access_token"]
    assert {str(binding.cnf) for binding in TokenBinding.objects.all()} == {"{'jkt': 'k1'}"}


def test_nobody_ends_a_sign_in_without_its_key(public: Driver) -> None:
    code = public.code()
    tokens = public.redeem(code).json()
    ledger.refused(with_key(public, None).redeem(code), "invalid_grant")
    assert ledger.is_good(tokens["access_token"])
    ledger.refused(with_key(public, "k1").redeem(code), "invalid_grant")
    assert Authorization.objects.get().revoked_at is not None


def test_a_confidential_client_may_change_its_key_and_gets_no_answer_of_another_key() -> None:
    driver = with_key(signed_in(), "k1")
    first = driver.tokens()
    assert Authorization.objects.get().cnf is None
    second = with_key(driver, "k2").refresh(first["refresh_token"]).json()
    ledger.refused(with_key(driver, "k1").refresh(first["refresh_token"]), "invalid_grant")
    again = with_key(driver, "k2").refresh(first["refresh_token"]).json()
    assert (again["access_token"], again["token_type"]) == (second["access_token"], "DPoP")
    assert call(second["access_token"], DPoP="k2").status_code == 200
    assert call(second["access_token"], DPoP="k1").status_code == 401


@pytest.mark.spec("RFC 8705", "3")
def test_a_token_bound_to_a_certificate_is_a_bearer_token(client: Any) -> None:
    driver = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    driver.browser.defaults["SSL_CLIENT_THUMBPRINT"] = "t1"
    answer = driver.token(**GRANT).json()
    assert answer["token_type"] == "Bearer"
    about = driver.introspect(answer["access_token"]).json()
    assert (about["cnf"], about["token_type"]) == ({"x5t#S256": "t1"}, "Bearer")
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert client.get("/notes", headers=headers, SSL_CLIENT_THUMBPRINT="t1").status_code == 200
    assert client.get("/notes", headers=headers, SSL_CLIENT_THUMBPRINT="t2").status_code == 401


def test_a_clients_own_token_is_bound_and_introspection_says_how() -> None:
    driver = with_key(Driver(ApplicationFactory(service=True, policy={"may_introspect": True})), "k1")
    token = driver.token(**GRANT).json()["access_token"]
    about = driver.introspect(token).json()
    assert (about["cnf"], about["token_type"]) == ({"jkt": "k1"}, "DPoP")
    assert call(token, DPoP="k1").status_code == 200
    assert call(token, "Bearer").status_code == 401


@pytest.mark.parametrize("is_clients_own", [True, False])
def test_a_jwt_says_the_key_and_says_it_again_when_it_is_repeated(is_clients_own: bool) -> None:
    driver = signed_in(policy={"access_token_format": "jwt"})
    ClientPolicy.objects.update(grant_types=["authorization_code", "refresh_token", "client_credentials"])
    with_key(driver, "k1")
    if is_clients_own:
        tokens = [driver.token(**GRANT).json()["access_token"]]
    else:
        first = driver.tokens()
        answers = [driver.refresh(first["refresh_token"]).json() for _time in range(2)]
        tokens = [first["access_token"], *(answer["access_token"] for answer in answers)]
    for token in tokens:
        assert token.count(".") == 2
        assert call(token, DPoP="k1").status_code == 200
        assert call(token, DPoP="k2").status_code == 401
        assert call(token, "Bearer").status_code == 401


def test_the_metadata_of_the_provider_tells_of_it() -> None:
    document = Browser().get(METADATA).json()
    assert document["dpop_signing_alg_values_supported"] == ["ES256", "EdDSA"]
    assert document["tls_client_certificate_bound_access_tokens"] is True


def test_without_proof_everything_is_as_ever() -> None:
    tokens = signed_in().tokens()
    assert tokens["token_type"] == "Bearer"
    assert call(tokens["access_token"], "Bearer").status_code == 200
    assert HeaderProof.found == []
