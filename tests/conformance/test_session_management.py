"""The conformance suite's modules on session management (OpenID Connect Session Management 1.0), over HTTP.

What the frame's script does is done here by hand, from the page's own cookie; tests/browser has a browser do it.
"""

import hashlib
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.conformance.relying_party import TIMEOUT, RelyingParty
from tests.conformance.test_rp_initiated_logout import BYE, log_out
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)

MODULE = "oidcc-session-management"


def status(relying_party: RelyingParty, session_state: str) -> str:
    """What the frame would answer to a page on the origin of the redirect URI."""
    digest, _dot, salt = session_state.partition(".")
    parts = urlsplit(relying_party.redirect_uri)
    cookies = relying_party.person.browser.cookies
    browser_state = next((one.value for one in cookies if one.name == "oauth_browser_state"), "")
    text = f"{relying_party.client_id} {parts.scheme}://{parts.netloc} {browser_state} {salt}"
    return "unchanged" if hashlib.sha256(text.encode()).hexdigest() == digest else "changed"


@pytest.mark.spec("OIDF", f"{MODULE}-discovery-endpoint-verification")
def test_discovery_names_both_endpoints(relying_party: RelyingParty) -> None:
    frame = requests.get(relying_party.configuration["check_session_iframe"], timeout=TIMEOUT)
    assert frame.headers["Content-Type"].startswith("text/html")
    assert "X-Frame-Options" not in frame.headers
    assert "end_session_endpoint" in relying_party.configuration


@pytest.mark.spec("OIDF", f"{MODULE}-discovery-endpoint-verification")
def test_behind_a_https_issuer_both_are_https(server: str, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": "https://auth.example.com"}
    configuration = requests.get(f"{server}/.well-known/openid-configuration", timeout=TIMEOUT).json()
    for endpoint in ("check_session_iframe", "end_session_endpoint"):
        assert configuration[endpoint].startswith("https://auth.example.com/")


@pytest.mark.spec("OIDF", f"{MODULE}-rp-initiated-logout")
def test_unchanged_until_the_logout_and_changed_after_it(server: str, user: Any) -> None:
    application = ApplicationFactory(post_logout_redirect_uris=BYE)
    relying_party = RelyingParty(server, application.client_id, application.secret, user.username)
    answer = relying_party.authorize()
    session_state = answer["session_state"]
    for cookie in relying_party.person.browser.cookies:
        cookie.secure = False  # browsers send such cookies over http on loopback, where requests does not
    assert " " not in session_state
    assert status(relying_party, session_state) == "unchanged"
    form = {"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": relying_party.redirect_uri}
    tokens = relying_party.exchange(**form, code_verifier=relying_party.code_verifier)
    assert status(relying_party, session_state) == "unchanged"
    log_out(relying_party, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BYE, state="s")
    assert status(relying_party, session_state) == "changed"
    assert not relying_party.is_signed_in()
