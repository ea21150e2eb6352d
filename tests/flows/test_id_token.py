"""ID tokens (OpenID Connect Core §3.1.3.3 and §12.2): who gets one, what it says, and what it is not good for."""

import time
from functools import partial
from typing import Any

import pytest
from django.test import Client as Browser

from oauth_provider.models import Authorization
from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import ALGORITHMS, left_half_hash
from oauth_provider.tokens.id_token import read_id_token
from oauth_provider.tokens.key_ring import forget, key_ring
from tests import ledger
from tests.driver import CALLBACK, Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.jose_keys import private_jwk

pytestmark = pytest.mark.django_db

NONCE = "n-0S6_WzA2Mj"
# Every claim that an ID token has if nobody asked for more.
USUAL = {"iss", "sub", "aud", "azp", "exp", "iat", "at_hash", "auth_time", "sid"}


@pytest.fixture
def driver() -> Driver:
    driver = signed_in(UserFactory(first_name="Ann", email="ann@example.com"), policy={})
    driver.scope = "openid profile email notes:read"
    return driver


def claims_of(tokens: dict[str, Any]) -> dict[str, Any]:
    """The claims of the ID token in a response, proven by the published keys."""
    return dict(jws.verify(tokens["id_token"], key_ring().published, algorithms=ALGORITHMS).claims)


def tokens_of(driver: Driver, **changes: Any) -> dict[str, Any]:
    tokens: dict[str, Any] = driver.redeem(driver.code(**changes)).json()
    return tokens


@pytest.mark.spec("OIDC Core", "2")
def test_it_says_who_signed_in_where_and_when(driver: Driver) -> None:
    before = int(time.time())
    tokens = tokens_of(driver, nonce=NONCE)
    claims = claims_of(tokens)
    assert set(claims) == USUAL | {"nonce"}
    assert claims["iss"] == "https://auth.example.com"
    assert claims["sub"] == str(Authorization.objects.get().user_id)
    assert claims["aud"] == driver.application.client_id
    assert claims["nonce"] == NONCE
    assert before - 5 <= claims["auth_time"] <= claims["iat"] <= time.time()
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["at_hash"] == left_half_hash("RS256", tokens["access_token"])
    assert claims["sid"] == driver.browser.session["oauth_provider.sign_in"]["sid"]


@pytest.mark.spec("OIDC Core", "15.1")
def test_it_is_signed_with_rs256_and_names_its_key(driver: Driver) -> None:
    header = jws.parse(tokens_of(driver)["id_token"]).header
    assert header == {"alg": "RS256", "kid": key_ring().signer("RS256").kid, "typ": "JWT"}


@each("alg", ALGORITHMS)
def test_a_client_may_have_another_algorithm(alg: str) -> None:
    driver = signed_in(policy={"id_token_signed_response_alg": alg})
    driver.scope = "openid"
    tokens = tokens_of(driver)
    assert jws.parse(tokens["id_token"]).header["alg"] == alg
    assert claims_of(tokens)["at_hash"] == left_half_hash(alg, tokens["access_token"])


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@each("nonce", ["x" * 64, "y" * 384, "a b&c=d%00+", "0", "'\"<>"])
def test_a_nonce_is_returned_unaltered(driver: Driver, nonce: str) -> None:
    assert claims_of(tokens_of(driver, nonce=nonce))["nonce"] == nonce


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_without_openid_there_is_none(driver: Driver) -> None:
    for scope in ("notes:read", "profile email", "notes:read offline_access"):
        tokens = tokens_of(driver, scope=scope, nonce=NONCE)
        assert "id_token" not in tokens
        assert "id_token" not in driver.refresh(tokens["refresh_token"]).json()


def test_a_client_that_may_not_ask_for_openid_gets_none() -> None:
    driver = signed_in(policy={"scopes": ["notes:read"]})
    tokens = tokens_of(driver, scope="openid notes:read", nonce=NONCE)
    assert (tokens["scope"], "id_token" in tokens) == ("notes:read", False)


@each("scope", ["openid", "notes:read profile", "email", "offline_access", "phone", "address"])
def test_a_client_that_acts_for_itself_is_nobody(scope: str) -> None:
    driver = Driver(ApplicationFactory(service=True))
    with ledger.unchanged():
        ledger.refused(driver.token(grant_type="client_credentials", scope=scope), "invalid_scope")


@pytest.mark.spec("OIDC Core", "2")
def test_auth_time_is_left_out_where_nobody_knows_it(driver: Driver) -> None:
    session = driver.browser.session
    del session["oauth_provider.sign_in"]
    session.save()
    assert not {"auth_time", "sid"} & set(claims_of(tokens_of(driver)))


# -- refreshing ------------------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "12.2")
def test_a_refresh_brings_a_new_one_about_the_same_sign_in(driver: Driver) -> None:
    tokens = tokens_of(driver, nonce=NONCE)
    with ledger.later(100):
        renewed = driver.refresh(tokens["refresh_token"]).json()
    first, second = claims_of(tokens), claims_of(renewed)
    assert "nonce" not in second
    for name in ("iss", "sub", "aud", "auth_time", "sid"):
        assert second[name] == first[name]
    assert second["iat"] >= first["iat"] + 100
    assert second["at_hash"] == left_half_hash("RS256", renewed["access_token"]) != first["at_hash"]


