"""The notes API to read and to try out: Swagger UI, which signs in by the code flow with PKCE (RFC 7636)."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView

from demo_project.language import in_english
from demo_project.page_headers import SWAGGER_POLICY, strict, with_popup
from demo_project.seed import client_called

swagger = partial(strict, policy=SWAGGER_POLICY)
schema = in_english(SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]))


@require_safe
@in_english
@with_popup
@swagger
def reference(request: HttpRequest) -> HttpResponse:
    """Swagger UI."""
    client = client_called("api_docs")
    context = {"client_id": client.client_id, "redirect_uri": client.redirect_uris[0], "scope": " ".join(client.scopes)}
    return render(request, "demo/api_reference.html", context)


@require_safe
@with_popup
@swagger
def callback(request: HttpRequest) -> HttpResponse:
    """Swagger UI's redirect URI, in the window that *Authorize* opened: it hands the answer back and closes."""
    return render(request, "demo/api_reference_callback.html")
