"""Client metadata in JSON (RFC 7591 §2): types, sizes, defaults, and what fits together. No database."""

from typing import Any

import pytest

from oauth_provider.protocol.client_metadata import application_type, read_members, with_defaults
from oauth_provider.protocol.errors import InvalidClientMetadata, InvalidRedirectUri, OAuthError
from tests.each import each

pytestmark = pytest.mark.spec("RFC 7591", "2")
KNOWN = ("authorization_code", "refresh_token", "client_credentials")


def test_unknown_members_and_null_are_left_out() -> None:
    assert read_members({"client_name": None, "unheard_of": object(), "x#y": 1}) == {}


def test_values_are_kept_once_and_in_order() -> None:
    read = read_members({"redirect_uris": ["https://b.example/", "https://a.example/", "https://b.example/"]})
    assert read == {"redirect_uris": ("https://b.example/", "https://a.example/")}


@each("value", [1, True, [], {}, 1.5, "\x00", "\udc00", "a\nb", "x" * 5000])
@each("member", ["client_name", "jwks_uri", "scope", "software_id", "initiate_login_uri", "software_statement"])
def test_a_text_is_a_text(member: str, value: Any) -> None:
    if member in ("scope", "software_statement") and value == "x" * 5000:
        return
    with pytest.raises(InvalidClientMetadata) as refused:
        read_members({member: value})
    assert member in refused.value.description


@pytest.mark.spec("OIDC Registration", "2")
@each("uri", ["http://app.example.com/", "javascript:alert(1)", "//app.example.com", "https://me@app.example.com/"])
def test_pages_are_https(uri: str) -> None:
    with pytest.raises(InvalidClientMetadata):
        read_members({"initiate_login_uri": uri})


@pytest.mark.spec("RFC 7591", "2.1")
@each(
    ("members", "fits"),
    [
        ({}, True),
        ({"grant_types": ("authorization_code", "refresh_token")}, True),
        ({"grant_types": ("client_credentials",)}, True),
        ({"grant_types": ("client_credentials",), "response_types": ("code",)}, False),
        ({"grant_types": ("authorization_code",), "response_types": ()}, False),
        ({"response_types": ("token",)}, False),
        ({"grant_types": ("implicit",), "response_types": ("token",)}, False),
        ({"grant_types": ("authorization_code", "implicit"), "response_types": ("code", "code token")}, True),
        ({"grant_types": ("authorization_code",), "response_types": ("code id_token",)}, False),
        ({"grant_types": ("urn:x",)}, False),
    ],
)
def test_response_types_need_their_grant(members: dict[str, Any], fits: bool) -> None:
    try:
        chosen = with_defaults(members, KNOWN)
    except OAuthError:
        assert not fits
    else:
        assert fits
        assert set(chosen["grant_types"]) <= set(KNOWN)
        assert chosen["token_endpoint_auth_method"] == "client_secret_basic"


@pytest.mark.spec("OIDC Registration", "2")
@each(
    ("stated", "uri", "found"),
    [
        (None, "https://app.example.com/", "web"),
        (None, "http://127.0.0.1:8000/", "native"),
        (None, "com.example.app:/cb", "native"),
        (None, "https://[broken", "web"),
        ("native", "https://app.example.com/", "native"),
        ("web", "http://localhost:3000/", "web"),
        ("web", "com.example.app:/cb", None),
    ],
)
def test_the_type_of_an_application_fits_its_redirect_uris(stated: Any, uri: str, found: str | None) -> None:
    members = {"redirect_uris": (uri,)} | ({"application_type": stated} if stated else {})
    if found is None:
        with pytest.raises(InvalidRedirectUri):
            application_type(members)
    else:
        assert application_type(members) == found
