"""Encrypted ID tokens (OpenID Connect Core §10.2): to the client's own key, or no ID token at all."""

import logging
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection

from oauth_provider.clients.keys import jwks_uri
from oauth_provider.fetch import Fetched, FetchError
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.jose import left_half_hash
from oauth_provider.protocol.jwe import CONTENT_ENCRYPTION
from tests import jose_keys, ledger
from tests.backchannel import TOLD, deliver, listening
from tests.client_keys import JWKS_URI
from tests.driver import METADATA, Driver, query_of, signed_in
from tests.each import each
from tests.encryption import ALGS, answering, made, opened, policy, private, public

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Core", "10.2")]

NONCE = "n-0S6_WzA2Mj"
SIGNING = dict(jose_keys.public("RS256").public_jwk)


def somebody(*keys: dict[str, Any], **columns: Any) -> Driver:
    driver = signed_in(policy=policy(*keys, **columns))
    driver.scope = "openid notes:read"
    return driver


def published(web: Any, monkeypatch: pytest.MonkeyPatch, **columns: Any) -> Driver:
    """A client whose keys are at an address that ``web`` answers for."""
    monkeypatch.setattr(jwks_uri, "fetch", web)
    return somebody(public("P-256"), jwks=None, jwks_uri=JWKS_URI, **columns)


# -- what the client gets --------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "16.14")
@pytest.mark.spec("RFC 7519", "5.2")
@each("kind", ["RSA", "P-256", "P-384", "P-521", "X25519"])
def test_the_client_opens_it_and_finds_a_signed_token(kind: str) -> None:
    driver = somebody(public(kind))
    tokens = driver.redeem(driver.code(nonce=NONCE)).json()
    token = opened(tokens["id_token"], kind)
    assert token.header["alg"] == ALGS[public(kind)["kty"]]
    assert (token.header["enc"], token.header["cty"]) == ("A128CBC-HS256", "JWT")
    assert token.header["kid"] == public(kind)["kid"]
    assert (token.claims["aud"], token.claims["nonce"]) == (driver.application.client_id, NONCE)
    assert token.claims["at_hash"] == left_half_hash("RS256", tokens["access_token"])


@pytest.mark.spec("OIDC Registration", "2")
@each("enc", CONTENT_ENCRYPTION)
@each("alg", ["ES256", "PS256"])
def test_the_client_chooses_how_it_is_signed_and_encrypted(enc: str, alg: str) -> None:
    columns = {"id_token_encrypted_response_enc": enc, "id_token_signed_response_alg": alg}
    token = opened(somebody(public("RSA"), **columns).tokens()["id_token"], "RSA")
    assert (token.header["enc"], token.inner_header["alg"]) == (enc, alg)


@pytest.mark.spec("OIDC Core", "12.2")
def test_so_is_each_that_a_refresh_brings_and_a_repeated_one_too() -> None:
    driver = somebody(public("RSA"))
    tokens = driver.tokens()
    first = driver.refresh(tokens["refresh_token"]).json()
    again = driver.refresh(tokens["refresh_token"]).json()
    assert opened(first["id_token"], "RSA").claims["at_hash"] == left_half_hash("RS256", first["access_token"])
    assert opened(again["id_token"], "RSA").claims["at_hash"] == opened(first["id_token"], "RSA").claims["at_hash"]
    assert again["id_token"] != first["id_token"]


def test_nobody_else_opens_it() -> None:
    id_token = somebody(public("RSA")).tokens()["id_token"]
    for kind, number in (("RSA", 1), ("RSA-4096", 0)):
        with pytest.raises(Exception, match="provided key"):
            opened(id_token, kind, number)


def test_other_clients_get_theirs_as_ever() -> None:
    driver = signed_in(policy={"jwks": {"keys": [public("RSA")]}})
    driver.scope = "openid"
    assert driver.tokens()["id_token"].count(".") == 2


def test_discovery_says_what_there_is(driver: Driver) -> None:
    document = driver.browser.get(METADATA).json()
    assert document["id_token_encryption_alg_values_supported"] == ["RSA-OAEP-256", "ECDH-ES"]
    assert document["id_token_encryption_enc_values_supported"] == list(CONTENT_ENCRYPTION)
    assert "RSA1_5" not in str(document)


