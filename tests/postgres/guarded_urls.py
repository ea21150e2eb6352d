"""Views that are guarded in every way, and where they are: what a call of each costs is counted."""

from typing import Any

from django.http import JsonResponse
from django.urls import path
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.resource_server.views import requires_authorization_details, requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication
from tests.urls import urlpatterns as project_urls


class GuardedView(APIView):
    """Reads every column of the user."""

    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request: Request) -> Response:
        rows = [request.user] if request.auth.user else []
        columns = [[str(getattr(row, field.attname)) for field in row._meta.concrete_fields] for row in rows]
        return Response({"columns": [len(row) for row in columns], "client": request.auth.client_id})


class ApplicationView(GuardedView):
    """Reads the row of the client."""

    def get(self, request: Request) -> Response:
        return Response({"clients": [request.auth.application.name for _first_and_again in range(2)]})


class DeclaredView(GuardedView):
    """The same by a declaration, and for a fresh sign-in."""

    permission_classes = [IsAuthenticated, HasScopes, RequiresAuthentication(max_age=300)]
    scopes = {"GET": ["notes:read", "notes:write"]}


@requires_scopes("notes:read", session=True, max_age=300)
def guarded_function(request: Any) -> JsonResponse:
    """A plain view."""
    return JsonResponse({"user": request.user.pk, "client": request.auth.client_id})


@requires_scopes("notes:read")
@requires_authorization_details("account", actions="read")
def detailed_function(request: Any) -> JsonResponse:
    """A plain view that asks for details, too."""
    return JsonResponse({"details": len(request.auth.authorization_details)})


urlpatterns = [
    *project_urls,
    path("detailed", detailed_function),
    path("guarded", GuardedView.as_view()),
    path("application", ApplicationView.as_view()),
    path("declared", DeclaredView.as_view()),
    path("function", guarded_function),
]
