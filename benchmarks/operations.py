"""What is measured: each operation as requests that are ready to be sent, each of which succeeds once."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client as Browser

from benchmarks.server import Environ, Server, get, post
from benchmarks.subjects import CALLBACK, Client, Subject

SCOPE = "notes:read notes:write"


@dataclass(frozen=True, slots=True)
class Driver:
    """An app in the browser of a person who is signed in, and a service that acts for itself."""

    subject: Subject
    server: Server
    browser: Browser
    app: Client
    service: Client

    def requests(self, operation: str, count: int) -> Iterator[Environ]:
        """``count`` requests of ``operation``."""
        prepare: Callable[[], Iterator[Environ]] = getattr(self, f"_{operation}")
        endless = prepare()
        return (next(endless) for _ in range(count))

    def _unguarded(self) -> Iterator[Environ]:
        while True:
            yield get("/unguarded")

    def _guarded(self) -> Iterator[Environ]:
        token = self._tokens()["access_token"]
        while True:
            yield get("/guarded", token)

    def _client_credentials(self) -> Iterator[Environ]:
        while True:
            yield self._post(self.service, self.subject.token, grant_type="client_credentials", scope="notes:read")

    def _code(self) -> Iterator[Environ]:
        while True:
            yield self._redemption()

    def _refresh(self) -> Iterator[Environ]:
        while True:
            refresh_token = self._tokens()["refresh_token"]
            yield self._post(self.app, self.subject.token, grant_type="refresh_token", refresh_token=refresh_token)

    def _introspection(self) -> Iterator[Environ]:
        token = self._tokens()["access_token"]
        while True:
            yield self._post(self.service, self.subject.introspect, token=token)

    def _tokens(self) -> Any:
        return self.server.call(self._redemption()).json()

    def _redemption(self) -> Environ:
        verifier = secrets.token_urlsafe(32)
        code = self._authorize(verifier)
        return self._post(
            self.app,
            self.subject.token,
            grant_type="authorization_code",
            code=code,
            redirect_uri=CALLBACK,
            code_verifier=verifier,
        )

    def _authorize(self, verifier: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "state": secrets.token_urlsafe(16),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        response: Any = self.browser.get(self.subject.authorize, query, secure=True)
        if response["Location"].startswith("/"):  # the consent page, once
            response = self.browser.post(response["Location"], {"decision": "allow"}, secure=True)
        location: str = response["Location"]
        return parse_qs(urlsplit(location).query)["code"][0]

    def _post(self, client: Client, path: str, **form: str) -> Environ:
        return post(path, form, client.client_id, client.secret)
