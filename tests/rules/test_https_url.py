"""URLs that a client names for us to fetch (RFC 7591 §2): https, of a host, and nothing in disguise."""

import pytest

from oauth_provider.protocol.https_url import MAX_LENGTH, is_fetchable


@pytest.mark.spec("RFC 7591", "5")
def test_an_https_url_of_a_host_may_be_fetched() -> None:
    longest = "https://a.example/"
    assert is_fetchable("https://a.example/jwks.json?x=1")
    assert is_fetchable("https://a.example:8443")
    assert is_fetchable(longest + "x" * (MAX_LENGTH - len(longest)))
    assert not is_fetchable(longest + "x" * (MAX_LENGTH - len(longest) + 1))


@pytest.mark.spec("RFC 7591", "5")
def test_no_other_url_is_fetched() -> None:
    for url in (
        *("http://a.example/", "ftp://a.example/", "a.example/", "//a.example/", "https:///x", "https:", ""),
        *("https://user@a.example/", "https://a.example@b.example/", "https://a.example/#x", "https://a.example/ x"),
        *("https://a.example/\\x", 'https://a.example/"', "https://a.example/<", "https://a.example/>"),
        *(
            "https://é.example/",
            "https://a.example/\n",
            "https://a.example:x/",
            "https://a.example:99999/",
            "https://[/",
        ),
    ):
        assert not is_fetchable(url), url
