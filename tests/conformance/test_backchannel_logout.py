"""The conformance suite's modules on back-channel logout (OpenID Connect Back-Channel Logout 1.0), over HTTP."""

from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from django.core.management import call_command
from joserfc import jwt
from joserfc.jwk import KeySet

from oauth_provider.models import ClientPolicy
from tests.conformance.relying_party import RelyingParty
from tests.conformance.test_rp_initiated_logout import BYE
from tests.factories import ApplicationFactory
from tests.web import answer, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.spec("OIDF", "oidcc-backchannel-logout-discovery-endpoint-verification")
def test_discovery_says_so(relying_party: RelyingParty) -> None:
    assert relying_party.configuration["backchannel_logout_supported"] is True
    assert relying_party.configuration["backchannel_logout_session_supported"] is True
    assert "end_session_endpoint" in relying_party.configuration


@pytest.mark.spec("OIDF", "oidcc-backchannel-rp-initiated-logout")
def test_the_relying_party_is_told_by_one_post_and_the_browser_goes_on(server: str, user: Any, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "INTERNAL_HOSTS": ["127.0.0.1"]}
    application = ApplicationFactory(post_logout_redirect_uris=BYE)
    relying_party = RelyingParty(server, application.client_id, application.secret, user.username)
    with serving(answer("", Cache_Control="no-store")) as web:
        policy = ClientPolicy.default_for(application)
        policy.backchannel_logout_uri = f"http://127.0.0.1:{web.port}/backchannel"
        policy.save()
        hint = relying_party.sign_in()["id_token"]
        query = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s"})
        url = f"{relying_party.configuration['end_session_endpoint']}?{query}"
        assert relying_party.person.go(url) == f"{BYE}?state=s"
        call_command("oauth_deliver", "--once", verbosity=0)
    assert not relying_party.is_signed_in()

    (request,) = web.requests
    head, _blank, body = request.decode().partition("\r\n\r\n")
    assert head.startswith("POST /backchannel HTTP/1.1\r\n")
    assert "content-type: application/x-www-form-urlencoded" in head.lower()
    form = parse_qs(body, strict_parsing=True)
    assert set(form) == {"logout_token"}
    token = jwt.decode(form["logout_token"][0], KeySet.import_key_set(relying_party.keys()), algorithms=["RS256"])
    assert (token.header["typ"], token.claims["iss"]) == ("logout+jwt", server)
    said = relying_party.claims_of(hint)
    assert {name: token.claims[name] for name in ("aud", "sub", "sid")} == {
        name: said[name] for name in ("aud", "sub", "sid")
    }
    assert "nonce" not in token.claims
