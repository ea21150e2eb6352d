"""An authorization server of a few lines that does as the walk expects, except for the one fault it is given."""

import base64
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from oauth_provider.protocol.pkce import s256

CALLBACK = "https://app.example.com/callback"
PUBLIC, PUBLIC_CALLBACK = "the-public-app", "http://127.0.0.1:5000/callback"
CLIENT, SECRET, USER, PASSWORD = "the-app", "the-secret-of-the-app", "robin", "correct horse"
API_CLIENT, API_SECRET = "the-api", "the-secret-of-the-api"
JSON, HTML = "application/json", "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What is sent; ``endless`` repeats the body for as long as somebody reads."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    endless: bool = False

    def but(self, **headers: str | None) -> "Answer":
        """With other headers (underscores are dashes); None takes one away."""
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={name: value for name, value in given.items() if value is not None})

    def saying(self, **members: Any) -> "Answer":
        """With other members in the JSON object; None takes one away."""
        given = json.loads(self.body) | members
        return replace(self, body=json.dumps({name: value for name, value in given.items() if value is not None}))


def as_json(members: Any, status: int = 200) -> Answer:
    """Never to be stored."""
    return Answer(status, json.dumps(members), {"Content-Type": JSON, "Cache-Control": "no-store"})


def page(body: str, status: int = 200) -> Answer:
    """HTML."""
    return Answer(status, f"<!doctype html><title>A page</title><body>{body}", {"Content-Type": HTML})


def redirect(url: str) -> Answer:
    """303."""
    return Answer(303, "", {"Location": url})


def refused(error: str, status: int = 400) -> Answer:
    """RFC 6749 §5.2."""
    return as_json({"error": error, "error_description": "So it is."}, status)


Tamper = Callable[[str, Answer], Answer]


