"""Differences of redirect URIs (RFC 9700 §2.1): the one mistake that keeps a URI from being the registered one."""

import pytest

from oauth_provider.protocol.redirect_uri_difference import (
    find_difference,
    unregistered,
    unregistered_after_logout,
)
from tests.each import each

pytestmark = pytest.mark.spec("RFC 9700", "2.1")

REGISTERED = ("https://app.example.com/callback", "http://localhost:3000/cb?env=dev")


@each(
    ("presented", "difference"),
    [
        ("https://app.example.com/callback/", "by a slash at its end"),
        ("https://app.example.com/Callback", "by capital letters"),
        ("http://app.example.com/callback", "in its scheme, http or https"),
        ("http://127.0.0.1:3000/cb?env=dev", "in its host, where localhost and 127.0.0.1 are two"),
        ("http://[::1]:3000/cb?env=dev", "in its host, where localhost and 127.0.0.1 are two"),
        ("https://www.app.example.com/callback", "in its host, by www"),
        ("https://app.example.com:8443/callback", "in its port"),
        ("http://localhost:5173/cb?env=dev", "in its port"),
        ("https://app.example.com/callback?x=1", "in its query"),
        ("http://localhost:3000/cb", "in its query"),
        ("https://app.example.com/auth/callback", "in its path"),
        ("https://app.example.com/", "in its path"),
    ],
)
def test_one_mistake_is_told(presented: str, difference: str) -> None:
    assert find_difference(presented, REGISTERED) == difference
    assert difference in unregistered(presented, REGISTERED).description


@each(
    "presented",
    [
        "https://elsewhere.example.com/callback",
        "https://app.example.com.evil.example/callback",
        "https://app.example.com@evil.example/callback",
        "http://app.example.com/callback/",
        "https://app.example.com:99999/callback",
        "https://[::1/callback",
        "com.example.app:/callback",
        "callback",
        "",
        "https://app.example.com/callback",
    ],
)
def test_two_mistakes_another_host_and_no_uri_are_told_in_no_detail(presented: str) -> None:
    assert find_difference(presented, REGISTERED) == ""
    assert unregistered(presented, REGISTERED).description == "redirect_uri is not registered for this application."


def test_a_stranger_is_told_nothing_of_what_is_registered_and_the_operator_the_first_of_it() -> None:
    registered = ["https://app.example.com/callback", *(f"https://{name}.example.com/" for name in "abcd")]
    for presented in ("https://app.example.com/x", "https://app.example.com:1/callback"):
        told = unregistered(presented, registered)
        assert "example.com" not in told.description
        assert "callback" not in told.description
        assert "registered ['https://app.example.com/callback', 'https://a.example.com/', " in told.detail
        assert "https://d.example.com/" not in told.detail


def test_what_was_presented_is_cut_and_escaped_for_the_log() -> None:
    long = "https://\n" + "a" * 5_000
    assert len(unregistered(long, [long] * 9).detail) < 700
    assert "\n" not in unregistered("https://\n", REGISTERED).detail


def test_a_uri_after_logout_is_told_alike() -> None:
    near = unregistered_after_logout("https://app.example.com/callback/", REGISTERED)
    far = unregistered_after_logout("https://elsewhere.example.com", REGISTERED)
    assert "by a slash at its end" in near.description
    assert far.description == "post_logout_redirect_uri is not registered for this application."
