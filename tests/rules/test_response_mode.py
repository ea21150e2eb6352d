"""Response modes (RFC 6749 §3.1.2): an answer is added to a redirect URI's own query, and leaves that alone."""

import pytest

from oauth_provider.protocol.response_mode import SUPPORTED, as_fragment, as_query
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "3.1.2")


@each(
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


@each(
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


@pytest.mark.spec("Multiple Response Types", "2.1")
@each("redirect_uri", ["https://a.com/cb", "https://a.com/cb?x=1", "app:/cb"])
@each(("value", "encoded"), [("a&b#c", "a%26b%23c"), ("\r\n", "%0D%0A"), ("a b", "a+b")])
def test_a_fragment_leaves_the_rest_of_the_uri_alone(redirect_uri, value, encoded):
    assert as_fragment(redirect_uri, {"state": value}) == f"{redirect_uri}#state={encoded}"


def test_there_is_no_mode_that_nobody_can_answer_in():
    assert SUPPORTED == (
        "query", "fragment", "form_post",
        "jwt", "query.jwt", "fragment.jwt", "form_post.jwt",
    )  # fmt: skip
