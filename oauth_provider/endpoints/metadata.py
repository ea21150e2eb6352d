"""Authorization server metadata (RFC 8414 §2 and §3): what is served here, read off the tables that serve it."""

from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, reverse

from oauth_provider.authorization.rules import RESPONSE_TYPES
from oauth_provider.clients.authentication import METHODS
from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.cors import allow_everyone
from oauth_provider.endpoints.program import for_programs
from oauth_provider.grants.table import GRANTS
from oauth_provider.models.scope import all_scopes
from oauth_provider.protocol import pkce, response_mode
from oauth_provider.protocol.issuer import issuer_path

# Each endpoint under its name in the metadata, and the name of the URL pattern that mounts it.
ENDPOINTS = {
    "authorization_endpoint": "oauth_provider:authorize",
    "token_endpoint": "oauth_provider:token",
    "revocation_endpoint": "oauth_provider:revoke",
    "introspection_endpoint": "oauth_provider:introspect",
}
MAX_AGE = 300
ALLOWED = ("GET", "HEAD", "OPTIONS")


def metadata(request: HttpRequest, path: str = "") -> HttpResponse:
    """The document, at the root and behind the issuer's own path (RFC 8414 §3.1); 404 behind any other."""
    issuer = provider_settings.issuer_of(request)
    if request.method not in ALLOWED:
        response: HttpResponse = JsonResponse({"error": "invalid_request"}, status=405)
        response["Allow"] = ", ".join(ALLOWED)
    elif path.strip("/") not in ("", issuer_path(issuer)):
        response = JsonResponse({"error": "not_found"}, status=404)
    else:
        response = JsonResponse(describe(issuer))
        response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    allow_everyone(response)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def describe(issuer: str) -> dict[str, Any]:
    """The members of the document; an endpoint that is not mounted is not in it."""
    secret_methods = [method for method in METHODS if method != "none"]
    return {
        "issuer": issuer,
        **mounted(issuer),
        "scopes_supported": list(all_scopes()),
        "response_types_supported": list(RESPONSE_TYPES),
        "response_modes_supported": list(response_mode.SUPPORTED),
        "grant_types_supported": list(GRANTS),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "introspection_endpoint_auth_methods_supported": secret_methods,
        "code_challenge_methods_supported": list(pkce.METHODS),
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def mounted(issuer: str) -> dict[str, str]:
    """The URL of every endpoint that is mounted, on the issuer's host whatever host was asked."""
    urls = {}
    for name, pattern in ENDPOINTS.items():
        try:
            urls[name] = urljoin(issuer, reverse(pattern))
        except NoReverseMatch:
            continue
    return urls


view = for_programs(metadata)  # with its path, a pattern's own argument
