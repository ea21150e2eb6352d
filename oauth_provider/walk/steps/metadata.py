"""Server metadata (RFC 8414 §3): the app knows one URL and reads all others there."""

from typing import Any
from urllib.parse import urlsplit

from oauth_provider.walk.scene import Scene, step
from oauth_provider.walk.transcript.words import refusal
from oauth_provider.walk.wire import Exchange, Request, Trouble, server_of

SPEC = "RFC 8414 §3"
PATH = "/.well-known/oauth-authorization-server"
NEEDED = ("authorization_endpoint", "token_endpoint")
OPTIONAL = ("revocation_endpoint", "introspection_endpoint")


def metadata_url(issuer: str) -> str:
    """Return the URL of the document: between the host and the issuer's own path (RFC 8414 §3.1)."""
    return f"{server_of(issuer)}{PATH}{urlsplit(issuer).path.rstrip('/')}"


@step(
    "The app asks where everything is",
    SPEC,
    "An app needs to know one URL of the server. Behind it lies a list of all others.",
)
def read_metadata(scene: Scene) -> None:
    """Read the document, and check that nothing in it leads to another server (RFC 8414 §3.3)."""
    request = Request("App", "GET", metadata_url(scene.target.url), {"Accept": "application/json"})
    exchange = scene.send(request)
    response = exchange.response
    if response.location:
        raise Trouble(
            f"No metadata, but a redirect to {response.location}. If the server is there, name it with --url."
        )
    if response.status != 200:
        raise Trouble(f"No metadata: is {scene.target.url} the right --url? The server says {refusal(exchange)}")
    metadata = response.members()
    scene.require(
        "RFC 8414 §3.2",
        "The answer is a JSON object",
        bool(metadata),
        expected="a JSON object",
        actual=f"{response.headers.get('Content-Type', 'no Content-Type')}: {response.body[:80]}",
    )
    check_issuer(scene, metadata)
    check_endpoints(scene, metadata)
    scene.metadata = metadata


def check_issuer(scene: Scene, metadata: dict[str, Any]) -> None:
    """Raise ``Trouble`` for a server with another issuer than the one asked for (RFC 8414 §3.3)."""
    expected, actual = scene.target.url, metadata.get("issuer")
    if actual != expected:
        raise Trouble(
            f"The server at {expected} says that it is another: its issuer is {actual}. Nothing more is sent to it. "
            "If that is its right name, say it with --url; if not, set OAUTH_PROVIDER['ISSUER']."
        )
    scene.check("RFC 8414 §3.3", "The server calls itself what we call it, letter for letter", True)


def check_endpoints(scene: Scene, metadata: dict[str, Any]) -> None:
    """Check that every endpoint is on the given server: the walk sends passwords to no other."""
    for name in NEEDED:
        found = metadata.get(name, "nothing")
        scene.require(
            "RFC 8414 §2", f"{name} is there", isinstance(metadata.get(name), str), expected="a URL", actual=found
        )
    astray = {name: metadata[name] for name in (*NEEDED, *OPTIONAL) if not is_here(scene, metadata.get(name))}
    text = "Every endpoint is on the server that was named"
    scene.require("RFC 8414 §6.2", text, not astray, expected=server_of(scene.target.url), actual=astray)


def is_here(scene: Scene, url: object) -> bool:
    """Is ``url`` on the given server? True for an endpoint that is not offered."""
    return url is None or (isinstance(url, str) and scene.app.serves(url))


def is_listed(scene: Scene, name: str, value: str) -> bool:
    """Is ``value`` in the list ``name`` of the metadata?"""
    listed = scene.metadata.get(name)
    return isinstance(listed, list) and value in listed


def why_refused(exchange: Exchange) -> str:
    """Return the refusal in words, or the status of any other response."""
    return refusal(exchange) if exchange.response.status >= 400 else f"status {exchange.response.status}"
