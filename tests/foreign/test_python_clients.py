"""Two Python clients push their requests and end what they began: requests_oauth2client and Authlib, over HTTP."""

from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.integrations.requests_client import OAuthError as AuthlibError
from requests_oauth2client import InvalidGrant, InvalidRequest, OAuth2Client

from tests.driver import verifier
from tests.factories import CALLBACK, ApplicationFactory
from tests.person import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.foreign_urls")]

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def application(server: str) -> Any:
    return ApplicationFactory(policy={"require_pushed_authorization_requests": True, "may_introspect": True})


@pytest.mark.spec("RFC 9126", "2.2")
@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.spec("RFC 7009", "2.1")
@pytest.mark.spec("RFC 9207", "2")
def test_requests_oauth2client_completes_the_flow(server: str, user: Any, application: Any) -> None:
    client = OAuth2Client.from_discovery_endpoint(
        issuer=server,
        client_id=application.client_id,
        client_secret=application.secret,
        redirect_uri=CALLBACK,
        testing=True,  # http will do here
    )
    request = client.authorization_request(scope="openid offline_access notes:read")
    assert request.code_challenge_method == "S256"
    pushed = client.pushed_authorization_request(request)
    assert str(pushed).endswith(
        f"?{urlencode({'client_id': application.client_id, 'request_uri': pushed.request_uri})}"
    )
    arrived = request.validate_callback(Person(server).sign_in_and_allow(str(pushed), user))
    assert (request.issuer, set(arrived.kwargs), arrived.kwargs["iss"]) == (server, {"iss", "session_state"}, server)

    tokens = client.authorization_code(arrived)  # it proves the ID token by our keys, its nonce and its times
    assert tokens.id_token.issuer == server
    assert client.userinfo(tokens)["sub"] == tokens.id_token.subject
    renewed = client.refresh_token(tokens)
    assert renewed.refresh_token != tokens.refresh_token
    assert client.introspect_token(renewed)["active"] is True
    assert client.revoke_refresh_token(renewed) is True
    assert client.introspect_token(renewed) == {"active": False}
    with pytest.raises(InvalidGrant):
        client.refresh_token(renewed)


@pytest.mark.spec("RFC 9126", "2.3")
def test_requests_oauth2client_is_told_what_is_wrong_with_its_request(server: str, application: Any) -> None:
    client = OAuth2Client.from_discovery_endpoint(
        issuer=server, client_id=application.client_id, client_secret=application.secret, testing=True
    )
    request = client.authorization_request(scope="notes:read", redirect_uri=f"{CALLBACK}/other")
    with pytest.raises(InvalidRequest, match="redirect_uri"):
        client.pushed_authorization_request(request)


@pytest.mark.spec("RFC 9126", "2.2")
@pytest.mark.spec("RFC 7662", "2.2")
@pytest.mark.spec("RFC 7009", "2.1")
def test_authlib_completes_the_flow_with_a_pushed_request(
    server: str, user: Any, application: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    metadata = requests.get(f"{server}/.well-known/openid-configuration", timeout=10).json()
    session = OAuth2Session(
        application.client_id,
        application.secret,
        redirect_uri=CALLBACK,
        scope="notes:read",
        code_challenge_method="S256",
    )
    code_verifier = verifier()
    url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=code_verifier)
    # Authlib does not push; what it would have put in the URL is what is pushed.
    credentials = (application.client_id, application.secret)
    endpoint = metadata["pushed_authorization_request_endpoint"]
    pushed = requests.post(endpoint, data=url.partition("?")[2].encode(), auth=credentials, headers=FORM, timeout=10)
    query = urlencode({"client_id": application.client_id, "request_uri": pushed.json()["request_uri"]})
    callback = Person(server).sign_in_and_allow(f"{metadata['authorization_endpoint']}?{query}", user)

    session.fetch_token(
        metadata["token_endpoint"], authorization_response=callback, state=state, code_verifier=code_verifier
    )
    assert session.get(f"{server}/api/notes").json() == {"user": user.username}
    renewed = session.refresh_token(metadata["token_endpoint"])
    introspection = session.introspect_token(metadata["introspection_endpoint"], token=renewed["access_token"])
    assert introspection.json()["active"] is True
    assert session.revoke_token(metadata["revocation_endpoint"], token=renewed["refresh_token"]).status_code == 200
    introspection = session.introspect_token(metadata["introspection_endpoint"], token=renewed["access_token"])
    assert introspection.json() == {"active": False}
    with pytest.raises(AuthlibError, match="invalid_grant"):
        session.refresh_token(metadata["token_endpoint"], renewed["refresh_token"])
