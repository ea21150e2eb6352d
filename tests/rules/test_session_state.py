"""``session_state`` (OpenID Connect Session Management 1.0 §3.2): bound to client, origin and browser, and salted."""

import hashlib

import pytest

from oauth_provider.protocol.session_state import session_state_of
from tests.each import each

pytestmark = pytest.mark.spec("OIDC Session Management", "3.2")

FACTS = {
    "client_id": "client-1",
    "redirect_uri": "https://app.example.com/callback?a=b",
    "browser_state": "0123abcd",
    "salt": "salt",
}


def test_session_state_equals_the_digest_of_the_script():
    text = "client-1 https://app.example.com 0123abcd salt"
    assert session_state_of(**FACTS) == f"{hashlib.sha256(text.encode()).hexdigest()}.salt"


@each(
    "changes",
    [
        {"client_id": "client-2"},
        {"redirect_uri": "https://app.example.com:8443/callback"},
        {"redirect_uri": "http://app.example.com/callback"},
        {"redirect_uri": "https://evil.example.com/callback"},
        {"browser_state": ""},
        {"browser_state": "0123abce"},
        {"salt": "pepper"},
    ],
    ids=str,
)
def test_another_client_origin_browser_or_salt_makes_another(changes):
    assert session_state_of(**FACTS | changes).partition(".")[0] != session_state_of(**FACTS).partition(".")[0]


@each("same", ["https://APP.example.com/other", "https://app.example.com:443/", "https://app.example.com"])
def test_an_origin_is_spelled_as_browsers_do(same):
    assert session_state_of(**FACTS | {"redirect_uri": same}) == session_state_of(**FACTS)


@each("redirect_uri", ["com.example.app:/callback", "com.example.app://x/callback", ""])
def test_an_app_without_pages_gets_none(redirect_uri):
    assert session_state_of(**FACTS | {"redirect_uri": redirect_uri}) == ""
