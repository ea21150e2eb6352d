"""JWT access tokens (RFC 9068): what one says, and everything that is none."""

import json
from typing import Any

import pytest

from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import MAX_TIME, TYP, JwtAccessToken, sign_access_token, verify_access_token
from oauth_provider.protocol.id_token import IdToken, sign_id_token, verify_id_token
from oauth_provider.protocol.jose import JoseError
from oauth_provider.protocol.jws import UnknownKey
from tests import jose_keys
from tests.each import each

pytestmark = pytest.mark.spec("RFC 9068", "4")

ISSUER, API, NOW = "https://as.example", "https://api.example/notes", 1_700_000_000
LEAST = {
    "iss": ISSUER, "sub": "7", "aud": API, "client_id": "web", "exp": NOW + 300, "iat": NOW, "jti": "one",
}  # fmt: skip
KEY = jose_keys.key("ES256")


def signed(typ: str = TYP, key: Any = KEY, **changes: Any) -> str:
    """A token; a change to None leaves the claim out."""
    claims = {name: value for name, value in {**LEAST, **changes}.items() if value is not None}
    return jws.sign(claims, key, typ=typ)


def verify(token: str, **changes: Any) -> JwtAccessToken:
    return verify_access_token(token, [KEY], **({"issuer": ISSUER, "now": NOW + 1} | changes))


@pytest.mark.spec("RFC 9068", "2.2")
def test_what_was_signed_is_read() -> None:
    said = JwtAccessToken(
        issuer=ISSUER,
        subject="7",
        client_id="web",
        audience=(API, "urn:example:other"),
        expires=NOW + 300,
        issued_at=NOW,
        jti="one",
        scope="notes:read",
        auth_time=NOW - 60,
        acr="mfa",
        amr=("pwd", "otp"),
        cnf={"jkt": "x"},
        act={"sub": "agent"},
        authorization_details=({"type": "payment"},),
        authorization_id="an id",
    )
    assert verify(sign_access_token(said, KEY)) == said


@pytest.mark.spec("RFC 9068", "2.1")
@each("typ", ["at+jwt", "application/at+jwt", "AT+JWT"])
def test_what_is_not_known_is_left_out(typ: str) -> None:
    read = verify(signed(typ))
    assert read.members() == LEAST
    assert not read.is_clients_own


@pytest.mark.spec("RFC 9068", "2.1")
@each("typ", ["JWT", "", "jwt+at", "logout+jwt", "at+jwt ", "application/application/at+jwt", "at"])
def test_another_type_is_refused(typ: str) -> None:
    with pytest.raises(JoseError, match="type"):
        verify(signed(typ))


@pytest.mark.spec("RFC 9068", "2.2")
@each("name", LEAST)
@each("value", [None, "", [], {}, True, [7], -1, 10**15, 1e308, "\x00", "\ud800"], ids=ascii)
def test_what_is_required_is_there_and_of_its_type(name: str, value: Any) -> None:
    header = json.dumps({"alg": "ES256", "kid": KEY.kid, "typ": TYP})
    claims = {key: one for key, one in {**LEAST, name: value}.items() if one is not None}
    with pytest.raises(JoseError):
        verify(jose_keys.forge(header, json.dumps(claims), KEY.sign))


@each(
    "changes",
    [
        {"scope": ["notes:read"]},
        {"scope": 7},
        {"acr": ["mfa"]},
        {"amr": "pwd"},
        {"amr": [7]},
        {"auth_time": "yesterday"},
        {"auth_time": True},
        {"nbf": "soon"},
        {"cnf": "x"},
        {"cnf": []},
        {"act": "x"},
        {"authorization_details": {}},
        {"authorization_details": ["x"]},
        {"authorization_id": 7},
        {"authorization_id": {}},
        {"aud": [API, 7]},
        {"aud": [API, ""]},
        {"scope": "a\x00b"},
        {"anything": ["\x00"]},
    ],
    ids=str,
)
def test_a_claim_of_the_wrong_type_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(JoseError):
        verify(signed(**changes))


