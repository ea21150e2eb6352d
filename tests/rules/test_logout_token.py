"""Logout tokens and offline access: the rules, without a database."""

import pytest

from oauth_provider.protocol import jws
from oauth_provider.protocol.logout_token import LogoutToken, is_logout_uri, sign_logout_token
from oauth_provider.protocol.offline_access import ends_with_session
from tests.each import each
from tests.jose_keys import key, public

KNOWN = {"issuer": "https://auth.example.com", "client_id": "c", "issued_at": 1000, "jti": "j"}


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
@each("about", [{"subject": "7"}, {"sid": "s"}, {"subject": "7", "sid": "s"}], ids=str)
def test_a_logout_token_has_known_claims_and_no_nonce(about: dict[str, str]) -> None:
    claims = LogoutToken(**KNOWN, **about).members()
    assert {name: claims[name] for name in ("sub", "sid") if name in claims} == {
        {"subject": "sub"}.get(name, name): value for name, value in about.items()
    }
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert claims["exp"] == 1120
    assert "nonce" not in claims


@pytest.mark.spec("OIDC Back-Channel Logout", "2.2")
@each(
    "uri", ["", "x", "http://app.example.com/", "https://app.example.com/#", "ftp://a/", "https:///a", "https://u@a/"]
)
def test_other_uris_are_not_logout_uris(uri: str) -> None:
    assert not is_logout_uri(uri)


@pytest.mark.spec("OIDC Core", "11")
@each(
    ("scope", "ends"),
    [
        (["openid"], True),
        (["openid", "profile"], True),
        (["openid", "offline_access"], False),
        (["profile"], False),
        (["offline_access"], False),
        ([], False),
    ],
)
def test_what_ends_with_a_session(scope: list[str], ends: bool) -> None:
    assert ends_with_session(scope) is ends


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
def test_a_logout_token_has_these_claims_and_no_others() -> None:
    assert LogoutToken(**KNOWN, subject="7", sid="s").members() == {
        "iss": "https://auth.example.com",
        "sub": "7",
        "sid": "s",
        "aud": "c",
        "iat": 1000,
        "exp": 1120,
        "jti": "j",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }


@pytest.mark.spec("OIDC Back-Channel Logout", "2.4")
def test_a_logout_token_is_signed_as_one() -> None:
    token = LogoutToken(**KNOWN, subject="7")
    proven = jws.verify(sign_logout_token(token, key("ES256")), [public("ES256")], algorithms=("ES256",))
    assert proven.claims == token.members()
    assert proven.header["typ"] == "logout+jwt"


@pytest.mark.spec("OIDC Back-Channel Logout", "2.2")
def test_a_logout_uri_is_https_or_on_this_machine() -> None:
    assert is_logout_uri("https://app.example.com/logout?x=1")
    assert is_logout_uri("http://localhost:3000/logout")
    assert is_logout_uri("http://127.0.0.1/logout")
    assert not is_logout_uri("com.example.app:/logout")
