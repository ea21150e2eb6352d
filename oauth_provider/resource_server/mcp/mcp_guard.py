"""Guard for MCP servers (Model Context Protocol, Authorization, revision 2026-07-28): ASGI apps behind access tokens.

It wraps the app that an MCP SDK makes, imports no SDK, and does what that revision asks of a server: metadata (RFC
9728), challenges with every scope of the call (RFC 6750 §3), tokens for this server only (RFC 8707 §2), 403
``insufficient_scope`` for a tool that needs more. The app never sees the token's string, so it cannot pass it on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpResponse, JsonResponse

from oauth_provider.protocol.errors import InvalidRequest, InvalidToken, OAuthError
from oauth_provider.protocol.issuer import well_known_url
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.resource_indicator import apis_of, includes_resource, is_resource
from oauth_provider.protocol.scope_requirement import ScopeRequirement
from oauth_provider.resource_server.authentication import TOKEN_RULES, authenticate, user_of
from oauth_provider.resource_server.mcp.call import MAX_SIZE, Disconnected, Unreadable, read_body, replay_body, tool_of
from oauth_provider.resource_server.mcp.demand import Demand
from oauth_provider.resource_server.mcp.sessions import SESSION_ID, Sessions
from oauth_provider.resource_server.metadata import answer, describe
from oauth_provider.resource_server.needs import NOTHING, Needs
from oauth_provider.resource_server.presented import Presented
from oauth_provider.resource_server.proofs.bound_token import presented_scheme
from oauth_provider.resource_server.proofs.key_binding import proof_headers
from oauth_provider.resource_server.proofs.table import key_proofs
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.resource_server.views.guard import refusal_response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Declaration = str | Iterable[str] | ScopeRequirement | Demand

logger = logging.getLogger("oauth_provider.resource_server")

# What JSON-RPC 2.0 §5.1 answers to a message that is none.
PARSE_ERROR = {"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "This is not one JSON-RPC message."}}
END = {"type": "http.response.body", "body": b"", "more_body": False}


def guard(
    app: App,
    *,
    resource: str,
    scopes: Declaration,
    tools: Mapping[str, Declaration] | None = None,
    name: str = "",
    otherwise: App | None = None,
) -> "McpGuard":
    """Return ``app``, an MCP server, behind access tokens issued for ``resource`` that hold ``scopes``.

    ``resource`` is its URL as clients know it. ``scopes`` are needed for every call; ``tools`` names further needs
    of some tools: scopes, or a ``demand(..., max_age=300)``. ``name`` is for the metadata. ``otherwise``, such as
    Django's own ASGI application, answers all paths but the resource's and its metadata's. Raises ``TypeError`` and
    ``ValueError`` for declarations that cannot be used.
    """
    needed = {tool: Demand.from_declaration(declaration) for tool, declaration in (tools or {}).items()}
    return McpGuard(app, resource, Demand.from_declaration(scopes), tools=needed, name=name, otherwise=otherwise)


class McpGuard:
    """ASGI application. It sets ``scope["auth"]`` to the ``AccessToken`` of a call, ``scope["user"]`` to the caller."""

    def __init__(
        self, app: App, resource: str, demand: Demand, *, tools: Mapping[str, Demand], name: str, otherwise: App | None
    ) -> None:
        parts = urlsplit(resource)
        if not is_resource(resource) or parts.scheme not in {"https", "http"} or parts.query:
            raise ValueError("resource is the URL of the MCP server, without query and fragment.")
        self.app, self.resource, self.demand, self.tools = app, resource, demand, tools
        self.name, self.otherwise = name, otherwise or not_found
        self.path = parts.path.rstrip("/")
        self.metadata_path = urlsplit(well_known_url(resource, "oauth-protected-resource")).path
        self.rules = (*TOKEN_RULES, self.check_audience)
        self.sessions = Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["path"].rstrip("/") == self.metadata_path and scope["type"] == "http":
            document = describe(self.resource, self.name, self.demand.scopes)
            requested = dict(scope["headers"]).get(b"access-control-request-headers", b"").decode("latin-1")
            await respond(answer(scope["method"], document, requested), scope, send)
        elif scope["type"] == "http" and f"{scope['path']}/".startswith(f"{self.path}/"):
            await self._guarded(scope, receive, send)
        else:
            await self.otherwise(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        demands, needs = [self.demand], self.demand.needs(())
        if key_proofs():
            send = adding(await sync_to_async(headers_of_proofs, thread_sensitive=False)(scope), send)
        try:
            token = await sync_to_async(self.authenticate, thread_sensitive=False)(scope)
            if token is None:
                return await respond(refusal_response(None, needs, self.resource), scope, send)
            if scope["method"] == "POST":
                body = await read_body(receive, MAX_SIZE)
                receive = replay_body(body, receive)
                demands = self.demands(tool_of(body))
            needs = combine(demand.needs(token.scopes) for demand in demands)
            for demand in demands:
                demand.check(token)
        except OAuthError as error:
            return await respond(refusal_response(error, needs, self.resource, scheme=scheme_of(scope)), scope, send)
        except Unreadable as error:
            return await respond(JsonResponse(PARSE_ERROR, status=error.status), scope, send)
        except Disconnected:
            return None
        return await self._pass_on(token, scope, receive, send)

    def authenticate(self, scope: Scope) -> AccessToken | None:
        """Return the verified token of a call, or None if it has none. Raise ``OAuthError``."""
        try:
            return authenticate(request_of(scope), self.rules)
        except (SuspiciousOperation, UnicodeDecodeError) as error:
            raise InvalidRequest(Reason.MCP_REQUEST_MALFORMED, detail=str(error)) from error
        finally:
            close_old_connections()  # nobody else does, outside of Django's own request cycle

    def demands(self, tool: str | None) -> list[Demand]:
        """Return the demands on a call: those of every call, then those of ``tool``."""
        particular = self.tools.get(tool) if tool is not None else None
        return [self.demand, *([particular] if particular is not None else [])]

    def check_audience(self, token: AccessToken, presented: Presented) -> None:
        """Raise ``InvalidToken`` unless the token names this server (RFC 8707 §2).

        A token without audience is refused.
        """
        if not includes_resource(apis_of(token.resources, token.issuer), self.resource):
            raise InvalidToken(
                Reason.TOKEN_FOR_OTHER_SERVER,
                detail=f"token is for {', '.join(token.resources)!r}, this server is {self.resource!r}",
            )

    async def _pass_on(self, token: AccessToken, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, but only until the token expires: a stream could outlive it."""
        headers = [(key, value) for key, value in scope["headers"] if key.lower() != b"authorization"]
        asked = [value for key, value in headers if key.lower() == SESSION_ID]
        if not self.sessions.admit(asked, token):
            return await respond(JsonResponse({"error": "session_not_found"}, status=404), scope, send)
        try:
            async with asyncio.timeout(token.seconds_left) as life:
                caller = {**scope, "headers": headers, "auth": token, "user": user_of(token)}
                await self.app(caller, receive, self.sessions.record_sessions(token, send))
        except TimeoutError:
            if not life.expired():
                raise
            logger.info("The access token of a stream has expired; the stream ends.")
            await send(dict(END))
        return None


