"""What is measured: each operation as flows that are ready to be sent, each of which succeeds once."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.server import CSRF, Environ, Flow, Reply, Server, get, in_session, one, post, post_as
from benchmarks.subjects import CALLBACK, Client, Subject

SCOPE = "notes:read notes:write"
# Answers without a page where the person agreed before; asks again.
AUTO = {"approval_prompt": "auto"}
ASK = {"prompt": "consent", "approval_prompt": "force"}


@dataclass(frozen=True, slots=True)
class Driver:
    """An app in the browser of a person who is signed in, one that asks each time, and a service of its own."""

    subject: Subject
    server: Server
    session: str
    app: Client
    asking: Client
    service: Client

    def flows(self, operation: str, count: int) -> Iterator[Flow]:
        """``count`` flows of ``operation``."""
        prepare: Callable[[], Iterator[Flow]] = getattr(self, f"_{operation}")
        endless = prepare()
        return (next(endless) for _ in range(count))

    def _unguarded(self) -> Iterator[Flow]:
        while True:
            yield one(get("/unguarded"))

    def _guarded(self) -> Iterator[Flow]:
        token = self._tokens()["access_token"]
        while True:
            yield one(get("/guarded", token))

    def _guarded_anew(self) -> Iterator[Flow]:
        while True:
            yield one(get("/guarded", self._tokens()["access_token"]))

    def _client_credentials(self) -> Iterator[Flow]:
        while True:
            form = {"grant_type": "client_credentials", "scope": "notes:read"}
            yield one(self._post(self.service, self.subject.token, form))

    def _code(self) -> Iterator[Flow]:
        while True:
            yield one(self._redemption())

    def _refresh(self) -> Iterator[Flow]:
        while True:
            form = {"grant_type": "refresh_token", "refresh_token": self._tokens()["refresh_token"]}
            yield one(self._post(self.app, self.subject.token, form))

    def _introspection(self) -> Iterator[Flow]:
        token = self._tokens()["access_token"]
        while True:
            yield one(self._post(self.service, self.subject.introspect, {"token": token}))

    def _revocation(self) -> Iterator[Flow]:
        while True:
            yield one(self._post(self.app, self.subject.revoke, {"token": self._tokens()["refresh_token"]}))

    def _userinfo(self) -> Iterator[Flow]:
        token = self._tokens(scope="openid")["access_token"]
        while True:
            yield one(get(self.subject.userinfo, token))

    def _discovery(self) -> Iterator[Flow]:
        while True:
            yield one(get(self.subject.discovery))

    def _remembered_consent(self) -> Iterator[Flow]:
        self._tokens(self.asking)
        while True:
            yield one(self._asked(self.asking, _challenge(secrets.token_urlsafe(32)), **AUTO))

    def _consent_page(self) -> Iterator[Flow]:
        while True:
            query = self._query(self.asking, _challenge(secrets.token_urlsafe(32)), **ASK)
            yield lambda server, query=query: self._answer(server, query)  # type: ignore[misc]

    def _floor_guarded(self) -> Iterator[Flow]:
        while True:
            yield one(get("/floor/guarded", "token"))

    def _floor_one(self) -> Iterator[Flow]:
        while True:
            yield one(self._post(self.service, "/floor/1", {"grant_type": "client_credentials"}))

    def _floor_two(self) -> Iterator[Flow]:
        while True:
            yield one(self._post(self.service, "/floor/2", {"grant_type": "refresh_token"}))

    def _tokens(self, client: Client | None = None, **asked: str) -> Any:
        return self.server.call(self._redemption(client or self.app, **asked)).json()

    def _redemption(self, client: Client | None = None, **asked: str) -> Environ:
        client, verifier = client or self.app, secrets.token_urlsafe(32)
        form = {
            "grant_type": "authorization_code",
            "code": self._authorize(client, _challenge(verifier), **asked),
            "redirect_uri": CALLBACK,
            "code_verifier": verifier,
        }
        return self._post(client, self.subject.token, form)

    def _authorize(self, client: Client, challenge: str, **asked: str) -> str:
        reply = self._answer(self.server, self._query(client, challenge, **asked)).require()
        return parse_qs(urlsplit(reply.location).query)["code"][0]

    def _answer(self, server: Server, query: dict[str, str]) -> Reply:
        """Ask, see the page if there is one, and allow."""
        reply = server.call(in_session(get(f"{self.subject.authorize}?{urlencode(query)}"), self.session))
        page, form = self.subject.authorize, {**query, "allow": "Authorize"}
        if reply.location.startswith("/"):
            page, form = reply.location, {"decision": "allow"}
            reply = server.call(in_session(get(page), self.session))
        if reply.status.startswith("200"):
            sent = post(page, {**form, "csrfmiddlewaretoken": CSRF}) | {"QUERY_STRING": ""}
            reply = server.call(in_session(sent, self.session))
        return reply

    def _asked(self, client: Client, challenge: str, **asked: str) -> Environ:
        query = urlencode(self._query(client, challenge, **asked))
        return in_session(get(f"{self.subject.authorize}?{query}"), self.session)

    def _query(self, client: Client, challenge: str, **asked: str) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": CALLBACK,
            "scope": SCOPE,
            "state": secrets.token_urlsafe(16),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **asked,
        }

    def _post(self, client: Client, path: str, form: dict[str, str]) -> Environ:
        return post_as(client.client_id, client.secret, path, form)


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