@each("name", ["scope", "acr", "cnf", "act", "amr", "auth_time", "authorization_id"])
def test_null_is_no_value(name: str) -> None:
    header = json.dumps({"alg": "ES256", "kid": KEY.kid, "typ": TYP})
    with pytest.raises(JoseError):
        verify(jose_keys.forge(header, json.dumps({**LEAST, name: None}), KEY.sign))


@each(
    ("changes", "terms", "problem"),
    [
        ({"iss": "https://as.example/"}, {}, "another issuer"),
        ({"iss": "https://evil.example"}, {}, "another issuer"),
        ({"exp": NOW + 1}, {}, "expired"),
        ({"exp": NOW}, {"leeway": 60}, "expired"),
        ({"iat": NOW + 12}, {"leeway": 10}, "not come"),
        ({"nbf": NOW + 12}, {"leeway": 10}, "not come"),
        ({"nbf": NOW + 2}, {}, "not come"),
        ({}, {"algorithms": ["RS256"]}, "algorithm"),
        ({}, {"algorithms": []}, "algorithm"),
    ],
)
def test_a_token_for_other_terms_is_refused(changes: dict[str, Any], terms: dict[str, Any], problem: str) -> None:
    with pytest.raises(JoseError, match=problem):
        verify(signed(**changes), **terms)


def test_the_clock_of_the_issuer_may_run_ahead_a_little() -> None:
    assert verify(signed(iat=NOW + 11, nbf=NOW + 11), leeway=10).jti == "one"
    assert verify(signed(iss="https://whoever.example"), issuer=None).issuer == "https://whoever.example"


def test_another_key_is_refused() -> None:
    with pytest.raises(UnknownKey):
        verify(signed(key=jose_keys.key("ES256", 1)))
    forged = jose_keys.forge(
        json.dumps({"alg": "ES256", "kid": KEY.kid, "typ": TYP}), json.dumps(LEAST), jose_keys.key("ES256", 1).sign
    )
    with pytest.raises(JoseError, match="signature"):
        verify(forged)


@pytest.mark.spec("RFC 9068", "2.2")
@each(
    ("changes", "own"),
    [({"sub": "web"}, True), ({}, False), ({"sub": "web", "authorization_id": "an id"}, False)],
)
def test_a_clients_own_token_names_the_client_and_no_sign_in(changes: dict[str, Any], own: bool) -> None:
    assert verify(signed(**changes)).is_clients_own is own


@pytest.mark.spec("RFC 8725", "3.11")
def test_neither_passes_for_the_other() -> None:
    id_token = IdToken(issuer=ISSUER, subject="7", client_id="web", issued_at=NOW, lifetime=300)
    complete = IdToken(
        issuer=ISSUER,
        subject="7",
        client_id=API,
        issued_at=NOW,
        lifetime=300,
        claims={"jti": "one", "client_id": "web"},
    )
    for token in (id_token, complete):
        with pytest.raises(JoseError, match="type"):
            verify(sign_id_token(token, KEY))
    with pytest.raises(JoseError, match="type"):
        verify_id_token(signed(aud="web"), [KEY], issuer=ISSUER, now=NOW + 1, client_id="web")


def test_a_report_of_it_does_not_show_what_it_is_bound_to() -> None:
    shown = repr(verify(signed(cnf={"jkt": "thumb"}, authorization_details=[{"type": "secret"}])))
    assert "thumb" not in shown
    assert "secret" not in shown


@pytest.mark.spec("RFC 7519", "4.1")
def test_times_reach_from_the_epoch_to_the_last_year_that_can_be_written() -> None:
    assert verify(signed(iat=0, auth_time=0)).issued_at == 0
    assert verify(signed(exp=MAX_TIME)).expires == MAX_TIME
    for name, odd in (("iat", -1), ("exp", MAX_TIME + 1), ("auth_time", -0.5)):
        with pytest.raises(JoseError):
            verify(signed(**{name: odd}))
