"""An API that verifies JWTs, and how it is called."""

from typing import Any

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.views import requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes

ISSUER, RESOURCE = "https://auth.example.com", "https://api.example/notes"
JWT = "oauth_provider.resource_server.verifiers.JWTVerifier"
MIXED = "oauth_provider.resource_server.verifiers.JWTOrIntrospectionVerifier"
OPAQUE = "oauth_provider.resource_server.verifiers.IntrospectionVerifier"


@requires_scopes("notes:read")
def plain(request: Any) -> HttpResponse:
    return JsonResponse({"sub": request.auth.sub, "client": request.auth.client_id, "user": str(request.user)})


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request: Any) -> Response:
        return Response({"sub": request.auth.sub})


def call(token: str, view: Any = plain, url: str = RESOURCE) -> Any:
    """A guarded call of ``url``."""
    host, _slash, path = url.removeprefix("https://").partition("/")
    factory = APIRequestFactory() if view is not plain else RequestFactory()
    request = factory.get(f"/{path}", headers={"Authorization": f"Bearer {token}"}, SERVER_NAME=host, secure=True)
    return (view.as_view() if isinstance(view, type) else view)(request)


def refused(token: str, error: type[Exception] = InvalidToken) -> str:
    """Why, in the words of the log."""
    with pytest.raises(error) as caught:
        conf.verifier(token)
    return str(caught.value.detail)  # type: ignore[attr-defined]
