"""Clients that sign (RFC 7523 §2.2), made by requests_oauth2client and by Authlib, over HTTP."""

import time
from typing import Any

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.integrations.requests_client import OAuthError as AuthlibError
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey
from requests_oauth2client import OAuth2Client, PrivateKeyJwt

from oauth_provider.testing import create_client

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.foreign_urls"),
    pytest.mark.spec("RFC 7523", "2.2"),
]

KEY = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})


@pytest.fixture
def application(server: str) -> Any:
    made = create_client("service", "Robot", scopes="notes:read")
    policy = made.application.oauth_policy
    policy.token_endpoint_auth_method, policy.may_introspect = "private_key_jwt", True
    policy.jwks = {"keys": [{**KEY.as_dict(private=False), "kid": "one"}]}
    policy.save()
    return made.application


def test_requests_oauth2client_signs_at_every_endpoint(server: str, application: Any) -> None:
    signs = PrivateKeyJwt(
        application.client_id, {**KEY.as_dict(private=True), "kid": "one", "alg": "ES256"}, aud=server, lifetime=60
    )
    client = OAuth2Client.from_discovery_endpoint(issuer=server, auth=signs, testing=True)
    for _anew in range(2):
        token = client.client_credentials(scope="notes:read")
    assert client.introspect_token(token)["client_id"] == application.client_id
    assert client.revoke_access_token(token) is True
    assert client.introspect_token(token) == {"active": False}


def test_authlib_signs_for_us_or_as_it_did_before(
    server: str, application: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    endpoint = requests.get(f"{server}/.well-known/openid-configuration", timeout=10).json()["token_endpoint"]

    class ShortLived(PrivateKeyJWT):
        def sign(self, auth: Any, audience: str) -> Any:
            self.claims = {"exp": int(time.time()) + 60}
            return super().sign(auth, audience)

    def session(signs: PrivateKeyJWT) -> OAuth2Session:
        made = OAuth2Session(
            application.client_id,
            KEY,
            token_endpoint_auth_method="private_key_jwt",
            scope="notes:read",
        )
        made.register_client_auth_method(signs)
        return made

    older = PrivateKeyJWT(endpoint, alg="ES256")
    with pytest.raises(AuthlibError, match="aud of the client assertion"):
        session(older).fetch_token(endpoint, grant_type="client_credentials")
    current = session(ShortLived(server, alg="ES256"))
    for _anew in range(2):
        assert current.fetch_token(endpoint, grant_type="client_credentials")["scope"] == "notes:read"
    application.oauth_policy.takes_older_assertions = True
    application.oauth_policy.save()
    assert session(older).fetch_token(endpoint, grant_type="client_credentials")["scope"] == "notes:read"
