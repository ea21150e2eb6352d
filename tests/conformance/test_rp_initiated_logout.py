"""The conformance suite's modules on RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0), over HTTP."""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from oauth_provider.protocol.jose import encode
from tests import ledger
from tests.conformance.relying_party import RelyingParty
from tests.factories import ApplicationFactory

pytestmark = pytest.mark.django_db(transaction=True)

BYE = "https://app.example.com/bye"
PREFIX = "oidcc-rp-initiated-logout"


@pytest.fixture
def relying_party(server: str, user: Any) -> RelyingParty:
    application = ApplicationFactory(post_logout_redirect_uris=BYE)
    return RelyingParty(server, application.client_id, application.secret, user.username)


def log_out(relying_party: RelyingParty, **parameters: str | None) -> Any:
    """Send the person to the end session endpoint; the page, or the URL of a client."""
    given = {name: value for name, value in parameters.items() if value is not None}
    url = relying_party.configuration["end_session_endpoint"]
    return relying_party.person.go(f"{url}?{urlencode(given)}" if given else url)


def says(page: Any, text: str) -> bool:
    """A page of ours that says so, and leads nowhere by itself."""
    return isinstance(page, requests.Response) and text in page.text


@pytest.mark.spec("OIDF", f"{PREFIX}-discovery-endpoint-verification")
def test_the_endpoint_is_advertised(relying_party: RelyingParty) -> None:
    url = relying_party.configuration["end_session_endpoint"]
    assert urlsplit(url).netloc == urlsplit(relying_party.issuer).netloc


@pytest.mark.parametrize(
    "state",
    [
        pytest.param("a state", marks=pytest.mark.spec("OIDF", PREFIX)),
        pytest.param(None, marks=pytest.mark.spec("OIDF", f"{PREFIX}-no-state")),
    ],
)
def test_a_hint_and_a_registered_uri_lead_there_and_the_session_is_over(
    relying_party: RelyingParty, state: str | None
) -> None:
    hint = relying_party.sign_in()["id_token"]
    assert relying_party.is_signed_in()
    landed = log_out(relying_party, id_token_hint=hint, post_logout_redirect_uri=BYE, state=state)
    assert landed == (f"{BYE}?state=a+state" if state else BYE)
    assert not relying_party.is_signed_in()


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param(f"{BYE}/other", marks=pytest.mark.spec("OIDF", f"{PREFIX}-bad-post-logout-redirect-uri")),
        pytest.param(
            f"{BYE}?foo=bar", marks=pytest.mark.spec("OIDF", f"{PREFIX}-query-added-to-post-logout-redirect-uri")
        ),
    ],
)
def test_a_uri_that_is_not_registered_gets_a_page(relying_party: RelyingParty, uri: str) -> None:
    hint = relying_party.sign_in()["id_token"]
    page = log_out(relying_party, id_token_hint=hint, post_logout_redirect_uri=uri, state="s")
    assert says(page, "post_logout_redirect_uri is not registered")
    assert page.status_code == 400


def unsigned(hint: str, relying_party: RelyingParty) -> str:
    header = encode(json.dumps({"alg": "none"}).encode())
    return f"{header}.{hint.split('.')[1]}."


def by_the_clients_secret(hint: str, relying_party: RelyingParty) -> str:
    key = OctKey.import_key(relying_party.client_secret)
    return jws.serialize_compact({"alg": "HS256"}, json.dumps(relying_party.claims_of(hint)), key)


def by_the_clients_key(hint: str, relying_party: RelyingParty) -> str:
    key = RSAKey.generate_key(2048)
    return jws.serialize_compact({"alg": "RS256"}, json.dumps(relying_party.claims_of(hint)), key)


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(unsigned, marks=pytest.mark.spec("OIDF", f"{PREFIX}-modified-id-token-hint")),
        pytest.param(by_the_clients_secret, marks=pytest.mark.spec("OIDF", f"{PREFIX}-bad-id-token-hint")),
        pytest.param(by_the_clients_key, marks=pytest.mark.spec("OIDF", f"{PREFIX}-bad-id-token-hint")),
    ],
)
def test_a_forged_hint_gets_a_page(relying_party: RelyingParty, forge: Any) -> None:
    hint = forge(relying_party.sign_in()["id_token"], relying_party)
    page = log_out(relying_party, id_token_hint=hint, post_logout_redirect_uri=BYE, state="s")
    assert says(page, "id_token_hint is not an ID token for this application")
    assert page.status_code == 400
    assert relying_party.is_signed_in()


@pytest.mark.spec("OIDF", f"{PREFIX}-no-post-logout-redirect-uri")
def test_a_hint_alone_ends_the_session_and_a_page_says_so(relying_party: RelyingParty) -> None:
    hint = relying_party.sign_in()["id_token"]
    assert says(log_out(relying_party, id_token_hint=hint, state="s"), "You are logged out")
    assert not relying_party.is_signed_in()


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({}, marks=pytest.mark.spec("OIDF", f"{PREFIX}-no-params")),
        pytest.param({"state": "s"}, marks=pytest.mark.spec("OIDF", f"{PREFIX}-only-state")),
        pytest.param(
            {"post_logout_redirect_uri": BYE, "state": "s"},
            marks=pytest.mark.spec("OIDF", f"{PREFIX}-no-id-token-hint"),
        ),
    ],
)
def test_without_a_hint_the_person_is_asked_and_sent_nowhere(
    relying_party: RelyingParty, asked: dict[str, str]
) -> None:
    relying_party.sign_in()
    page = log_out(relying_party, **asked)
    assert says(page, "Do you want to log out?")
    assert relying_party.is_signed_in()
    assert says(relying_party.person.send(page, decision="log_out"), "You are logged out")
    assert not relying_party.is_signed_in()


@pytest.mark.spec("OIDC RP-Initiated Logout", "4")
def test_a_confirmation_without_its_csrf_token_ends_nothing(relying_party: RelyingParty) -> None:
    relying_party.sign_in()
    page = log_out(relying_party)
    response = relying_party.person.send(page, decision="log_out", csrfmiddlewaretoken="")
    assert response.status_code == 403
    assert relying_party.is_signed_in()


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_a_hint_that_has_expired_still_serves(relying_party: RelyingParty) -> None:
    hint = relying_party.sign_in()["id_token"]
    lifetime = relying_party.claims_of(hint)["exp"] - relying_party.claims_of(hint)["iat"]
    with ledger.later(lifetime + 60):
        assert log_out(relying_party, id_token_hint=hint, post_logout_redirect_uri=BYE) == BYE
    assert not relying_party.is_signed_in()


@pytest.mark.spec("OIDC RP-Initiated Logout", "2")
def test_a_hint_for_another_client_gets_a_page(relying_party: RelyingParty) -> None:
    hint = relying_party.sign_in()["id_token"]
    other = ApplicationFactory(post_logout_redirect_uris=BYE)
    page = log_out(relying_party, id_token_hint=hint, client_id=other.client_id, post_logout_redirect_uri=BYE)
    assert says(page, "id_token_hint is not an ID token for this application")
    assert page.status_code == 400
    assert relying_party.is_signed_in()
