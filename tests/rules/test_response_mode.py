"""Response modes (RFC 6749 §3.1.2): an answer is added to a redirect URI's own query, and leaves that alone."""

import pytest

from oauth_provider.protocol.response_mode import SUPPORTED, as_query

pytestmark = pytest.mark.spec("RFC 6749", "3.1.2")


@pytest.mark.parametrize(
    ("redirect_uri", "url"),
    [
        ("https://a.com/cb", "https://a.com/cb?code=1"),
        ("https://a.com/cb?x=%20y", "https://a.com/cb?x=%20y&code=1"),
        ("https://a.com/cb?", "https://a.com/cb?code=1"),
        ("https://a.com/cb?x=1&", "https://a.com/cb?x=1&code=1"),
        ("https://a.com", "https://a.com?code=1"),
        ("app:/cb", "app:/cb?code=1"),
    ],
)
def test_an_answer_is_added_to_the_query_there_is(redirect_uri, url):
    assert as_query(redirect_uri, {"code": "1"}) == url


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a&b=c", "a%26b%3Dc"),
        ("#", "%23"),
        ("\r\n", "%0D%0A"),
        ("é", "%C3%A9"),
        ("a b", "a+b"),
        ("\x00", "%00"),
        ("+", "%2B"),
    ],
)
def test_no_value_can_become_another_parameter_a_fragment_or_a_header(value, encoded):
    assert as_query("https://a.com/", {"state": value}) == f"https://a.com/?state={encoded}"


def test_query_is_the_only_mode():
    assert SUPPORTED == ("query",)
