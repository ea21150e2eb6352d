"""A person with a browser and the web client they use, both over real HTTP."""

import re
import secrets
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from oauth_provider.protocol.pkce import s256

# A box that is ticked on the page is sent as it is.
TICKED = re.compile(r'<input type="checkbox" name="([^"]*)" value="([^"]*)"[^>]* checked')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
ACTION = re.compile(r'<form method="post"(?: action="([^"]*)")?')


@dataclass
class Visitor:
    """``demo`` is what ``demo_seed --json`` printed."""

    demo: dict[str, Any]
    browser: requests.Session = field(default_factory=requests.Session)
    login: str = "user"  # whose, of those that the demo prints

    @property
    def web(self) -> dict[str, Any]:
        """The web client."""
        return self.demo["clients"]["web"]

    def allow(self, scope: str, **parameters: str) -> str:
        """Log in, press Allow, and let the web client redeem its code: an access token for ``scope``."""
        token: str = self.tokens(scope, **parameters)["access_token"]
        return token

    def tokens(self, scope: str, chosen: dict[str, str] | None = None, **parameters: str) -> dict[str, Any]:
        """The whole token response of that; ``parameters`` are added to the authorization request.

        ``chosen`` is what the person chose on the consent page.
        """
        verifier = secrets.token_urlsafe(32)
        query = {
            "response_type": "code",
            "client_id": self.web["client_id"],
            "redirect_uri": self.web["redirect_uris"][0],
            "scope": scope,
            "state": "a state",
            "code_challenge": s256(verifier),
            "code_challenge_method": "S256",
        } | parameters
        page = self.browser.get(f"{self.demo['issuer']}/oauth/authorize", params=query)
        if "password" in page.text and not came_to(query["redirect_uri"], page):
            person = self.demo[self.login]
            page = self.submit(page, username=person["username"], password=person["password"])
        if not came_to(query["redirect_uri"], page):
            page = self.submit(page, decision="allow", **(chosen or {}))
        code = dict(parse_qsl(urlsplit(came_to(query["redirect_uri"], page)).query))["code"]
        return self.redeem(
            "web",
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            redirect_uri=query["redirect_uri"],
        )

    def submit(self, page: requests.Response, **fields: str) -> requests.Response:
        """The form on ``page``, filled in."""
        action = ACTION.search(page.text)
        assert action, page.text
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(page.text)}
        url = urljoin(page.url, unescape(action[1] or ""))
        ticked = [(name, unescape(value)) for name, value in TICKED.findall(page.text) if name not in fields]
        filled = [*ticked, *(hidden | fields).items()]
        return self.browser.post(url, data=filled, headers={"Referer": page.url})

    def token(self, key: str, **form: str) -> str:
        """The access token that the client called ``key`` is given."""
        token: str = self.redeem(key, **form)["access_token"]
        return token

    def redeem(self, key: str, **form: str) -> dict[str, Any]:
        """What the token endpoint gives the client called ``key``."""
        client = self.demo["clients"][key]
        answer = requests.post(
            f"{self.demo['issuer']}/oauth/token",
            data=form,
            auth=(client["client_id"], client["client_secret"]),
            timeout=10,
        )
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def call(self, method: str, token: str, path: str = "", **options: Any) -> requests.Response:
        """A call of the notes API."""
        url = f"{self.demo['issuer']}/api/notes/{path}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, url, headers=headers, timeout=10, **options)


def came_to(redirect_uri: str, page: requests.Response) -> str:
    """The address at which the client was answered on the way to ``page``; the client leads on from there."""
    return next((one.url for one in [*page.history, page] if one.url.startswith(redirect_uri)), "")
