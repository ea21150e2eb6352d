"""A relying party that speaks HTTP and nothing else (OpenID Connect Core §3.1): it takes the provider at its word."""

import json
import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from oauth_provider.protocol.pkce import s256
from tests.factories import CALLBACK
from tests.person import Person

TIMEOUT = 10
TOKENS = {"access_token", "refresh_token"}


@dataclass
class RelyingParty:
    """``issuer`` and its own credentials are all that it was told."""

    issuer: str
    client_id: str
    client_secret: str
    username: str
    redirect_uri: str = CALLBACK
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    person: Person = field(init=False)

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """Provider metadata (OpenID Connect Discovery §4)."""
        response = requests.get(f"{self.issuer}/.well-known/openid-configuration", timeout=TIMEOUT)
        assert response.status_code == 200
        configuration: dict[str, Any] = response.json()
        assert configuration["issuer"] == self.issuer
        return configuration

    def keys(self) -> dict[str, Any]:
        """The provider's key set of this moment."""
        keys: dict[str, Any] = requests.get(self.configuration["jwks_uri"], timeout=TIMEOUT).json()
        return keys

    def request(self, scope: str = "openid", **parameters: str | None) -> dict[str, str]:
        """The parameters of an authorization request. None leaves one out."""
        request = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": s256(self.code_verifier),
            "code_challenge_method": "S256",
        } | parameters
        return {name: value for name, value in request.items() if value is not None}

    def authorize(self, scope: str = "openid", **parameters: str | None) -> dict[str, str]:
        """Send a person through login and consent; the parameters that come back."""
        query = urlencode(self.request(scope, **parameters))
        self.person = Person(self.issuer)
        url = f"{self.configuration['authorization_endpoint']}?{query}"
        page = self.person.submit(self.person.go(url), username=self.username, password="correct horse")
        callback = page if isinstance(page, str) else self.person.submit(page, decision="allow")
        assert callback.startswith(f"{self.redirect_uri}?")
        answer = {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}
        assert (answer.get("state"), answer["iss"]) == (self.state, self.issuer)
        return answer

    def ask(self, *, anonymous: bool = False, **form: str | None) -> requests.Response:
        """Call the token endpoint with the client's credentials, or with none at all."""
        credentials = None if anonymous else (self.client_id, self.client_secret)
        return requests.post(self.configuration["token_endpoint"], data=form, auth=credentials, timeout=TIMEOUT)

    def redeem(self, code: str, **changes: Any) -> requests.Response:
        """Present a code; a change to None leaves a parameter out."""
        form = {"redirect_uri": self.redirect_uri, "code_verifier": self.code_verifier} | changes
        return self.ask(grant_type="authorization_code", code=code, **form)

    def refresh(self, refresh_token: str, **changes: Any) -> requests.Response:
        """Present a refresh token."""
        return self.ask(grant_type="refresh_token", refresh_token=refresh_token, **changes)

    def exchange(self, **form: str) -> dict[str, Any]:
        """Call the token endpoint, which gives tokens."""
        return self.tokens_of(self.ask(**form))

    def tokens_of(self, response: requests.Response) -> dict[str, Any]:
        """A token response (RFC 6749 §5.1)."""
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Cache-Control"] == "no-store"
        tokens: dict[str, Any] = response.json()
        assert tokens["token_type"] == "Bearer"
        assert tokens["expires_in"] > 0
        assert all(len(tokens[name].split("_")[-1]) >= 22 for name in TOKENS & set(tokens))  # 128 bits and more
        return tokens

    def sign_in(self, scope: str = "openid", **parameters: Any) -> dict[str, Any]:
        """The whole code flow; the tokens, the ID token among them proven."""
        asked = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in parameters.items()}
        code = self.authorize(scope, **asked)["code"]
        tokens = self.tokens_of(self.redeem(code))
        claims = self.claims_of(tokens["id_token"])
        assert claims.get("nonce") == asked.get("nonce", self.nonce)
        return tokens

    def is_signed_in(self) -> bool:
        """What ``prompt=none`` brings back: a code, or that somebody has to log in."""
        query = urlencode(self.request(prompt="none"))
        url = self.person.go(f"{self.configuration['authorization_endpoint']}?{query}")
        answer = parse_qs(urlsplit(url).query)
        assert ("code" in answer) is (answer.get("error") != ["login_required"])
        return "code" in answer

    def claims_of(self, id_token: str, alg: str = "RS256") -> dict[str, Any]:
        """The claims of an ID token, validated as OpenID Connect Core §3.1.3.7 has it, by another library."""
        token = jwt.decode(id_token, KeySet.import_key_set(self.keys()), algorithms=[alg])
        assert token.header["kid"]
        claims = token.claims
        assert claims["iss"] == self.issuer
        assert claims["aud"] in (self.client_id, [self.client_id])
        assert 0 < len(claims["sub"]) <= 255
        assert claims["sub"].isascii()
        assert claims["iat"] - 60 < time.time() < claims["exp"]
        return dict(claims)

    def ask_userinfo(self, tokens: dict[str, Any]) -> requests.Response:
        """Call userinfo with the access token."""
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return requests.get(self.configuration["userinfo_endpoint"], headers=headers, timeout=TIMEOUT)

    def userinfo(self, tokens: dict[str, Any]) -> dict[str, Any]:
        """What userinfo tells, about the person of the ID token and nobody else (§5.3.4)."""
        response = self.ask_userinfo(tokens)
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        assert told["sub"] == self.claims_of(tokens["id_token"])["sub"]
        return told
