"""The conformance suite's modules on front-channel logout (OpenID Connect Front-Channel Logout 1.0), over HTTP."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conformance.relying_party import RelyingParty
from tests.conformance.test_rp_initiated_logout import BYE, log_out
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.spec("OIDF", "oidcc-frontchannel-logout-discovery-endpoint-verification")
def test_discovery_says_so(relying_party: RelyingParty) -> None:
    assert relying_party.configuration["frontchannel_logout_supported"] is True
    assert relying_party.configuration["frontchannel_logout_session_supported"] is True
    assert "end_session_endpoint" in relying_party.configuration


@pytest.mark.spec("OIDF", "oidcc-frontchannel-rp-initiated-logout")
def test_the_page_frames_the_client_and_leads_back_to_it(server: str, user: Any) -> None:
    policy = {"frontchannel_logout_uri": "https://app.example.com/frontchannel"}
    application = ApplicationFactory(post_logout_redirect_uris=BYE, policy=policy)
    relying_party = RelyingParty(server, application.client_id, application.secret, user.username)
    hint = relying_party.sign_in()["id_token"]
    page = log_out(relying_party, id_token_hint=hint, post_logout_redirect_uri=BYE, state="s")
    (frame,) = (unescape(src) for src in re.findall(r'<iframe src="([^"]*)"', page.text))
    assert frame.startswith("https://app.example.com/frontchannel?")
    sid = relying_party.claims_of(hint)["sid"]
    assert parse_qs(urlsplit(frame).query) == {"iss": [server], "sid": [sid]}
    assert f'href="{BYE}?state=s"' in page.text
    assert not relying_party.is_signed_in()
