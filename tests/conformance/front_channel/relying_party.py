"""A relying party and the person who uses it: they speak HTTP to the server, and know nothing else of it."""

import base64
import json
import re
import secrets
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

import requests

from oauth_provider.protocol.pkce import s256
from tests.factories import CALLBACK

FORM = re.compile(r"<form.*?</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
ACTION = re.compile(r'<form[^>]* action="([^"]*)"')
PASSWORD = "correct horse"


@dataclass(frozen=True)
class Arrived:
    """What reached the client, and how: ``url``, or the ``body`` of a POST to it."""

    url: str
    body: str = ""

    @property
    def answer(self) -> dict[str, str]:
        """Each parameter of the answer, wherever it was put."""
        said = self.body or self.url.partition("#")[2] or self.url.partition("?")[2]
        pairs = parse_qsl(said, keep_blank_values=True)
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)


@dataclass
class RelyingParty:
    """One client (a row of ApplicationFactory), at the server at ``issuer``, with a browser."""

    issuer: str
    application: Any
    redirect_uri: str = CALLBACK
    scope: str = "openid notes:read notes:write"
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    browser: requests.Session = field(default_factory=requests.Session)

    def another(self, application: Any) -> "RelyingParty":
        """Another client in the same browser."""
        return replace(self, application=application)

    def metadata(self) -> dict[str, Any]:
        """What the server says of itself (RFC 8414)."""
        answer = requests.get(f"{self.issuer}/.well-known/oauth-authorization-server", timeout=10)
        assert answer.status_code == 200
        return answer.json()

    def request(self, **changes: Any) -> dict[str, str]:
        """The parameters of an authorization request; a change to None leaves one out."""
        parameters = {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": "af0ifjsldkj",
            "nonce": "n-0S6_WzA2Mj",
            "code_challenge": s256(self.code_verifier),
            "code_challenge_method": "S256",
        } | changes
        return {name: value for name, value in parameters.items() if value is not None}

    def authorize(self, **changes: Any) -> "requests.Response | Arrived":
        """Send the browser to the authorization endpoint: the page it ends at, or what arrives at the client."""
        return self.go(f"{self.issuer}/oauth/authorize?{urlencode(self.request(**changes))}")

    def post_request(self, **changes: Any) -> "requests.Response | Arrived":
        """The same by a form of the client's own page."""
        headers = {"Origin": "https://app.example.com"}
        # What a browser does with a cross-site POST: cookies that are SameSite=Lax stay at home.
        answer = requests.post(
            f"{self.issuer}/oauth/authorize",
            data=self.request(**changes),
            headers=headers,
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 303, answer.text
        return self.go(urljoin(answer.url, answer.headers["Location"]))

    def open(self, request_uri: str, **changes: Any) -> "requests.Response | Arrived":
        """Send the browser with a pushed request."""
        query = {"client_id": self.application.client_id, "request_uri": request_uri} | changes
        return self.go(f"{self.issuer}/oauth/authorize?{urlencode(query)}")

    def push(self, method: str = "POST", **changes: Any) -> requests.Response:
        """Push a request (RFC 9126)."""
        return requests.request(
            method,
            f"{self.issuer}/oauth/par",
            data=self.request(**changes),
            auth=(self.application.client_id, self.application.secret),
            timeout=10,
        )

    def pushed(self, **changes: Any) -> str:
        """The name of a request that was pushed."""
        answer = self.push(**changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["request_uri"])

    def go(self, url: str) -> "requests.Response | Arrived":
        """Follow the server's own redirects."""
        for _ in range(20):
            if not url.startswith(f"{self.issuer}/"):
                return Arrived(url)
            answer = self.browser.get(url, allow_redirects=False, timeout=10)
            if "Location" not in answer.headers:
                return self.arrive(answer)
            url = urljoin(url, answer.headers["Location"])
        raise AssertionError("the server sends the browser round in circles")

    def arrive(self, page: requests.Response) -> "requests.Response | Arrived":
        """Do what a script does on a page of form_post; any other page stays where it is."""
        if 'id="oa-form-post"' not in page.text:
            return page
        form = FORM.search(page.text).group()  # type: ignore[union-attr]
        fields = {name: unescape(value) for name, value in HIDDEN.findall(form)}
        return Arrived(unescape(ACTION.search(form)[1]), urlencode(fields))  # type: ignore[index]

    def submit(self, page: Any, **fields: str) -> "requests.Response | Arrived":
        """Fill in the form on ``page`` and press its button."""
        assert isinstance(page, requests.Response), page
        form = FORM.search(page.text)
        assert page.status_code == 200, page.text
        assert form, page.text
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(form.group())}
        action = ACTION.search(form.group())
        url = urljoin(page.url, unescape(action[1]) if action else "") if action and action[1] else page.url
        headers = {"Origin": self.issuer, "Referer": page.url}
        answer = self.browser.post(url, data=hidden | fields, headers=headers, allow_redirects=False, timeout=10)
        if "Location" in answer.headers:
            return self.go(urljoin(url, answer.headers["Location"]))
        return self.arrive(answer)

    def log_in(self, page: Any, user: Any) -> "requests.Response | Arrived":
        """Sign in on the login page."""
        assert is_login_page(page), page
        return self.submit(page, username=user.get_username(), password=PASSWORD)

    def sign_in_and_allow(self, page: Any, user: Any) -> Arrived:
        """Go through the login page and the consent page, as far as they are shown."""
        if is_login_page(page):
            page = self.log_in(page, user)
        if is_consent_page(page):
            page = self.submit(page, decision="allow")
        assert isinstance(page, Arrived), page.text
        return page

    def redeem(self, code: str) -> requests.Response:
        """The token request."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.code_verifier,
        }
        auth = (self.application.client_id, self.application.secret)
        return requests.post(f"{self.issuer}/oauth/token", data=form, auth=auth, timeout=10)

    def id_token(self, arrived: Any) -> str:
        """The ID token for the code that arrived."""
        assert isinstance(arrived, Arrived), arrived.text
        answer = self.redeem(arrived.answer["code"])
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id_token"])


def said_in(id_token: str) -> dict[str, Any]:
    """The claims of an ID token, which came straight from the token endpoint (Core §3.1.3.7, 6)."""
    payload = id_token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def is_login_page(page: Any) -> bool:
    """Is a password asked for?"""
    return isinstance(page, requests.Response) and page.status_code == 200 and 'type="password"' in page.text


def is_consent_page(page: Any) -> bool:
    """Is a decision asked for?"""
    return isinstance(page, requests.Response) and page.status_code == 200 and 'name="decision"' in page.text


def is_error_page(page: Any, error: str) -> None:
    """Our page about ``error``: nothing went to the client."""
    assert isinstance(page, requests.Response), page
    assert page.status_code == 400, page.text
    assert page.headers["Content-Type"].startswith("text/html")
    assert f"<code>{error}</code>" in page.text


def is_refused(arrived: Any, error: str, issuer: str, *, state: str | None = "af0ifjsldkj") -> None:
    """``error`` came back to the client, with what belongs to it and no more."""
    assert isinstance(arrived, Arrived), getattr(arrived, "text", arrived)
    answer = arrived.answer
    assert answer["error"] == error, answer
    assert answer["iss"] == issuer
    assert answer.get("state") == state
    assert set(answer) <= {"error", "error_description", "state", "iss"}
    description = answer.get("error_description", "")
    assert description.isascii()
    assert description.isprintable()
