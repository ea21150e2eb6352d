"""A client and a browser in one: what tests say to the endpoints, over Django's test client."""

import random
import secrets
import string
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client as Browser

from oauth_provider.protocol.pkce import s256
from tests.factories import CALLBACK, ApplicationFactory, UserFactory

FORM = "application/x-www-form-urlencoded"
AUTHORIZE, TOKEN, REVOKE, INTROSPECT = "/oauth/authorize", "/oauth/token", "/oauth/revoke", "/oauth/introspect"
PAR = "/oauth/par"
METADATA = "/.well-known/oauth-authorization-server"
USERINFO, JWKS = "/oauth/userinfo", "/oauth/jwks"
LOGOUT, CONFIRM = "/oauth/logout", "/oauth/logout/confirm"


def verifier() -> str:
    """A code verifier (RFC 7636 §4.1)."""
    return secrets.token_urlsafe(32)


def incompressible(length: int) -> str:
    """Text that no ticket makes shorter; the same each time."""
    return "".join(random.Random(length).choices(string.ascii_letters, k=length))


def query_of(url: str) -> dict[str, str]:
    """The query of a URL, each parameter once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def post(browser: Browser, path: str, form: Any, **headers: Any) -> Any:
    """POST a urlencoded form; ``form`` is a dict, a list of pairs, or a raw string."""
    body = form if isinstance(form, str) else urlencode(form)
    return browser.generic("POST", path, body, content_type=FORM, headers=headers)


@dataclass
class Driver:
    """One client (``application`` from ApplicationFactory) driven in one browser."""

    application: Any
    browser: Browser = field(default_factory=Browser)
    code_verifier: str = field(default_factory=verifier)
    redirect_uri: str = CALLBACK
    scope: str = "notes:read notes:write"

    @property
    def credentials(self) -> dict[str, str]:
        """client_secret_post, or ``client_id`` alone for a public client."""
        credentials = {"client_id": self.application.client_id}
        if self.application.secret:
            credentials["client_secret"] = self.application.secret
        return credentials

    def request(self, **changes: Any) -> dict[str, str]:
        """The parameters of an authorization request; a change to None leaves one out."""
        parameters = {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": "a state",
            "code_challenge": s256(self.code_verifier),
            "code_challenge_method": "S256",
        } | changes
        return {name: value for name, value in parameters.items() if value is not None}

    def authorize(self, **changes: Any) -> Any:
        """GET the authorization endpoint."""
        return self.browser.get(AUTHORIZE, self.request(**changes))

    def push(self, **changes: Any) -> Any:
        """POST the request to the pushed authorization request endpoint."""
        return self._post(PAR, self.request(**changes))

    def open(self, request_uri: str, **changes: Any) -> Any:
        """GET the authorization endpoint with a request that was pushed, and nothing else."""
        query = {"client_id": self.application.client_id, "request_uri": request_uri} | changes
        return self.browser.get(AUTHORIZE, query)

    def decide(self, page_url: str, decision: str = "allow") -> Any:
        """POST the decision of a consent page."""
        return self.browser.post(page_url, {"decision": decision})

    def elsewhere(self) -> "Driver":
        """The same client and session in a browser of its own, for another thread. Errors are answered 500."""
        browser = Browser(raise_request_exception=False)
        browser.cookies = SimpleCookie({name: morsel.value for name, morsel in self.browser.cookies.items()})
        return replace(self, browser=browser)

    def sign_in(self, user: Any) -> None:
        """Sign ``user`` in as Django does, so that the session knows when."""
        self.browser.force_login(user)

    def code(self, **changes: Any) -> str:
        """Go all the way to a code, saying yes if asked. Somebody must be signed in."""
        response = self.authorize(**changes)
        if response["Location"].startswith("/oauth/consent/"):
            response = self.decide(response["Location"])
        return query_of(response["Location"])["code"]

    def token(self, **form: Any) -> Any:
        """POST to the token endpoint with this client's credentials; None leaves a parameter out."""
        return self._post(TOKEN, form)

    def redeem(self, code: str, /, **form: Any) -> Any:
        """Redeem a code."""
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.code_verifier,
        }
        return self.token(**(given | form))

    def refresh(self, refresh_token: str, /, **form: Any) -> Any:
        """Refresh."""
        return self.token(**({"grant_type": "refresh_token", "refresh_token": refresh_token} | form))

    def tokens(self) -> dict[str, Any]:
        """The token response of a whole code flow."""
        response = self.redeem(self.code())
        assert response.status_code == 200, response.content
        tokens: dict[str, Any] = response.json()
        return tokens

    def revoke(self, token: str, /, **form: Any) -> Any:
        """Revoke a token."""
        return self._post(REVOKE, {"token": token} | form)

    def introspect(self, token: str, /, **form: Any) -> Any:
        """Introspect a token as this client."""
        return self._post(INTROSPECT, {"token": token} | form)

    def _post(self, path: str, form: dict[str, Any]) -> Any:
        given = {**self.credentials, **form}
        return post(self.browser, path, {name: value for name, value in given.items() if value is not None})


def signed_in(user: Any = None, *, redirect_uri: str = CALLBACK, **application: Any) -> Driver:
    """A client of those columns, in the browser of a person who is signed in; ``application["policy"]`` as ever."""
    driver = Driver(ApplicationFactory(redirect_uris=redirect_uri, **application), redirect_uri=redirect_uri)
    driver.sign_in(user or UserFactory())
    return driver
