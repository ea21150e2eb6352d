"""Public documents (RFC 9110 §8.8.3 and §13.1.2): bytes that are kept, with an ETag, for anyone to read."""

import hashlib
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags

from oauth_provider.endpoints.cors import allow_everyone, public_preflight
from oauth_provider.resource_server.views.cookieless import CookielessResponse

ALLOWED = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document as it goes over the wire; ``etag`` with its quotes."""

    body: bytes
    etag: str


def document_of(body: bytes) -> Document:
    """``body`` with the ETag that follows from it."""
    return Document(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def serve(request: HttpRequest, document: Document | None, *, max_age: int) -> HttpResponse:
    """``document`` to whoever asks, or 304 to whoever has it; 404 where there is none."""
    if request.method == "OPTIONS":
        return public_preflight(request, ", ".join(ALLOWED))
    if request.method not in ALLOWED:
        response: HttpResponse = JsonResponse({"error": "invalid_request"}, status=405)
        response["Allow"] = ", ".join(ALLOWED)
    elif document is None:
        response = JsonResponse({"error": "not_found"}, status=404)
    else:
        response = _answer(request, document)
        response["ETag"] = document.etag
        patch_cache_control(response, public=True, max_age=max_age)
    allow_everyone(response)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _answer(request: HttpRequest, document: Document) -> HttpResponse:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if {"*", document.etag, f"W/{document.etag}"} & set(known):
        response = CookielessResponse(status=304)
        del response["Content-Type"]  # there is none (RFC 9110 §15.4.5)
        return response
    return CookielessResponse(document.body, content_type="application/json")
