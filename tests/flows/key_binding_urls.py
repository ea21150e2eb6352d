"""The provider, and two APIs that take its tokens: a plain view and one of DRF."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.response import Response

from oauth_provider.resource_server.views import requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests import urls


@requires_scopes("notes:read")
def notes(request: Any) -> HttpResponse:
    return HttpResponse("notes")


@api_view(["GET"])
@authentication_classes([OAuthAuthentication])
@permission_classes([HasScopes("notes:read")])
def drf(request: Any) -> Response:
    return Response("notes")


urlpatterns = [path("notes", notes), path("drf", drf), *urls.urlpatterns]