# -- which key -------------------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "10")
def test_a_key_for_signatures_is_passed_over() -> None:
    driver = somebody(public("RSA", 1, use="sig"), SIGNING, public("P-256"), public("RSA"), alg="RSA-OAEP-256")
    assert opened(driver.tokens()["id_token"], "RSA").header["kid"] == "RSA-0"


def test_a_key_that_says_what_it_is_for_goes_before_one_that_does_not() -> None:
    driver = somebody(public("RSA", 1, use=None), public("RSA"))
    assert opened(driver.tokens()["id_token"], "RSA").header["kid"] == "RSA-0"


NO_KEY: list[dict[str, Any]] = [
    {"keys": [SIGNING]},
    {"keys": [public("RSA", use="sig")]},
    {"keys": [public("RSA", alg="RS256")]},
    {"keys": [public("RSA", alg="RSA1_5")]},
    {"keys": [private("RSA")]},
    {"keys": [public("P-256")]},
    {"keys": [public("RSA", n=made("RSA").export_public(as_dict=True)["n"][:170])]},
    {"keys": [public("RSA", n="_" * 4000)]},
    {"keys": [{"kty": "oct", "k": "c2VjcmV0c2VjcmV0", "use": "enc", "alg": "RSA-OAEP-256"}]},
    {"keys": []},
    {"keys": "x"},
    {},
]


@pytest.mark.parametrize("exchange", ["redeem", "refresh"])
@pytest.mark.parametrize("jwks", [*NO_KEY, None], ids=map(str, range(len(NO_KEY) + 1)))
def test_where_there_is_no_key_for_it_nothing_is_issued_and_nothing_spent(
    jwks: Any, exchange: str, caplog: pytest.LogCaptureFixture
) -> None:
    driver = somebody(public("RSA"))
    credential = driver.code() if exchange == "redeem" else driver.tokens()["refresh_token"]
    ClientPolicy.objects.update(jwks=jwks)
    with caplog.at_level(logging.WARNING, "oauth_provider.clients"), ledger.unchanged():
        response = getattr(driver, exchange)(credential)
        ledger.refused(response, "server_error", 500)
    assert "no key for RSA-OAEP-256 in its jwks" in caplog.text
    ClientPolicy.objects.update(jwks={"keys": [public("RSA")]})
    assert opened(getattr(driver, exchange)(credential).json()["id_token"], "RSA")


@each("column", ["id_token_encrypted_response_alg", "id_token_encrypted_response_enc"])
@each("value", ["RSA1_5", "none", "dir"])
def test_what_nobody_offers_is_not_done_whoever_wrote_it_into_the_database(column: str, value: str) -> None:
    driver = somebody(public("RSA"))
    code = driver.code()
    ClientPolicy.objects.update(**{column: value})
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "server_error", 500)


def test_a_sign_in_without_openid_needs_no_key() -> None:
    driver = somebody(public("RSA"))
    ClientPolicy.objects.update(jwks=None)
    assert driver.redeem(driver.code(scope="notes:read")).status_code == 200


def test_the_keys_of_others_are_not_asked() -> None:
    somebody(public("RSA"))
    driver = somebody(public("RSA", 1))
    assert opened(driver.tokens()["id_token"], "RSA", 1)


# -- keys at an address ----------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "10.2.1")
@pytest.mark.usefixtures("clock_cache")
def test_they_are_fetched_once_and_a_new_one_is_found_when_they_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [answering(public("P-256"), SIGNING), answering(public("P-256", 1), SIGNING)]
    asked: list[str] = []

    def web(url: str, *args: Any, **kwargs: Any) -> Fetched:
        asked.append(url)
        return answers[len(asked) - 1]

    driver = published(web, monkeypatch)
    tokens = driver.tokens()
    assert opened(tokens["id_token"], "P-256").header["kid"] == "P-256-0"
    tokens = driver.refresh(tokens["refresh_token"]).json()
    assert asked == [JWKS_URI]
    with ledger.later(jwks_uri.FRESH + 1):
        tokens = driver.refresh(tokens["refresh_token"]).json()
        assert opened(tokens["id_token"], "P-256", 1).header["kid"] == "P-256-1"


