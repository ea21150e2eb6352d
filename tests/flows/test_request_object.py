"""Request objects (RFC 9101, OpenID Connect Core §6.1): what a client signed counts, by value and pushed."""

import json
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser

from oauth_provider.models import Authorization
from oauth_provider.models.client import check_jwks
from oauth_provider.protocol import jws
from tests import jose_keys, ledger
from tests.driver import AUTHORIZE, METADATA, Driver, query_of, signed_in
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.flows.request_objects import ISSUER, SIGNED_ALONE, claims_of, goes_back, jwks, send, signed
from tests.settings import OAUTH_PROVIDER

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9101", "6")]


@pytest.fixture
def driver() -> Driver:
    """A client with keys, in the browser of somebody signed in."""
    return signed_in(UserFactory(username="ann"), policy={"jwks": jwks("RS256", "ES256", "PS256", "EdDSA")})


@pytest.mark.spec("OIDC Core", "6.1")
@pytest.mark.spec("RFC 9101", "5")
@each("alg", ["RS256", "ES256", "PS256", "EdDSA"])
def test_a_signed_request_is_answered(driver: Driver, alg: str) -> None:
    page = send(driver, signed(driver, alg, nonce="n"))["Location"]
    answer = query_of(driver.decide(page)["Location"])
    assert set(answer) == {"code", "state", "iss"}
    assert driver.redeem(answer["code"]).status_code == 200
    assert Authorization.objects.get().nonce == "n"


@pytest.mark.spec("RFC 9101", "6.3")
@pytest.mark.spec("OIDF", "oidcc-ensure-request-object-with-redirect-uri")
@pytest.mark.spec("OIDF", "fapi2-security-profile-final-ensure-different-state-inside-and-outside-request-object")
def test_nothing_that_stands_beside_it_counts(driver: Driver) -> None:
    beside = {"redirect_uri": "https://evil.example.com/", "state": "another", "scope": "photos:read", "prompt": "none"}
    response = send(driver, signed(driver), **beside)
    answer = query_of(driver.decide(response["Location"])["Location"])
    assert answer["state"] == "a state"
    assert Authorization.objects.get().scope == "notes:read notes:write"


@pytest.mark.spec("OIDF", "fapi2-security-profile-final-state-only-outside-request-object-not-used")
def test_a_state_outside_is_not_sent_back(driver: Driver) -> None:
    page = send(driver, signed(driver, state=None), state="outside")["Location"]
    assert set(query_of(driver.decide(page)["Location"])) == {"code", "iss"}


@each(
    "changes",
    [
        {"aud": ["https://other.example.com", ISSUER]},
        {"exp": None, "nbf": None},
        {"typ": "JWT"},
        {"max_age": 1000},
        {"nbf": int(time.time()) + 8},
        {"claims": {"id_token": {"acr": None}}},
        {"client_id": None},
        {"extra": {"any": "thing"}},
    ],
    ids=",".join,
)
def test_what_a_client_may_say_so_or_so_is_taken_both_ways(driver: Driver, changes: dict[str, Any]) -> None:
    assert send(driver, signed(driver, **changes))["Location"].startswith("/oauth/consent/")


BAD_CLAIMS = [
    {"aud": None},
    {"aud": "https://other.example.com"},
    {"aud": ["https://other.example.com"]},
    {"iss": None},
    {"iss": "another"},
    {"client_id": "another"},
    {"sub": "client"},
    {"exp": 1},
    {"exp": "soon"},
    {"exp": True},
    {"exp": int(time.time()) + 400_000},
    {"nbf": int(time.time()) + 80_000},
    {"nbf": [1]},
    {"request": "e30.e30."},
    {"request_uri": "https://app.example.com/request.jwt"},
    {"scope": ["notes:read"]},
    {"state": 5},
    {"max_age": True},
    {"claims": []},
    {"resource": [5]},
]


@pytest.mark.spec("RFC 9101", "4")
@each("changes", BAD_CLAIMS, ids=",".join)
def test_a_claim_that_is_wrong_is_refused_and_leaves_nothing(driver: Driver, changes: dict[str, Any]) -> None:
    token = signed(driver, **changes)
    with ledger.unchanged():
        goes_back(send(driver, token))
        ledger.refused(driver.push(request=token), "invalid_request_object")


