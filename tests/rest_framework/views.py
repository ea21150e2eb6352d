"""A guarded view, the permissions it may have, and how a test calls it and reads the answer."""

from django.contrib.auth.models import User
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from tests.sessions import sign_in

factory = APIRequestFactory()
ORDERS = [[SessionAuthentication, OAuthAuthentication], [OAuthAuthentication, SessionAuthentication]]
ADA = User(username="ada", pk=1)


class Yes(BasePermission):
    pass


class No(BasePermission):
    message = "No is no."

    def has_permission(self, request, view):
        return False


class Owner(BasePermission):
    """Only for objects called ``mine``."""

    def has_object_permission(self, request, view, obj):
        return obj == "mine"


class MustNotBeAsked(BasePermission):
    def has_permission(self, request, view):
        raise AssertionError("DRF would not have asked this one")

    has_object_permission = has_permission


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]

    def get(self, request, **kwargs):
        if "obj" in kwargs:
            self.check_object_permissions(request, kwargs["obj"])
        return Response("notes")


def call(*permissions, token=None, user=None, authenticators=None, view=Notes, **kwargs):
    request = factory.get("/notes", headers={} if token is None else {"Authorization": f"Bearer {token}"})
    if user is not None:
        sign_in(request, user)
    as_view = view.as_view(
        permission_classes=list(permissions), authentication_classes=authenticators or [OAuthAuthentication]
    )
    return as_view(request, **kwargs)


def wanted(response):
    """The scopes that a 403 insufficient_scope asks for."""
    challenge = response["WWW-Authenticate"]
    assert response.status_code == 403
    assert response.data["error"] == "insufficient_scope"
    assert 'error="insufficient_scope"' in challenge
    return challenge.rpartition('scope="')[2].removesuffix('"')


def is_ordinary(response):
    return (
        response.status_code == 403
        and response.data["detail"].code == "permission_denied"
        and "WWW-Authenticate" not in response
    )