def request_of(scope: Scope) -> ASGIRequest:
    """A call as Django has it, without its body."""
    return ASGIRequest(dict(scope), BytesIO())


def headers_of_proofs(scope: Scope) -> dict[str, str]:
    """Return the headers that key proofs add to the answer; none where the call cannot be understood."""
    try:
        return proof_headers(request_of(scope))
    except (SuspiciousOperation, UnicodeDecodeError):
        return {}


def adding(headers: Mapping[str, str], send: Send) -> Send:
    """Send what ``send`` does, with ``headers`` in the first message."""
    added = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    async def sending(message: Any) -> None:
        is_start = message["type"] == "http.response.start"
        await send({**message, "headers": [*message.get("headers", ()), *added]} if is_start else message)

    return sending


def scheme_of(scope: Scope) -> str:
    """Return the authentication scheme of a call."""
    named = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
    return presented_scheme(b",".join(named).decode("latin-1"))  # joined as Django joins them


def combine(needs: Iterable[Needs]) -> Needs:
    """Return all ``needs`` combined, so that a client that obeys the challenge once is done."""
    whole = NOTHING
    for one in needs:
        whole = whole & one
    return whole


async def respond(response: HttpResponse, scope: Scope, send: Send) -> None:
    """Send a Django response over ASGI."""
    headers = [(key.lower().encode("latin-1"), value.encode("latin-1")) for key, value in response.items()]
    content = b"" if scope["method"] == "HEAD" else response.content
    headers.append((b"content-length", str(len(response.content)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({**END, "body": content})


async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 404, or close a websocket."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close"})
        return
    await respond(JsonResponse({"error": "not_found"}, status=404), scope, send)
