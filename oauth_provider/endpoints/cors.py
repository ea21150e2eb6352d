"""Cross-origin reading (Fetch §3.2): a client's scripts may read our answers from the client's own origins."""

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from oauth_provider.clients.origins import is_known
from oauth_provider.models.client import Client
from oauth_provider.protocol.cors import ANYONE, preflight_headers

EXPOSED_HEADERS = "WWW-Authenticate, Retry-After"


def allow_reading(response: HttpResponse, request: HttpRequest, client: Client | None, *headers: str) -> None:
    """Let the origin of ``request`` read ``response``, and ``headers`` of it, if it is one of ``client``'s."""
    allow_origins(response, request, client.allowed_origins if client is not None else None)
    if headers and "Access-Control-Expose-Headers" in response:
        response["Access-Control-Expose-Headers"] = ", ".join((EXPOSED_HEADERS, *headers))


def allow_origins(response: HttpResponse, request: HttpRequest, allowed: Collection[str] | None) -> None:
    """Let the origin of ``request`` read ``response`` if it is one of ``allowed``.

    An error may come before anybody knows which client it was (None): then any client's origin will do.
    """
    patch_vary_headers(response, ["Origin"])
    origin = origin_of(request)
    if origin and (origin in allowed if allowed is not None else is_known(origin)):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = EXPOSED_HEADERS


def allow_everyone(response: HttpResponse) -> None:
    """For what is public anyway."""
    response["Access-Control-Allow-Origin"] = ANYONE


def preflight(request: HttpRequest, methods: str) -> HttpResponse:
    """The answer to OPTIONS. It names no client, so the origin of any client is let through to ask."""
    origin = origin_of(request)
    return _preflight(request, methods, origin if origin and is_known(origin) else "")


def public_preflight(request: HttpRequest, methods: str) -> HttpResponse:
    """The answer to OPTIONS where everybody may read."""
    return _preflight(request, methods, ANYONE)


def origin_of(request: HttpRequest) -> str:
    """The origin that a script asks from; empty for none that anybody could be sure of."""
    origin: str = request.META.get("HTTP_ORIGIN", "")
    return "" if origin == "null" else origin


def _preflight(request: HttpRequest, methods: str, allowed: str) -> HttpResponse:
    response = HttpResponse(status=204, headers={"Allow": methods})
    del response["Content-Type"]
    patch_vary_headers(response, ["Origin", "Access-Control-Request-Headers"])
    if allowed:
        requested = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
        for name, value in preflight_headers(allowed, methods, requested).items():
            response[name] = value
    return response
