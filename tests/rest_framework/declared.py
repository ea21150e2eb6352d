"""A viewset whose scopes are declared by action."""

from rest_framework import viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.decorators import requires_scopes
from oauth_provider.rest_framework.permissions import HasScopes

factory = APIRequestFactory()
AUTHENTICATION = [OAuthAuthentication, SessionAuthentication]


def answer(self, request, **kwargs):
    return Response("done")


class ByAction(viewsets.ViewSet):
    authentication_classes = AUTHENTICATION
    permission_classes = [HasScopes]
    scopes = {"list": "read", "create": ["read", "write"], "destroy": HasScopes.any_of("admin", ["write", "delete"])}
    list = create = destroy = answer

    @action(detail=False, methods=["get"])
    @requires_scopes("share")
    def below(self, request):
        return Response("done")

    @requires_scopes("share")
    @action(detail=False, methods=["get"])
    def above(self, request):
        return Response("done")
