"""One request over real HTTP and its answer, as two messages."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from demo_project.playground.message import Channel, Message, Pairs, Party
from demo_project.playground.words import in_words

TIMEOUT = 10
SHOWN_OF_REQUEST = ("Host", "Authorization", "Content-Type")
SHOWN_OF_ANSWER = ("Content-Type", "Cache-Control", "WWW-Authenticate", "Location")
CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
MOST_BODY = 4000


class Unreachable(Exception):
    """There was no answer. Its text is one line for the person who looks on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Between whom, and what the two messages are called."""

    sender: Party
    receiver: Party
    request: str
    answer: str
    about_request: str
    about_answer: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. ``members`` is the JSON object that came; empty, as ``error``, where none did.

    ``challenge`` holds the parameters of ``WWW-Authenticate``.
    """

    messages: tuple[Message, Message]
    status: int
    members: dict[str, Any]
    error: str
    challenge: dict[str, str]

    @property
    def is_refused(self) -> bool:
        """Did the server say no?"""
        return self.status >= 400


def send(leg: Leg, request: requests.Request) -> Exchange:
    """Send ``request`` and write both messages down. Raises ``Unreachable``."""
    prepared = request.prepare()
    answer = transport(prepared)
    content = _json_of(answer)
    members = content if isinstance(content, dict) else {}
    error = "" if answer.ok else refusal_of(answer, content)[0]
    messages = (_said(leg, prepared), _answered(leg, answer, content))
    return Exchange(messages, answer.status_code, members, error, challenge_of(answer))


def fetch_json(url: str) -> Any:
    """The JSON document at ``url``. Raises ``Unreachable``."""
    answer = transport(requests.Request("GET", url).prepare())
    if not answer.ok:
        raise Unreachable(f"{url} was answered {answer.status_code} {answer.reason}.")
    try:
        return answer.json()
    except ValueError as error:
        raise Unreachable(f"{url} is no JSON document.") from error


def transport(prepared: requests.PreparedRequest) -> requests.Response:
    """Send it where it says: no proxy, no redirect. Raises ``Unreachable``."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.send(prepared, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        parts = urlsplit(prepared.url or "")
        raise Unreachable(f"{parts.scheme}://{parts.netloc} does not answer: {_reason(error)}.") from error


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "it took too long"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not to be trusted"
    return "nothing listens there, so is the server running"


def _said(leg: Leg, prepared: requests.PreparedRequest) -> Message:
    parts = urlsplit(prepared.url or "")
    body = prepared.body if isinstance(prepared.body, str) else (prepared.body or b"").decode()
    is_form = prepared.headers.get("Content-Type") == "application/x-www-form-urlencoded"
    return Message(
        sender=leg.sender,
        receiver=leg.receiver,
        channel=Channel.BACK,
        title=leg.request,
        about=leg.about_request,
        step=leg.step,
        line=f"{prepared.method} {parts.path}",
        headers=_headers({"Host": parts.netloc, **prepared.headers}, SHOWN_OF_REQUEST),
        parameters=tuple(parse_qsl(body, keep_blank_values=True)) if is_form else (),
        body="" if is_form else body,
    )


def _answered(leg: Leg, answer: requests.Response, content: Any) -> Message:
    is_object = isinstance(content, dict)
    error, refusal = ("", "") if answer.ok else refusal_of(answer, content)
    return Message(
        sender=leg.receiver,
        receiver=leg.sender,
        channel=Channel.BACK,
        title=leg.answer if answer.ok else f"{answer.status_code} {error or answer.reason}",
        about=leg.about_answer if answer.ok else "",
        step=leg.step + 1 if leg.step and answer.ok else 0,
        line=f"{answer.status_code} {answer.reason}",
        headers=_headers(answer.headers, SHOWN_OF_ANSWER),
        parameters=tuple((name, _text(value)) for name, value in content.items()) if is_object else (),
        body="" if is_object else _text(content)[:MOST_BODY],
        refusal=refusal,
    )


def refusal_of(answer: requests.Response, content: Any) -> tuple[str, str]:
    """The error and what it means in words: from the JSON, or else from the challenge."""
    said = challenge_of(answer)
    if isinstance(content, dict):
        said |= {name: str(value) for name, value in content.items()}
    error = said.get("error", "")
    return error, in_words(error, said.get("error_description", ""), answer.status_code)


def challenge_of(answer: requests.Response) -> dict[str, str]:
    """What the challenge says, if there is one (RFC 6750 §3)."""
    return dict(CHALLENGE.findall(answer.headers.get("WWW-Authenticate", "")))


def _json_of(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text


def _headers(headers: Any, shown: tuple[str, ...]) -> Pairs:
    return tuple((name, str(headers[name])) for name in shown if name in headers)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
