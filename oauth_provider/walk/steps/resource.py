"""API (RFC 6750 §2 and §3): a call without a token, a call with one, and introspection by the API."""

from oauth_provider.walk.scene import Scene, Skip, Tokens, step
from oauth_provider.walk.steps.metadata import read_metadata, why_refused
from oauth_provider.walk.steps.token_endpoint import Caller, post
from oauth_provider.walk.wire import Exchange, Request

NO_API = "no --api was named"


@step(
    "The app calls the API without a token",
    "RFC 6750 §3",
    "The API lets nobody in who shows no token, and says what it wants.",
    read_metadata,
)
def call_without(scene: Scene) -> None:
    """Call without a token; expect 401 with a challenge and without an error, since no token was wrong."""
    exchange = call(scene, "")
    challenge = exchange.response.headers.get("WWW-Authenticate", "")
    scene.equal("RFC 9110 §15.5.2", "The API answers 401", expected=401, actual=exchange.response.status)
    is_bearer = challenge.lower().startswith("bearer")
    text = "It asks for a bearer token in WWW-Authenticate"
    scene.check("RFC 6750 §3", text, is_bearer, expected="Bearer …", actual=challenge or "no WWW-Authenticate")
    text = "It names no error: none was made yet"
    scene.check("RFC 6750 §3.1", text, "error=" not in challenge, expected="no error", actual=challenge)


def call(scene: Scene, token: str) -> Exchange:
    """GET the API, with ``token`` if there is one (RFC 6750 §2.1)."""
    if scene.api is None:
        raise Skip(NO_API)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = Request("App", "GET", scene.target.api, {"Accept": "application/json", **headers})
    return scene.send(request, scene.api)


def introspect(scene: Scene, token: str) -> Exchange:
    """Ask the server what a token is worth, as the API (RFC 7662 §2.1)."""
    client = scene.target.resource_server
    if client is None:
        raise Skip("no --resource-server-id was named: only a client that may is told what a token is worth")
    return post(scene, "introspection_endpoint", {"token": token}, caller=Caller("API", client))


def check_active(scene: Scene, exchange: Exchange) -> None:
    """Check the introspection of a good token (RFC 7662 §2.2)."""
    spec, members = "RFC 7662 §2.2", exchange.response.members()
    scene.require(
        spec,
        "The token is active",
        exchange.response.status == 200 and members.get("active") is True,
        expected="200 and active: true",
        actual=why_refused(exchange) if exchange.response.status != 200 else members.get("active"),
    )
    text = "It was issued to this app"
    scene.equal(spec, text, expected=scene.target.client.client_id, actual=members.get("client_id"))
    text = "It is good for the scope that was granted"
    granted = members.get("scope")
    same = isinstance(granted, str) and set(granted.split()) == set(scene.tokens.scope.split())
    scene.check(spec, text, same, expected=scene.tokens.scope, actual=granted)


def check_dead(scene: Scene, tokens: Tokens, spec: str) -> None:
    """Check that an access token is refused by the API, or by introspection. Without either, nothing is checked."""
    token = tokens.access_token
    if scene.target.api:
        with scene.in_short():
            response = call(scene, token).response
        challenge = response.headers.get("WWW-Authenticate", "")
        ok = response.status == 401 and 'error="invalid_token"' in challenge
        text = "The access token is dead: the API answers 401 invalid_token"
        scene.check(spec, text, ok, expected="401 invalid_token", actual=f"{response.status} {challenge}")
    elif scene.target.resource_server is not None:
        with scene.in_short():
            members = introspect(scene, token).response.members()
        text = "The access token is dead: introspection says that it is not active"
        scene.equal(spec, text, expected=False, actual=members.get("active"))
