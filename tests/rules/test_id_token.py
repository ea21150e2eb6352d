"""ID tokens (OpenID Connect Core §2): what they say, and which JWTs are ID tokens of ours."""

import pytest

from oauth_provider.protocol import jws
from oauth_provider.protocol.id_token import IdToken, sign_id_token, sign_members, verify_id_token
from oauth_provider.protocol.jose import JoseError
from tests.each import each
from tests.jose_keys import key, public

ISSUER, NOW = "https://auth.example.com", 1_000_000
FACTS = {"issuer": ISSUER, "subject": "7", "client_id": "web", "issued_at": NOW, "lifetime": 600}
LEAST = {"iss": ISSUER, "sub": "7", "aud": "web", "azp": "web", "exp": NOW + 600, "iat": NOW}


def verify(token, **options):
    options = {"issuer": ISSUER, "now": NOW} | options
    return verify_id_token(token, [public("ES256")], **options)


def signed(**changes):
    """A JWT of ours with these claims; a change to None leaves one out."""
    claims = {name: value for name, value in (LEAST | changes).items() if value is not None}
    return jws.sign(claims, key("ES256"))


@pytest.mark.spec("OIDC Core", "2")
def test_an_id_token_leaves_out_unknown_claims():
    assert IdToken(**FACTS).members() == LEAST


@pytest.mark.spec("OIDC Core", "2")
def test_an_id_token_has_known_claims():
    known = {"at_hash": "h", "nonce": "n", "auth_time": 0, "acr": "2", "amr": ("pwd", "otp"), "sid": "s"}
    assert IdToken(**FACTS, **known).members() == LEAST | known | {"amr": ["pwd", "otp"]}


@pytest.mark.spec("OIDC Core", "5.6")
def test_a_claim_about_a_person_cannot_pass_for_one_of_the_protocol():
    claims = {
        "sub": "8",
        "iss": "https://evil.example.com",
        "exp": 9e9,
        "aud": "other",
        "azp": "other",
        "iat": 0,
        "name": "Ann",
    }
    assert IdToken(**FACTS, claims=claims).members() == LEAST | {"name": "Ann"}


def test_an_id_token_of_this_issuer_is_verified():
    assert verify(sign_id_token(IdToken(**FACTS), key("ES256")), client_id="web") == LEAST


@pytest.mark.spec("OIDC Core", "3.1.3.7")
@each(
    "changes",
    [
        {"iss": None},
        {"iss": f"{ISSUER}/"},
        {"iss": [ISSUER]},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": ["7"]},
        {"exp": None},
        {"exp": NOW},
        {"exp": str(NOW + 600)},
        {"exp": True},
        {"iat": None},
        {"iat": "1"},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}},
    ],
    ids=str,
)
def test_what_is_no_id_token_of_ours_is_refused(changes):
    with pytest.raises(JoseError):
        verify(signed(**changes))


@each("aud", [None, "other", ["web"], ["other", "web"], {"web": 1}, "WEB"], ids=str)
def test_an_id_token_for_another_client_is_refused(aud):
    with pytest.raises(JoseError):
        verify(signed(aud=aud), client_id="web")


@each("typ", ["at+jwt", "logout+jwt", "oauth-authz-req+jwt", "", "application/at+jwt"])
def test_another_kind_of_jwt_is_refused(typ):
    with pytest.raises(JoseError):
        verify(jws.sign(LEAST, key("ES256"), typ=typ))


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_a_hint_may_have_expired_but_not_lost_its_end():
    assert verify(signed(), now=NOW + 10_000, allow_expired=True)["sub"] == "7"
    with pytest.raises(JoseError):
        verify(signed(exp=None), allow_expired=True)


def test_an_id_token_signed_by_another_key_is_refused():
    with pytest.raises(JoseError):
        verify(jws.sign(LEAST, key("ES256", 1)))


@pytest.mark.spec("OIDC Core", "2")
def test_an_id_token_has_these_claims_and_no_others():
    full = IdToken(
        issuer="https://as.example", subject="7", client_id="web", issued_at=1000, lifetime=60, at_hash="a", c_hash="c",
        nonce="n", auth_time=0, acr="mfa", amr=("pwd",), sid="s", claims={"name": "Robin", "sub": "another"},
    )  # fmt: skip
    assert full.members() == {
        "name": "Robin", "sub": "7", "iss": "https://as.example", "aud": "web", "azp": "web", "iat": 1000, "exp": 1060,
        "at_hash": "a", "c_hash": "c", "nonce": "n", "auth_time": 0, "acr": "mfa", "amr": ["pwd"], "sid": "s",
    }  # fmt: skip
    for token in (sign_id_token(full, key("ES256")), sign_members(full.members(), key("ES256"))):
        assert jws.verify(token, [key("ES256")], algorithms=("ES256",)).header["typ"] == "JWT"
