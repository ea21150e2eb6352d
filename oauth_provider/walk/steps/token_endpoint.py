"""App at the token and revocation endpoints (RFC 6749 §3.2, RFC 7009 §2): its requests, and checks of the answers."""

import base64
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from oauth_provider.walk.scene import Credentials, Scene, Skip, Tokens
from oauth_provider.walk.steps.metadata import is_listed, why_refused
from oauth_provider.walk.wire import Exchange, Request

# What fits into the Authorization header (RFC 6750 §2.1).
BEARER_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
BASIC, POST = "client_secret_basic", "client_secret_post"


@dataclass(frozen=True, slots=True)
class Caller:
    """Role that is played, and the client that it uses."""

    actor: str
    client: Credentials


def post(scene: Scene, endpoint: str, form: dict[str, str], caller: Caller | None = None) -> Exchange:
    """POST ``form`` to an endpoint in the metadata, as the app or another caller. Raise ``Skip`` if it is missing."""
    url = scene.metadata.get(endpoint)
    if url is None:
        raise Skip(f"the server names no {endpoint}")
    caller = caller or Caller("App", scene.target.client)
    headers, credentials = authenticate(scene, caller.client, endpoint)
    request = Request(caller.actor, "POST", url, {"Accept": "application/json", **headers}, form | credentials)
    return scene.send(request)


def authenticate(scene: Scene, client: Credentials, endpoint: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return header and parameters of client authentication (RFC 6749 §2.3.1): Basic where the server accepts it."""
    if not client.client_secret:
        return {}, {"client_id": client.client_id}
    methods = f"{endpoint}_auth_methods_supported"
    if is_listed(scene, methods, POST) and not is_listed(scene, methods, BASIC):
        return {}, {"client_id": client.client_id, "client_secret": client.client_secret}
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, {}


def read_tokens(scene: Scene, exchange: Exchange, asked: str) -> Tokens:
    """Check a successful answer (RFC 6749 §5.1), and return its tokens, which are revoked at the end."""
    members = exchange.response.members()
    access_token, refresh_token = text_of(members, "access_token"), text_of(members, "refresh_token")
    tokens = Tokens(access_token, refresh_token, text_of(members, "scope") or asked)
    if access_token or refresh_token:  # whatever is wrong with the answer, they are good somewhere
        scene.issued.append(tokens)
    is_good = exchange.response.status == 200 and bool(BEARER_TOKEN.fullmatch(access_token))
    scene.require(
        "RFC 6749 §5.1",
        "The server answers 200, with an access token",
        is_good,
        expected="200 and an access_token",
        actual=why_refused(exchange),
    )
    check_answer(scene, exchange, members, asked)
    return tokens


def check_answer(scene: Scene, exchange: Exchange, members: dict[str, Any], asked: str) -> None:
    """Check headers and members of a token response (RFC 6749 §5.1)."""
    spec, headers = "RFC 6749 §5.1", exchange.response.headers
    caching = headers.get("Cache-Control", "")
    text = "Nobody on the way keeps a copy: Cache-Control is no-store"
    scene.check(spec, text, "no-store" in caching.lower(), expected="no-store", actual=caching or "no Cache-Control")
    kind = headers.get("Content-Type", "")
    is_json = kind.lower().partition(";")[0].strip() == "application/json"
    scene.check(spec, "The answer is JSON", is_json, expected="application/json", actual=kind or "no type")
    token_type = members.get("token_type")
    is_bearer = isinstance(token_type, str) and token_type.lower() == "bearer"
    scene.check("RFC 6750 §4", "The token is a bearer token", is_bearer, expected="Bearer", actual=token_type)
    lives = members.get("expires_in")
    is_lifetime = isinstance(lives, int) and not isinstance(lives, bool) and lives > 0
    scene.check(spec, "It says how many seconds the token lives", is_lifetime, expected="a number", actual=lives)
    granted = text_of(members, "scope")
    is_within = not asked or set(granted.split()) <= set(asked.split())
    text = "It says which scope was granted, no more than was asked for"
    scene.check("RFC 6749 §3.3", text, bool(granted or asked) and is_within, expected=asked, actual=granted or "none")


def check_refused(scene: Scene, exchange: Exchange, spec: str, text: str, *, error: str = "invalid_grant") -> None:
    """Check a refusal (RFC 6749 §5.2): the status, the error, and no token."""
    response = exchange.response
    members = response.members()
    statuses = (400, 401) if error == "invalid_client" else (400,)
    ok = response.status in statuses and members.get("error") == error and "access_token" not in members
    actual = why_refused(exchange) if "access_token" not in members else f"{response.status}, and a token"
    scene.check(spec, text, ok, expected=f"{statuses[-1]} {error}", actual=actual)
    if text_of(members, "access_token"):
        scene.issued.append(Tokens(text_of(members, "access_token"), text_of(members, "refresh_token"), ""))


def refresh(scene: Scene, tokens: Tokens, actor: str = "App") -> Exchange:
    """Send the refresh token (RFC 6749 §6)."""
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    return post(scene, "token_endpoint", form, Caller(actor, scene.target.client))


def revoke(scene: Scene, token: str, hint: str = "") -> Exchange:
    """Send a revocation (RFC 7009 §2.1)."""
    form = {"token": token} | ({"token_type_hint": hint} if hint else {})
    return post(scene, "revocation_endpoint", form)


def text_of(members: dict[str, Any], name: str) -> str:
    """Return a member that is a string; "" where it is not."""
    value = members.get(name)
    return value if isinstance(value, str) else ""
