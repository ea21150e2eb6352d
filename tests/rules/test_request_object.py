"""Request objects (RFC 9101): one that its client signed for us is believed, for as long as it says."""

from typing import Any

import pytest

from oauth_provider.protocol import jws
from oauth_provider.protocol.errors import InvalidRequestObject
from oauth_provider.protocol.request_object import MAX_LIFETIME, SKEW, pairs_of, verify_request_object
from tests.each import each
from tests.jose_keys import key, public

ISSUER, CLIENT, NOW = "https://auth.example.com", "photos", 1_000_000.0
CLAIMS = {"iss": CLIENT, "aud": ISSUER, "client_id": CLIENT, "scope": "notes:read"}


def signed(typ: str = "oauth-authz-req+jwt", **changes: Any) -> str:
    """A request object by the client's key; None takes a claim away."""
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jws.sign(claims, key("ES256"), typ=typ)


def verified(token: str, **options: Any) -> Any:
    return verify_request_object(token, [public("ES256")], client_id=CLIENT, issuer=ISSUER, now=NOW, **options)


def refused(token: str, why: str, **options: Any) -> None:
    with pytest.raises(InvalidRequestObject, match=why):
        verified(token, **options)


@pytest.mark.spec("RFC 9101", "4")
def test_a_request_object_of_the_client_is_believed() -> None:
    assert verified(signed()) == CLAIMS
    assert verified(signed(aud=["https://other.example", ISSUER]))["scope"] == "notes:read"
    # Whoever names no client_id inside is known by iss.
    assert "client_id" not in verified(signed(client_id=None))
    for typ in ("JWT", "jwt", "application/oauth-authz-req+jwt", "OAUTH-AUTHZ-REQ+JWT"):
        assert verified(signed(typ)) == CLAIMS


@pytest.mark.spec("RFC 9101", "10.8")
def test_a_token_of_another_kind_is_no_request_object() -> None:
    refused(signed("at+jwt"), "no request object")
    refused(signed("logout+jwt"), "no request object")
    refused(signed(sub=CLIENT), "no request object")
    refused(signed(sub=""), "no request object")


@pytest.mark.spec("RFC 9101", "6")
def test_a_request_object_of_another_client_or_for_another_server_is_refused() -> None:
    refused(signed(iss="other"), "of another client")
    refused(signed(iss=None), "of another client")
    refused(signed(client_id="other"), "of another client")
    refused(signed(aud="https://other.example"), "another server")
    refused(signed(aud=[]), "another server")
    refused(signed(aud=None), "another server")
    refused(signed(aud=f"{ISSUER}/"), "another server")


@pytest.mark.spec("RFC 9101", "6")
def test_a_request_object_that_is_not_signed_as_it_must_be_is_refused() -> None:
    other = jws.sign(CLAIMS, key("ES256", 1), typ="oauth-authz-req+jwt")
    refused(other, "not signed")
    refused("no.such.token", "not signed")
    refused(signed(), "not signed", algorithms=("RS256",))
    with pytest.raises(InvalidRequestObject) as caught:
        verified(other)
    assert caught.value.detail


@pytest.mark.spec("RFC 9101", "4")
def test_a_request_object_holds_no_other() -> None:
    refused(signed(request="x"), "holds no other")
    refused(signed(request_uri="x"), "holds no other")


@each("name", ["exp", "nbf", "iat"])
@pytest.mark.spec("RFC 7519", "4.1")
def test_a_time_is_a_number(name: str) -> None:
    for odd in ("1", True, [1], {}):
        refused(signed(**{name: odd}), f"{name} is no time")
    assert verified(signed(**{name: NOW + 0.5 if name == "exp" else NOW - 0.5}))[name]


@pytest.mark.spec("RFC 7519", "4.1")
def test_an_expired_request_object_is_refused_unless_it_was_opened_in_time() -> None:
    assert verified(signed(exp=NOW + 1))["exp"] == NOW + 1
    refused(signed(exp=NOW), "expired")
    refused(signed(exp=NOW - 1), "expired")
    assert verified(signed(exp=NOW - 1), allow_expired=True)["exp"] == NOW - 1


@pytest.mark.spec("RFC 7519", "4.1")
def test_a_request_object_is_not_good_before_its_time_nor_for_longer_than_a_day() -> None:
    assert verified(signed(nbf=NOW + SKEW))["nbf"] == NOW + SKEW
    refused(signed(nbf=NOW + SKEW + 1), "not good yet")
    assert verified(signed(exp=NOW + MAX_LIFETIME))["exp"] == NOW + MAX_LIFETIME
    refused(signed(exp=NOW + MAX_LIFETIME + 1), "for too long")
    # One that was opened in time may still not be good for years.
    refused(signed(exp=NOW + MAX_LIFETIME + 1), "for too long", allow_expired=True)


@pytest.mark.spec("RFC 9101", "4")
def test_known_parameters_stand_as_in_a_query() -> None:
    known = {"scope", "max_age", "claims", "authorization_details"}
    claims = {
        "scope": "a b",
        "max_age": 0,
        "claims": {"userinfo": None},
        "authorization_details": [{"type": "x"}],
        "resource": ["https://a.example/", "https://b.example/"],
        "iss": CLIENT,
    }

    assert pairs_of(claims, known) == [
        ("scope", "a b"),
        ("max_age", "0"),
        ("claims", '{"userinfo": null}'),
        ("authorization_details", '[{"type": "x"}]'),
        ("resource", "https://a.example/"),
        ("resource", "https://b.example/"),
    ]
    assert pairs_of({"resource": "https://a.example/"}, known) == [("resource", "https://a.example/")]
    assert pairs_of({}, known) == []


@each(
    ("name", "value"),
    [
        ("scope", ["a"]),
        ("scope", 5),
        ("max_age", True),
        ("max_age", 1.5),
        ("state", 5),
        ("claims", ["a"]),
        ("authorization_details", {"type": "x"}),
        ("scope", {}),
        ("resource", [5]),
        ("resource", {"a": "b"}),
    ],
)
@pytest.mark.spec("RFC 9101", "4")
def test_a_parameter_of_the_wrong_type_is_refused(name: str, value: Any) -> None:
    with pytest.raises(InvalidRequestObject, match=f"{name} is of the wrong type"):
        pairs_of({name: value}, {"scope", "max_age", "state", "claims", "authorization_details"})
