"""Photo Book: a real client, as a tutorial would write it (RFC 6749 §4.1, RFC 7636, RFC 9207).

It runs in the same project for convenience alone: everything it knows of the server came over HTTP.
"""

import json
import secrets
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import requests
from django.conf import settings

from demo_project import addresses
from demo_project.photos.prints import PHOTO_PRINT, PHOTOS
from demo_project.playground import legs
from demo_project.playground.exchange import Exchange, Leg, Unreachable, fetch_json, send
from demo_project.playground.id_token import read_id_token
from demo_project.playground.memory import Memory, Pending
from demo_project.playground.message import Channel, Message, Pairs, Party
from demo_project.playground.words import in_words
from demo_project.seed import DemoClient, client_called
from oauth_provider.protocol.digest import equal
from oauth_provider.protocol.pkce import s256

METADATA = "/.well-known/oauth-authorization-server"
WANTED = (
    "issuer", "authorization_endpoint", "token_endpoint", "revocation_endpoint", "introspection_endpoint",
    "userinfo_endpoint", "jwks_uri",
)  # fmt: skip
FIRST_SCOPE = "notes:read"
ON_OFFER = {
    "notes:read": "Read your notes",
    "notes:write": "Write and delete your notes",
    "notes:everyone": "Read everybody's notes, which only staff may allow",
    "openid": "Know who you are (OpenID Connect)",
    "profile": "Know your name",
    "photos:read": "See your photos, at another service",
    "photos:print": "Order prints of them",
}
# Which photo is for the person to pick.
ORDER = {"type": PHOTO_PRINT, "copies": 2, "size": "20x30"}
API = "/api/notes/"
STEP_UP = ("max_age", "acr_values")
ROTATIONS_UNTIL_OLD = 3  # the newest serves, the one before it may be repeated, and all older ones are refused


def photo_book() -> DemoClient:
    """The client that this is."""
    return client_called("web")


def notes_api() -> DemoClient:
    """The API, as the client that may introspect."""
    return client_called("resource_server")


class Offer(NamedTuple):
    """Something that Photo Book can ask for; ``is_asked`` in the walk that goes on, or else usually."""

    field: str
    name: str
    words: str
    is_asked: bool


def offers(memory: Memory) -> list[Offer]:
    """Everything that the form offers."""
    asked = memory.asked
    scopes = asked.scope.split() if asked else [FIRST_SCOPE]
    listed = [Offer("scope", name, words, name in scopes) for name, words in ON_OFFER.items()]
    return [
        *listed,
        Offer(
            "order",
            PHOTO_PRINT,
            "Order two prints of one photo that you pick, and nothing else",
            bool(asked and asked.order),
        ),
    ]


def begin(memory: Memory, scope: str, *, order: bool = False) -> None:
    """Find the server's endpoints and make an authorization request. Raises ``Unreachable``."""
    memory.metadata = discover()
    _ask(memory, Pending(*values(), scope, order=order))


def step_up(memory: Memory) -> None:
    """Ask again, for the sign-in that an API wants (RFC 9470 §4)."""
    order = bool(memory.answered and memory.answered.order)
    wanted = {name: memory.challenge.get(name, "") for name in STEP_UP}
    memory.answered, memory.challenge = None, {}
    _ask(memory, Pending(*values(), memory.scope, order=order, **wanted))


def values() -> tuple[str, str, str]:
    """``state``, ``code_verifier`` and ``nonce`` of one request."""
    return secrets.token_urlsafe(24), secrets.token_urlsafe(48), secrets.token_urlsafe(24)


def discover() -> dict[str, str]:
    """The server's endpoints, from its metadata (RFC 8414 §3). Raises ``Unreachable``."""
    url = settings.ISSUER + METADATA
    members = fetch_json(url)
    if not isinstance(members, dict) or members.get("issuer") != settings.ISSUER:
        raise Unreachable(f"{url} is not the metadata of {settings.ISSUER} (RFC 8414 §3.3).")
    return {name: str(members[name]) for name in WANTED if name in members}