class FakeServer(HTTPServer):
    """``tamper`` is handed the path and the answer and may change it; ``faults`` are rules that are not kept."""

    def __init__(self, tamper: Tamper | None, faults: set[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.issuer = self.url
        self.tamper = tamper or (lambda path, answer: answer)
        self.faults = faults
        self.codes: dict[str, dict[str, Any]] = {}
        self.families: list[dict[str, Any]] = []
        self.agreed: set[str] = set()
        self.seen: list[tuple[str, str, dict[str, str]]] = []

    def answer(self, path: str, query: dict[str, str], form: dict[str, str], headers: Any) -> Answer:
        """By path."""
        name = path.strip("/").partition("/")[0].replace(".well-known", "metadata")
        self.seen.append((path, headers.get("Authorization", ""), form))
        answer: Answer = getattr(self, f"on_{name}", self.on_nothing)(query, form, headers)
        return self.tamper(name, answer)

    def on_nothing(self, query, form, headers):
        return page("Not found", 404)

    def on_metadata(self, query, form, headers):
        ends = ("authorization", "token", "revocation", "introspection")
        return as_json(
            {
                "issuer": self.issuer,
                **{f"{end}_endpoint": f"{self.url}/{end}" for end in ends},
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def on_authorization(self, query, form, headers):
        if query["redirect_uri"] not in (CALLBACK, PUBLIC_CALLBACK) and "redirects anywhere" not in self.faults:
            return page("<p>That is not registered.</p>", 400)
        here = urlencode(query)
        if "session=" not in headers.get("Cookie", ""):
            return redirect(f"/login?next={quote('/authorization?' + here, safe='')}")
        if query["client_id"] == CLIENT and set(query["scope"].split()) <= self.agreed:
            return self.back(query, code=self.code(query))
        return page(
            f'<form method="post" action="/consent"><input type="hidden" name="asked" value="{escape(here)}">'
            '<button name="decision" value="allow">Yes</button><button name="decision" value="deny">No</button></form>'
        )

    def on_login(self, query, form, headers):
        fields = '<input name="name"><input type="password" name="word"><input type="submit" value="Go">'
        if (form.get("name"), form.get("word")) == (USER, PASSWORD):
            return redirect(query["next"]).but(Set_Cookie="session=abc; Path=/")
        wrong = "<p>Wrong.</p>" if form else ""
        return page(f'{wrong}<form method="post">{fields}</form>')

    def on_consent(self, query, form, headers):
        asked = dict(parse_qsl(form["asked"]))
        if form["decision"] != "allow":
            return self.back(asked, error="access_denied")
        self.agreed |= set(asked["scope"].split())
        return self.back(asked, code=self.code(asked))

    def back(self, asked, **answer):
        return redirect(f"{asked['redirect_uri']}?{urlencode(answer | {'state': asked['state'], 'iss': self.issuer})}")

    def code(self, asked):
        code = secrets.token_hex(8)
        self.codes[code] = {**asked, "family": None}
        return code

    def on_token(self, query, form, headers):
        if who(headers) != (CLIENT, SECRET) and form.get("client_id") != PUBLIC:
            return refused("invalid_client", 401).but(WWW_Authenticate="Basic")
        return getattr(self, form["grant_type"])(form)

    def authorization_code(self, form):
        asked = self.codes[form["code"]]
        if s256(form["code_verifier"]) != asked["code_challenge"] and "takes any verifier" not in self.faults:
            return refused("invalid_grant")
        if asked["family"] is not None and "takes codes twice" not in self.faults:
            asked["family"]["dead"] = "keeps tokens of replayed codes" not in self.faults
            return refused("invalid_grant")
        asked["family"] = family = {"dead": False, "scope": asked["scope"], "answers": [], "sub": "1"}
        self.families.append(family)
        return self.issue(family)

    def client_credentials(self, form):
        family = {"dead": False, "scope": form["scope"], "answers": []}
        self.families.append(family)
        return self.issue(family).saying(refresh_token=None)

    def refresh_token(self, form):
        family, number = self.find("refresh_token", form["refresh_token"])
        last = len(family["answers"]) - 1
        if family["dead"]:
            return refused("invalid_grant")
        if "keeps refresh tokens" in self.faults:
            return self.issue(family).saying(refresh_token=form["refresh_token"])
        if number == last or "takes replays" in self.faults:
            return self.issue(family)
        if number == last - 1 and "has no retries" not in self.faults:
            return family["answers"][-1]
        family["dead"] = "keeps tokens of replayed ones" not in self.faults
        return refused("invalid_grant")

    def issue(self, family):
        tokens = {f"{kind}_token": secrets.token_hex(8) for kind in ("access", "refresh")}
        answer = as_json({**tokens, "token_type": "Bearer", "expires_in": 60, "scope": family["scope"]})
        family["answers"].append(answer)
        return answer

    def find(self, name, token):
        for family in self.families:
            for number, answer in enumerate(family["answers"]):
                if json.loads(answer.body).get(name) == token:
                    return family, number
        return {"dead": True, "answers": []}, 0

    def on_revocation(self, query, form, headers):
        for name in ("access_token", "refresh_token"):
            if "revokes nothing" not in self.faults:
                self.find(name, form["token"])[0]["dead"] = True
        return Answer(200)

    def on_introspection(self, query, form, headers):
        family, _number = self.find("access_token", form["token"])
        if family["dead"] or who(headers) != (API_CLIENT, API_SECRET):
            return as_json({"active": False})
        subject = {"sub": family["sub"]} if "sub" in family else {}
        return as_json({"active": True, "client_id": CLIENT, "scope": family["scope"], **subject})

    def on_api(self, query, form, headers):
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return as_json({}, 401).but(WWW_Authenticate='Bearer realm="api"')
        if self.find("access_token", token)[0]["dead"]:
            return as_json({}, 401).but(WWW_Authenticate='Bearer error="invalid_token"')
        return as_json({"notes": ["Milk"]})

    @property
    def living(self):
        """What nobody revoked."""
        return [family for family in self.families if not family["dead"]]


def who(headers: Any) -> tuple[str, ...]:
    """The client and the secret of ``Basic``."""
    return tuple(base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode().split(":"))


class Handler(BaseHTTPRequestHandler):
    """Hands requests to the server."""

    server: FakeServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        answer = self.server.answer(parts.path, dict(parse_qsl(parts.query)), dict(parse_qsl(body)), self.headers)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(answer.body.encode())
            while answer.endless:
                self.wfile.write(answer.body.encode() * 1000)
        except (BrokenPipeError, ConnectionResetError):
            pass

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def serve(server: FakeServer) -> threading.Thread:
    """In a thread, until ``shutdown``."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    return thread