FORGED: dict[str, Any] = {
    "nonsense": lambda driver: "nonsense",
    "none": lambda driver: jose_keys.forge('{"alg":"none"}', json.dumps(claims_of(driver)), lambda message: b""),
    "NONE": lambda driver: jose_keys.forge('{"alg":"NONE"}', json.dumps(claims_of(driver)), lambda message: b""),
    "no signature": lambda driver: signed(driver).rpartition(".")[0] + ".",
    "another signature": lambda driver: signed(driver).rpartition(".")[0] + "." + "A" * 86,
    "another's key": lambda driver: jws.sign(claims_of(driver), jose_keys.key("ES256", 7)),
    "a client assertion": lambda driver: signed(driver, sub=driver.application.client_id, typ="JWT"),
    "another type": lambda driver: signed(driver, typ="dpop+jwt"),
    "HS256": lambda driver: jose_keys.forge(
        '{"alg":"HS256"}', json.dumps(claims_of(driver)), lambda message: b"x" * 32
    ),
    "empty": lambda driver: "..",
    "NUL": lambda driver: "\x00",
    "long": lambda driver: "a" * 9000,
}


@pytest.mark.spec("RFC 9101", "10.8")
@pytest.mark.spec("RFC 9101", "6.2")
@pytest.mark.spec("OIDF", "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported")
@each("make", FORGED.values(), ids=FORGED)
def test_what_the_client_did_not_sign_is_refused(driver: Driver, make: Any) -> None:
    token = make(driver)
    with ledger.unchanged():
        goes_back(send(driver, token))


def test_an_error_in_it_goes_where_it_says(driver: Driver) -> None:
    with ledger.unchanged():
        assert goes_back(send(driver, signed(driver, scope="nothing:here")), "invalid_scope")["state"] == "a state"
        ledger.is_error_page(send(driver, signed(driver, redirect_uri="https://evil.example.com/")))


def test_a_client_without_keys_signs_nothing() -> None:
    driver = signed_in(policy={})
    with ledger.unchanged():
        goes_back(send(driver, signed(driver)))


@each("name", ["client_id", "request", "state"])
def test_what_is_repeated_beside_it_is_refused(driver: Driver, name: str) -> None:
    query = {"client_id": driver.application.client_id, "request": signed(driver)}
    with ledger.unchanged():
        response = driver.browser.get(AUTHORIZE, {**query, name: [query.get(name, "x")] * 2})
    assert response.status_code == 400 if name == "client_id" else goes_back(response)


def test_another_clients_object_is_refused(driver: Driver) -> None:
    other = ApplicationFactory(policy={"jwks": jwks("ES256")})
    with ledger.unchanged():
        goes_back(send(driver, signed(driver), client_id=other.client_id))
        ledger.is_error_page(send(driver, signed(driver), client_id="nobody"))


def test_it_survives_the_login_though_it_expires_meanwhile(driver: Driver) -> None:
    driver.browser = Browser()
    token = signed(driver, prompt="login", login_hint="ann")
    login = send(driver, token)["Location"]
    assert urlsplit(login).path == "/accounts/login/"
    assert query_of(login)["login_hint"] == "ann"
    with ledger.later(600):
        back = driver.browser.post(login, {"username": "ann", "password": "correct horse"})["Location"]
        page = driver.browser.get(back)["Location"]
        assert "code" in query_of(driver.decide(page)["Location"])
        with ledger.unchanged():
            goes_back(send(driver, token))


@pytest.mark.spec("RFC 9126", "3")
def test_it_is_pushed(driver: Driver) -> None:
    response = driver.push(request=signed(driver), scope=None, state="outside")
    assert response.status_code == 201
    page = driver.open(response.json()["request_uri"])["Location"]
    answer = query_of(driver.decide(page)["Location"])
    assert answer["state"] == "a state"


@pytest.mark.spec("RFC 9126", "5")
def test_a_signed_request_is_no_pushed_one(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS": True}
    with ledger.unchanged():
        goes_back(send(driver, signed(driver)), "invalid_request")


@pytest.mark.spec("RFC 9101", "9.2")
def test_it_is_advertised(driver: Driver, settings: Any) -> None:
    document = driver.browser.get(METADATA).json()
    assert document["request_parameter_supported"] is True
    assert document["request_uri_parameter_supported"] is False
    assert document["request_object_signing_alg_values_supported"] == ["RS256", "ES256", "PS256", "EdDSA"]
    assert document["require_signed_request_object"] is False
    settings.OAUTH_PROVIDER = SIGNED_ALONE
    assert driver.browser.get(METADATA).json()["require_signed_request_object"] is True


@each("value", [[], {}, {"keys": []}, {"keys": "x"}, {"keys": [jose_keys.private_jwk("ES256")]}, "x", {"keys": [{}]}])
def test_keys_that_cannot_be_used_are_not_registered(value: Any) -> None:
    with pytest.raises(ValidationError):
        check_jwks(value)
    check_jwks(jwks("ES256"))