def announce(memory: Memory, pending: Pending) -> None:
    """Write down how the request was prepared, and the request itself."""
    url = authorization_url(memory, pending)
    prepared: Pairs = (
        ("state", pending.state),
        ("code_verifier", pending.code_verifier),
        ("code_challenge", s256(pending.code_verifier)),
    )
    memory.add(
        legs.inside("Photo Book prepares", legs.PREPARES, prepared),
        Message(
            sender=Party.CLIENT,
            receiver=Party.AUTHORIZATION_SERVER,
            channel=Channel.FRONT,
            title="Authorization request",
            about=legs.AUTHORIZATION_REQUEST,
            step=1,
            line=f"GET {urlsplit(url).path}",
            parameters=parameters_of(pending),
        ),
    )


def authorization_url(memory: Memory, pending: Pending) -> str:
    """Where the browser goes to ask (RFC 6749 §4.1.1)."""
    return f"{memory.metadata['authorization_endpoint']}?{urlencode(parameters_of(pending))}"


def parameters_of(pending: Pending) -> Pairs:
    """The parameters of the authorization request."""
    nonce: Pairs = (("nonce", pending.nonce),) if pending.is_about_a_person else ()
    order: Pairs = (("authorization_details", json.dumps([ORDER])),) if pending.order else ()
    wanted: Pairs = (("max_age", pending.max_age), ("acr_values", pending.acr_values))
    return (
        ("response_type", "code"),
        ("client_id", photo_book().client_id),
        ("redirect_uri", redirect_uri()),
        ("scope", pending.scope),
        ("state", pending.state),
        ("code_challenge", s256(pending.code_verifier)),
        ("code_challenge_method", "S256"),
        *nonce,
        *order,
        *(pair for pair in wanted if pair[1]),
    )


def redirect_uri() -> str:
    """The one that is registered."""
    return photo_book().redirect_uris[0]


def receive(memory: Memory, answer: dict[str, str]) -> Memory:
    """Take the authorization response (RFC 6749 §4.1.2, RFC 9207 §2.4); what is remembered after it."""
    pending = memory.recall(answer.get("state", ""))
    if pending is None:
        memory.notice = "An answer came that belongs to no request of Photo Book: its state is unknown. It was ignored."
        return memory
    if not equal(answer.get("iss", ""), memory.metadata["issuer"]):
        memory.notice = "An answer came that names another issuer (RFC 9207 §2.4). It was ignored."
        return memory
    error, code = answer.get("error", ""), answer.get("code", "")
    if not error and not code:
        memory.notice = "An answer came that holds neither a code nor an error. It was ignored."
        return memory
    received = Memory(metadata=memory.metadata, pending=memory.pending, answered=pending)
    announce(received, pending)
    received.seen = len(received.messages)
    refusal = in_words(error, answer.get("error_description", ""), 302) if error else ""
    received.code = "" if refusal else code
    received.add(
        legs.decision(),
        Message(
            sender=Party.AUTHORIZATION_SERVER,
            receiver=Party.CLIENT,
            channel=Channel.FRONT,
            title=error if refusal else "Authorization code",
            about="" if refusal else legs.CODE,
            step=0 if refusal else 3,
            line=f"GET {urlsplit(redirect_uri()).path}",
            parameters=tuple(answer.items()),
            refusal=refusal,
        ),
    )
    received.ended = refusal and "Nothing was shared."
    return received


def redeem(memory: Memory, code_verifier: str) -> Exchange:
    """The token request (RFC 6749 §4.1.3)."""
    form = {
        "grant_type": "authorization_code",
        "code": memory.code,
        "redirect_uri": redirect_uri(),
        "code_verifier": code_verifier,
    }
    return _post(memory, legs.TOKEN, "token_endpoint", form)