@pytest.mark.spec("OIDC Core", "12.2")
def test_a_repeated_refresh_brings_one_for_the_same_access_token(driver: Driver) -> None:
    tokens = tokens_of(driver)
    first = driver.refresh(tokens["refresh_token"]).json()
    again = driver.refresh(tokens["refresh_token"]).json()
    assert again["access_token"] == first["access_token"]
    assert claims_of(again)["at_hash"] == claims_of(first)["at_hash"]


def test_a_refresh_without_openid_brings_none_and_the_next_may_again(driver: Driver) -> None:
    narrowed = driver.refresh(tokens_of(driver)["refresh_token"], scope="notes:read").json()
    assert "id_token" not in narrowed
    assert claims_of(driver.refresh(narrowed["refresh_token"]).json())


# -- when something is wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", ["redeem", "refresh"])
def test_where_nothing_can_be_signed_nothing_is_spent(driver: Driver, settings: Any, exchange: str) -> None:
    credential = driver.code() if exchange == "redeem" else tokens_of(driver)["refresh_token"]
    good = settings.OAUTH_PROVIDER
    settings.OAUTH_PROVIDER = {**good, "SIGNING_KEYS": [private_jwk("EdDSA")]}
    with ledger.unchanged():
        ledger.refused(getattr(driver, exchange)(credential), "server_error", 500)
    settings.OAUTH_PROVIDER = good
    assert claims_of(getattr(driver, exchange)(credential).json())


def test_a_refresh_that_a_failing_signer_lost_may_be_repeated(driver: Driver, settings: Any) -> None:
    refresh_token = tokens_of(driver)["refresh_token"]
    good = settings.OAUTH_PROVIDER
    settings.OAUTH_PROVIDER = {**good, "SIGNING_KEYS": None, "SIGNER": "tests.flows.test_error_reports.signers"}
    driver.browser.raise_request_exception = False
    assert driver.refresh(refresh_token).status_code == 500
    settings.OAUTH_PROVIDER = good
    answer = driver.refresh(refresh_token).json()
    assert claims_of(answer)["at_hash"] == left_half_hash("RS256", answer["access_token"])


def test_a_sign_in_without_openid_needs_no_key(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": [private_jwk("EdDSA")]}
    forget()
    assert driver.redeem(driver.code(scope="notes:read")).status_code == 200


@pytest.mark.spec("RFC 8725", "3.11")
def test_it_is_no_access_token(driver: Driver) -> None:
    id_token = tokens_of(driver)["id_token"]
    assert not ledger.is_good(id_token)
    assert driver.introspect(id_token).json() == {"active": False}
    assert Browser().get("/oauth/userinfo", headers={"Authorization": f"Bearer {id_token}"}).status_code in (401, 404)
    ledger.refused(driver.refresh(id_token), "invalid_grant")


def test_nothing_of_it_stands_in_the_database(driver: Driver) -> None:
    tokens = tokens_of(driver)
    renewed = driver.refresh(tokens["refresh_token"]).json()
    for id_token in (tokens["id_token"], renewed["id_token"]):
        assert not [part for part in id_token.split(".") if part in ledger.text()]


def test_the_same_person_has_the_same_subject_everywhere(driver: Driver) -> None:
    user = UserFactory()
    subjects = set()
    for _ in range(2):
        other = signed_in(user, redirect_uri=CALLBACK, policy={"may_introspect": True})
        other.scope = "openid"
        tokens = tokens_of(other)
        subjects |= {claims_of(tokens)["sub"], other.introspect(tokens["access_token"]).json()["sub"]}
    assert subjects == {str(user.pk)}


# -- reading one again -----------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_one_of_ours_is_known_again_for_its_client_and_as_a_hint_when_it_is_old(driver: Driver) -> None:
    issuer, id_token = "https://auth.example.com", tokens_of(driver)["id_token"]
    read = partial(read_id_token, id_token, issuer=issuer)
    assert read(client_id=driver.application.client_id) == claims_of({"id_token": id_token})
    assert read(client_id="another") is None
    assert read_id_token(id_token, issuer="https://other.example.com") is None
    with ledger.later(3700):
        assert read() is None
        assert read(allow_expired=True)


@pytest.mark.spec("RFC 8725", "3.12")
def test_no_other_token_passes_for_one(driver: Driver) -> None:
    tokens = tokens_of(driver)
    signed = jws.sign({"sub": "1", "iss": "https://auth.example.com", "aud": "x"}, key_ring().signer("RS256"))
    for token in (tokens["access_token"], tokens["refresh_token"], signed, "", "a.b.c", "x" * 100_000):
        assert read_id_token(token, issuer="https://auth.example.com", allow_expired=True) is None
