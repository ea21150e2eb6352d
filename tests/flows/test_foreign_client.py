"""A client that is not ours: Authlib's ``OAuth2Session`` against a live server, with a browser for the person."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError

from tests.driver import verifier
from tests.factories import CALLBACK, ApplicationFactory, UserFactory
from tests.live import serving_as_issuer
from tests.person import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.foreign_urls")]
LOOPBACK = "http://127.0.0.1/callback"


@pytest.fixture
def server(live_server, settings, monkeypatch):
    """The server's address, which is also its issuer; Authlib is told that http will do here."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    settings.ALLOWED_HOSTS = ["*"]
    with serving_as_issuer(live_server, settings) as url:
        yield url


def session_of(server, application, method, redirect_uri):
    """Authlib's session of a client, its endpoints taken from our metadata (RFC 8414)."""
    metadata = requests.get(f"{server}/.well-known/oauth-authorization-server", timeout=5).json()
    assert metadata["issuer"] == server
    session = OAuth2Session(
        application.client_id,
        application.secret or None,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        redirect_uri=redirect_uri,
        scope="notes:read notes:write",
        code_challenge_method="S256",
        token_endpoint=metadata["token_endpoint"],
    )
    return session, metadata


@pytest.mark.spec("RFC 6749", "4.1")
@pytest.mark.parametrize(
    ("method", "redirect_uri"),
    [
        ("client_secret_basic", CALLBACK),
        ("client_secret_post", CALLBACK),
        ("none", "http://127.0.0.1:52317/callback"),
    ],
)
def test_authlib_completes_the_flow(server, method, redirect_uri):
    public = method == "none"
    application = ApplicationFactory(
        client_type="public" if public else "confidential", redirect_uris=LOOPBACK if public else CALLBACK
    )
    user = UserFactory()
    session, metadata = session_of(server, application, method, redirect_uri)
    code_verifier = verifier()
    url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=code_verifier)

    callback = Person(server).sign_in_and_allow(url, user)
    assert callback.startswith(f"{redirect_uri}?")
    assert parse_qs(urlsplit(callback).query)["iss"] == [server]

    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=callback, state=state, code_verifier=code_verifier
    )
    assert token["token_type"] == "Bearer"
    assert session.get(f"{server}/api/notes").json() == {"user": user.username}

    renewed = session.refresh_token(metadata["token_endpoint"])
    assert renewed["refresh_token"] != token["refresh_token"]
    assert session.get(f"{server}/api/notes").status_code == 200

    assert session.revoke_token(metadata["revocation_endpoint"], token=renewed["refresh_token"]).status_code == 200
    refused = session.get(f"{server}/api/notes")
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(metadata["token_endpoint"], renewed["refresh_token"])


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_the_client_is_told_that_the_person_said_no(server):
    application = ApplicationFactory()
    user = UserFactory()
    session, metadata = session_of(server, application, "client_secret_basic", CALLBACK)
    url, _state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier())
    person = Person(server)
    consent = person.submit(person.go(url), username=user.username, password="correct horse")
    answer = parse_qs(urlsplit(person.submit(consent, decision="deny")).query)
    assert (answer["error"], answer["iss"]) == (["access_denied"], [server])


@pytest.mark.spec("RFC 6749", "4.4")
def test_authlib_acts_for_itself(server):
    application = ApplicationFactory(service=True)
    session, metadata = session_of(server, application, "client_secret_basic", None)
    token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", scope="notes:read")
    assert "refresh_token" not in token
    assert session.get(f"{server}/api/notes").json() == {"user": ""}
