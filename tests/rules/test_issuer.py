"""Issuer identifiers (RFC 8414 §2) and where their metadata is found (RFC 8414 §3.1)."""

import pytest

from oauth_provider.protocol.issuer import is_issuer, issuer_path, well_known_url
from tests.each import each

NAME = "oauth-authorization-server"


@pytest.mark.spec("RFC 8414", "2")
@each("issuer", ["https://example.com", "https://example.com/tenant1", "https://example.com:8443", "https://[::1]"])
def test_an_https_url_is_an_issuer(issuer):
    assert is_issuer(issuer)


@pytest.mark.spec("RFC 8414", "2")
@each(
    "issuer",
    [
        "", "example.com", "//example.com", "https://", "https:///path", "http://example.com", "ftp://example.com",
        "https://example.com?x=1", "https://example.com?", "https://example.com#f", "https://example.com#",
        "https://user@example.com", "https://example.com:port", "https://example.com:99999", "https://[::1",
        "javascript:alert(1)",
    ],
)  # fmt: skip
def test_anything_else_is_none(issuer):
    assert not is_issuer(issuer)


@each(("issuer", "is_one"), [("http://localhost:8000", True), ("ftp://x", False), ("http://", False)])
def test_http_is_for_development_and_only_where_it_is_allowed(issuer, is_one):
    assert is_issuer(issuer, allow_http=True) is is_one


@pytest.mark.spec("RFC 8414", "3.1")
@each(
    ("issuer", "url"),
    [
        ("https://example.com", "https://example.com/.well-known/oauth-authorization-server"),
        ("https://example.com/", "https://example.com/.well-known/oauth-authorization-server"),
        ("https://example.com/issuer1", "https://example.com/.well-known/oauth-authorization-server/issuer1"),
        ("https://example.com/a/b/", "https://example.com/.well-known/oauth-authorization-server/a/b"),
        ("https://example.com:8443/a", "https://example.com:8443/.well-known/oauth-authorization-server/a"),
    ],
)
def test_metadata_is_found_between_host_and_path(issuer, url):
    assert well_known_url(issuer, NAME) == url


@pytest.mark.spec("RFC 8414", "3.1")
@each(("issuer", "path"), [("https://a", ""), ("https://a/", ""), ("https://a/b/", "b"), ("https://a/b/c", "b/c")])
def test_the_path_of_an_issuer_has_no_slash_at_its_ends(issuer, path):
    assert issuer_path(issuer) == path


@pytest.mark.spec("RFC 8414", "2")
def test_http_is_allowed_beside_https_and_never_in_its_place():
    for allow_http in (True, False):
        assert is_issuer("https://as.example", allow_http=allow_http)
        assert is_issuer("http://as.example", allow_http=allow_http) is allow_http