def refresh(memory: Memory, refresh_token: str) -> Exchange:
    """RFC 6749 §6."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _post(memory, legs.REFRESH, "token_endpoint", form)


def revoke(memory: Memory) -> Exchange:
    """RFC 7009 §2.1."""
    form = {"token": memory.refresh_tokens[-1], "token_type_hint": "refresh_token"}
    return _post(memory, legs.REVOCATION, "revocation_endpoint", form)


def introspect(memory: Memory) -> Exchange:
    """RFC 7662 §2.1; the API asks, not Photo Book."""
    return _post(memory, legs.INTROSPECTION, "introspection_endpoint", {"token": memory.access_token}, notes_api())


def call_api(memory: Memory, method: str = "GET", *, with_token: bool = True) -> Exchange:
    """RFC 6750 §2.1."""
    request = requests.Request(method, settings.ISSUER + API)
    if with_token:
        request.headers["Authorization"] = f"Bearer {memory.access_token}"
    if method == "POST":
        request.json = {"text": "Written by Photo Book"}
    return _write_down(memory, send(legs.RESOURCE if with_token else legs.BARE, request))


def call_photos(memory: Memory) -> Exchange:
    """The same token at another service."""
    return _write_down(memory, send(legs.PHOTOS, _with_token(memory, "GET", f"{addresses.PHOTOS_RESOURCE}/")))


def order_print(memory: Memory) -> Exchange:
    """A call for which it matters when somebody signed in; what is wanted is remembered (RFC 9470 §3)."""
    ordered = send(legs.PRINT, _with_token(memory, "POST", f"{addresses.PHOTOS_RESOURCE}/snow/print"))
    is_too_old = ordered.error == "insufficient_user_authentication"
    memory.challenge = ordered.challenge if is_too_old else {}
    return _write_down(memory, ordered)


def order_picked(memory: Memory) -> Exchange:
    """The order that the visitor agreed to in full (RFC 9396)."""
    return _order(memory, memory.photo)


def order_other(memory: Memory) -> Exchange:
    """An order of a photo that nobody picked."""
    return _order(memory, next(name for name in PHOTOS if name != memory.photo))


def ask_who(memory: Memory) -> Exchange:
    """OpenID Connect Core §5.3."""
    request = requests.Request("GET", memory.metadata["userinfo_endpoint"])
    request.headers["Authorization"] = f"Bearer {memory.access_token}"
    return _write_down(memory, send(legs.USERINFO, request))


def check_id_token(memory: Memory, id_token: str) -> None:
    """OpenID Connect Core §3.1.3.7: who it says you are is believed only after all of this."""
    nonce = memory.answered.nonce if memory.answered else ""
    checked = read_id_token(id_token, memory.metadata, client_id=photo_book().client_id, nonce=nonce)
    memory.add(legs.inside("Photo Book checks the ID token", checked.about, checked.claims, refusal=checked.refusal))


def take(memory: Memory, exchange: Exchange) -> None:
    """Keep the tokens of a token response."""
    memory.access_token = exchange.members["access_token"]
    memory.scope = exchange.members.get("scope", "")
    orders = [one for one in exchange.members.get("authorization_details", ()) if one["type"] == PHOTO_PRINT]
    memory.photo = orders[0]["identifier"] if orders else ""
    newest = exchange.members.get("refresh_token")
    if newest and newest not in memory.refresh_tokens:
        memory.refresh_tokens.append(newest)


def _ask(memory: Memory, pending: Pending) -> None:
    memory.remember(pending)
    announce(memory, pending)


def _order(memory: Memory, photo: str) -> Exchange:
    url = f"{addresses.PHOTOS_RESOURCE}/{photo}/order"
    return _write_down(memory, send(legs.ORDER, _with_token(memory, "POST", url)))


def _with_token(memory: Memory, method: str, url: str) -> requests.Request:
    return requests.Request(method, url, headers={"Authorization": f"Bearer {memory.access_token}"})


def _post(memory: Memory, leg: Leg, endpoint: str, form: dict[str, str], by: DemoClient | None = None) -> Exchange:
    client = by or photo_book()
    request = requests.Request("POST", memory.metadata[endpoint], data=form)
    request.auth = (client.client_id, client.client_secret or "")
    return _write_down(memory, send(leg, request))


def _write_down(memory: Memory, exchange: Exchange) -> Exchange:
    memory.add(*exchange.messages)
    return exchange
