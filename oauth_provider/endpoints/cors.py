"""Cross-origin reading (Fetch §3.2): a client's scripts may read our answers from the client's own origins."""

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from oauth_provider.conf import provider_settings
from oauth_provider.models.client import Client, allowed_origins
from oauth_provider.protocol.digest import digest
from oauth_provider.resource_server.guarded_cache import CacheUnavailable, guarded_cache

ALLOWED_HEADERS = "Authorization, Content-Type"
EXPOSED_HEADERS = "WWW-Authenticate, Retry-After"
MAX_AGE = 600
KNOWN_FOR = 60


def allow_reading(response: HttpResponse, request: HttpRequest, client: Client | None) -> None:
    """Let the origin of ``request`` read ``response`` if it is one of ``client``'s."""
    allow_origins(response, request, client.allowed_origins if client is not None else None)


def allow_origins(response: HttpResponse, request: HttpRequest, allowed: Collection[str] | None) -> None:
    """Let the origin of ``request`` read ``response`` if it is one of ``allowed``.

    An error may come before anybody knows which client it was (None): then any client's origin will do.
    """
    patch_vary_headers(response, ["Origin"])
    origin = request.META.get("HTTP_ORIGIN", "")
    if not origin or origin == "null":
        return
    if origin in allowed if allowed is not None else is_known(origin):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = EXPOSED_HEADERS


def allow_everyone(response: HttpResponse) -> None:
    """For what is public anyway."""
    response["Access-Control-Allow-Origin"] = "*"


def preflight(request: HttpRequest, methods: str) -> HttpResponse:
    """The answer to OPTIONS. It names no client, so the origin of any client is let through to ask."""
    response = HttpResponse(status=204, headers={"Allow": methods})
    allow_reading(response, request, None)
    if response.has_header("Access-Control-Allow-Origin"):
        response["Access-Control-Allow-Methods"] = methods
        response["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response["Access-Control-Max-Age"] = str(MAX_AGE)
    return response


def is_known(origin: str) -> bool:
    """Is ``origin`` one of any client's? One that is, is looked up at most once a minute.

    Of others nothing is kept: strangers can name as many as they like.
    """
    if not _is_text(origin):
        return False
    cache, key = guarded_cache(provider_settings.CACHE), f"oauth_provider.origin.{digest(origin)}"
    try:
        if cache.get(key):
            return True
        known = _is_anybodys(origin)
        if known:
            cache.set(key, known, KNOWN_FOR)
    except CacheUnavailable:
        known = _is_anybodys(origin)
    return known


def _is_anybodys(origin: str) -> bool:
    return any(origin in column.split() for column in allowed_origins().filter(allowed_origins__contains=origin))


def _is_text(origin: str) -> bool:
    return origin.isascii() and origin.isprintable()
