"""Protected resource metadata (RFC 9728 §2 and §3): tells a refused client which server issues tokens for this API."""

from functools import cache
from typing import Any

from django.conf import settings
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse, JsonResponse

from oauth_provider.protocol.cors import ANYONE, preflight_headers
from oauth_provider.protocol.issuer import issuer_path
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.inspection import inspections
from oauth_provider.resource_server.proofs.table import key_proofs
from oauth_provider.resource_server.views.cookieless import CookielessJsonResponse
from oauth_provider.resource_server.views.cors import from_anywhere, readable

MAX_AGE = 300
ALLOWED = ("GET", "HEAD", "OPTIONS")


def metadata(request: HttpRequest, path: str | None = None) -> HttpResponse:
    """Return the document at the one URL that belongs to ``RESOURCE`` (RFC 9728 §3.1), and 404 at all others."""
    resource, requested = conf.resource, request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    if not resource or (path or "").strip("/") != issuer_path(resource):
        return answer(request.method, None, requested)
    scopes, types = named_scopes(settings.ROOT_URLCONF), named_details_types(settings.ROOT_URLCONF)
    return answer(request.method, describe(resource, conf.resource_name, scopes, types), requested)


def preflight(requested: str) -> HttpResponse:
    """Return the answer to OPTIONS (Fetch §3.2.2) from any origin. ``requested`` is Access-Control-Request-Headers."""
    methods = ", ".join(ALLOWED)
    allowed = preflight_headers(ANYONE, methods, requested)
    headers = {"Allow": methods, "Vary": "Access-Control-Request-Headers", **allowed}
    response = HttpResponse(status=204, headers=headers)
    del response["Content-Type"]
    return response


def answer(method: str | None, document: dict[str, Any] | None, requested: str = "") -> HttpResponse:
    """Return the response with ``document``, or 404 where that is None.

    ``requested`` is Access-Control-Request-Headers.
    """
    if method == "OPTIONS":
        return preflight(requested)
    if method not in ALLOWED:
        response: HttpResponse = JsonResponse({"error": "invalid_request"}, status=405)
        response["Allow"] = ", ".join(ALLOWED)
    elif document is None:
        response = JsonResponse({"error": "not_found"}, status=404)
    else:
        response = CookielessJsonResponse(document)
        response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    # It is public, and a browser client reads it before it has any origin of its own here.
    response["Access-Control-Allow-Origin"] = ANYONE
    response["X-Content-Type-Options"] = "nosniff"
    return response


def describe(resource: str, name: str, scopes: tuple[str, ...], details_types: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the members of the document; empty ones are left out (RFC 9728 §2)."""
    members = {
        "resource": resource,
        "resource_name": name,
        "authorization_servers": conf.authorization_servers,
        "scopes_supported": scopes,
        "authorization_details_types_supported": details_types,
        "bearer_methods_supported": ["header"],
    }
    for proof in key_proofs():
        members |= proof.metadata()
    return {name: value for name, value in members.items() if value}


@cache
def named_scopes(urlconf: Any) -> tuple[str, ...]:
    """Return every scope that a view of ``urlconf`` names. ``urlconf`` is the project's, and the key of the cache."""
    return tuple(sorted({scope for inspection in inspections() for scope in inspection.scopes}))


@cache
def named_details_types(urlconf: Any) -> tuple[str, ...]:
    """Return every type of authorization details that a view of ``urlconf`` names."""
    return tuple(sorted({name for inspection in inspections() for name in inspection.details_types}))


view: Any = readable(non_atomic_requests(metadata), from_anywhere)
view.login_required = False
