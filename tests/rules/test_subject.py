"""Subject identifiers (OpenID Connect Core §8): one host is a sector, and each sector has its own name for a person."""

import base64
import hashlib
import hmac

import pytest

from oauth_provider.protocol.subject import pairwise_subject, sector_of

SECRET = "s" * 32


@pytest.mark.spec("OIDC Core", "8.1")
def test_the_sector_is_the_one_host_of_all_redirect_uris() -> None:
    assert sector_of(["https://a.example/cb"], "") == "a.example"
    assert sector_of(["https://a.example/cb", "https://A.example:8443/other"], "") == "a.example"
    assert sector_of(["https://a.example/cb", "https://b.example/cb"], "") == ""
    assert sector_of([], "") == ""


@pytest.mark.spec("OIDC Core", "8.1")
def test_a_redirect_that_anybody_may_take_makes_no_sector() -> None:
    for redirect_uri in (
        "http://a.example/cb",
        "com.example.app:/cb",
        "http://127.0.0.1/cb",
        "https://[/cb",
        "https:/cb",
    ):
        assert sector_of([redirect_uri], "") == ""
        assert sector_of([redirect_uri, "https://a.example/cb"], "") == ""


@pytest.mark.spec("OIDC Core", "8.1")
def test_a_sector_identifier_stands_for_the_redirect_uris() -> None:
    assert (
        sector_of(["https://a.example/cb", "https://b.example/cb"], "https://group.example/uris.json")
        == "group.example"
    )
    assert sector_of(["https://a.example/cb"], "http://group.example/uris.json") == ""


@pytest.mark.spec("OIDC Core", "8.1")
def test_a_person_has_another_name_in_each_sector_which_the_secret_alone_tells() -> None:
    name = pairwise_subject("7", "a.example", SECRET)

    # What was released once must never change.
    mac = hmac.new(SECRET.encode(), b"oauth_provider.pairwise\na.example\n7", hashlib.sha256).digest()
    assert name == base64.urlsafe_b64encode(mac).decode().rstrip("=")
    others = [("8", "a.example", SECRET), ("7", "b.example", SECRET), ("7", "a.example", SECRET + "x")]
    assert name not in [pairwise_subject(*other) for other in others]
    assert "=" not in name