@pytest.mark.usefixtures("clock_cache")
def test_while_they_cannot_be_had_nothing_is_spent_and_nothing_leaves_in_the_clear(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*args: Any, **kwargs: Any) -> Fetched:
        raise FetchError("down")

    driver = published(down, monkeypatch)
    code = driver.code()
    with ledger.unchanged():
        response = driver.redeem(code)
        ledger.refused(response, "temporarily_unavailable", 503)
        assert response["Retry-After"]
    monkeypatch.setattr(jwks_uri, "PAUSE", 0)
    monkeypatch.setattr(jwks_uri, "fetch", lambda *args, **kwargs: answering(public("P-256")))
    with ledger.later(jwks_uri.PAUSE):
        caches["default"].clear()
        assert opened(driver.redeem(code).json()["id_token"], "P-256")


@pytest.mark.usefixtures("clock_cache")
@each("jwk", [private("P-256"), public("P-256", use="sig"), public("P-256", crv="P-384"), SIGNING])
def test_an_address_that_has_no_good_key_is_as_bad_as_none(monkeypatch: pytest.MonkeyPatch, jwk: Any) -> None:
    driver = published(lambda *args, **kwargs: answering(jwk), monkeypatch)
    code = driver.code()
    with ledger.unchanged():
        ledger.refused(driver.redeem(code), "server_error", 500)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("clock_cache")
def test_nothing_is_fetched_while_a_row_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[bool] = []

    def web(*args: Any, **kwargs: Any) -> Fetched:
        inside.append(connection.in_atomic_block)
        return answering(public("P-256"))

    driver = published(web, monkeypatch)
    tokens = driver.tokens()
    caches["default"].clear()
    driver.refresh(tokens["refresh_token"])
    assert inside == [False, False]


# -- what it is not good for -----------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_as_a_hint_it_says_nothing_but_what_is_inside_does() -> None:
    driver = somebody(public("RSA"))
    id_token = driver.tokens()["id_token"]
    refused = query_of(driver.authorize(id_token_hint=id_token, prompt="none")["Location"])
    assert refused["error"] == "invalid_request"
    assert "code" not in refused
    inner = opened(id_token, "RSA").inner
    assert "code" in query_of(driver.authorize(id_token_hint=inner, prompt="none")["Location"])


def test_as_a_hint_for_logging_out_neither() -> None:
    driver = somebody(public("RSA"))
    id_token = driver.tokens()["id_token"]
    response = driver.browser.get("/oauth/logout", {"id_token_hint": id_token})
    assert response.status_code == 400
    assert "_auth_user_id" in driver.browser.session


def test_it_is_no_access_token_and_stands_in_no_table() -> None:
    driver = somebody(public("RSA"))
    id_token = driver.tokens()["id_token"]
    assert not ledger.is_good(id_token)
    assert driver.introspect(id_token).status_code in (200, 401, 403)
    for part in (*id_token.split(".")[1:], *opened(id_token, "RSA").inner.split(".")):
        assert part not in ledger.text()


# -- logout tokens ---------------------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
@pytest.mark.spec("RFC 7519", "5.3")
def test_logout_tokens_are_encrypted_as_id_tokens_are() -> None:
    driver = somebody(public("RSA"), backchannel_logout_uri=TOLD)
    claims = opened(driver.tokens()["id_token"], "RSA").claims
    driver.browser.logout()
    with listening() as told:
        deliver()
    token = opened(told.tokens()[0], "RSA")
    assert token.header["iss"] == claims["iss"]
    assert token.inner_header["typ"] == "logout+jwt"
    assert (token.claims["sub"], token.claims["sid"]) == (claims["sub"], claims["sid"])


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
def test_where_there_is_no_key_for_one_nothing_is_sent_and_it_is_tried_again() -> None:
    driver = somebody(public("RSA"), backchannel_logout_uri=TOLD)
    driver.tokens()
    driver.browser.logout()
    ClientPolicy.objects.update(jwks=None)
    with listening() as told:
        assert "1 to be tried again" in deliver()
        assert told.got == []


@pytest.fixture
def driver() -> Driver:
    return somebody(public("RSA"))
