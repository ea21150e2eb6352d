"""Front-channel logout (OpenID Connect Front-Channel Logout 1.0 §2): what a page of ours opens in a frame."""

import pytest

from oauth_provider.protocol.frontchannel_logout import frame_url, is_frame_uri, origin

REDIRECTS = ["https://a.example:8443/cb", "http://localhost:3000/cb"]


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
def test_issuer_and_session_are_added_to_the_query() -> None:
    assert frame_url("https://a.example/out?x=1", issuer="https://auth.example.com", sid="s") == (
        "https://a.example/out?x=1&iss=https%3A%2F%2Fauth.example.com&sid=s"
    )


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
def test_a_frame_has_the_origin_of_a_redirect_uri() -> None:
    assert origin("HTTPS://A.example:8443/out?x#y") == "https://a.example:8443"
    assert is_frame_uri("https://a.example:8443/out", REDIRECTS)
    assert is_frame_uri("https://A.example:8443/out", REDIRECTS)
    assert is_frame_uri("http://localhost:3000/out?a=b", REDIRECTS)


@pytest.mark.spec("OIDC Front-Channel Logout", "2")
def test_anything_else_is_opened_in_no_frame() -> None:
    others = (
        "https://a.example/out",
        "http://a.example:8443/out",
        "https://b.example:8443/out",
        "https://a.example:8443/#x",
    )
    for uri in (*others, "com.example.app:/out", "http://localhost:3001/out", "/out", ""):
        assert not is_frame_uri(uri, REDIRECTS), uri
    # It would end the directive that it stands in.
    for uri in ("https://a.example;script-src/x", "https://a.example'/x", "https://*.example/x"):
        assert not is_frame_uri(uri, [uri])
    assert not is_frame_uri("http://a.example/out", ["http://a.example/cb"])
