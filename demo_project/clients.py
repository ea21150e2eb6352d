"""The demo's clients and endpoints on one page, for whoever wants to write a client of their own."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from demo_project import seed
from demo_project.language import in_english
from demo_project.page_headers import strict

ENDPOINTS = (
    ("GET", "authorize", "where an app sends a person to ask for access"),
    ("POST", "token", "where an app turns a code into tokens, and refreshes them"),
    ("POST", "revoke", "where an app gives a token back"),
    ("POST", "introspect", "where an API asks what a token is worth"),
)
METADATA = ("GET", "/.well-known/oauth-authorization-server", "where a program finds all of these")


@require_safe
@in_english
@strict
def clients(request: HttpRequest) -> HttpResponse:
    """It shows the demo's passwords and secrets, which is its purpose."""
    paths = [METADATA, *((method, reverse(f"oauth_provider:{name}"), purpose) for method, name, purpose in ENDPOINTS)]
    endpoints = [(method, settings.ISSUER + path, purpose) for method, path, purpose in paths]
    context: dict[str, Any] = {"demo": seed.describe(), "clients": seed.clients(), "endpoints": endpoints}
    context["is_for_one"] = settings.IS_ON_THIS_MACHINE
    return render(request, "demo/clients.html", context)
