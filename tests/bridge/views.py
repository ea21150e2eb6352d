"""An API guarded by DOT's own classes, one path for each of them, and by ours under DOT's permissions."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from oauth2_provider.contrib.rest_framework import (
    IsAuthenticatedOrTokenHasScope,
    OAuth2Authentication,
    TokenHasReadWriteScope,
    TokenHasResourceScope,
    TokenHasScope,
    TokenMatchesOASRequirements,
)
from oauth2_provider.decorators import protected_resource, rw_protected_resource
from oauth2_provider.views.generic import (
    ClientProtectedResourceView,
    ProtectedResourceView,
    ReadWriteScopedResourceView,
    ScopedProtectedResourceView,
)
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication

PERMISSIONS = {
    "scope": (TokenHasScope, ["read"]),
    "read-write": (TokenHasReadWriteScope, []),
    "resource-scope": (TokenHasResourceScope, ["notes"]),
    "session-or-scope": (IsAuthenticatedOrTokenHasScope, ["read"]),
    "oas": (TokenMatchesOASRequirements, []),
}
AUTHENTICATIONS = {"dot": OAuth2Authentication, "ours": OAuthAuthentication}


def api(authentication, permission, scopes):
    """A DRF view that answers any method with the name of its caller."""

    class View(APIView):
        authentication_classes = [authentication]
        permission_classes = [permission]
        required_scopes = scopes
        required_alternate_scopes = {"GET": [["unheard-of"], ["read"]], "POST": [["write"]]}

        def get(self, request):
            return Response({"user": str(request.user)})

        post = get

    return View.as_view()


def owner(request: HttpRequest, *args: object) -> HttpResponse:
    """The name of the person that DOT found behind the token."""
    resource_owner = getattr(request, "resource_owner", None)
    return HttpResponse(resource_owner.get_username() if resource_owner else "a client")


def middleware(request: HttpRequest) -> HttpResponse:
    """Guarded by nothing but DOT's middleware and backend."""
    return HttpResponse(status=200 if request.user.is_authenticated else 403)


class Plain(ProtectedResourceView):
    get = post = staticmethod(owner)


class Scoped(ScopedProtectedResourceView):
    required_scopes = ["read"]
    get = post = staticmethod(owner)


class ReadWrite(ReadWriteScopedResourceView):
    get = post = staticmethod(owner)


class ForClients(ClientProtectedResourceView):
    get = post = staticmethod(owner)


API = {
    f"/{by}/{name}": api(authentication, *permission)
    for by, authentication in AUTHENTICATIONS.items()
    for name, permission in PERMISSIONS.items()
}
PLAIN = {
    "/decorator": protected_resource(scopes=["read"])(owner),
    "/decorator/read-write": rw_protected_resource()(owner),
    "/view": Plain.as_view(),
    "/view/scope": Scoped.as_view(),
    "/view/read-write": ReadWrite.as_view(),
    "/view/client": ForClients.as_view(),
    "/middleware": middleware,
}
# DRF frees its views from LoginRequiredMiddleware; a project has to do so for the others.
DOORS = {**API, **{door: login_not_required(view) for door, view in PLAIN.items()}}

urlpatterns = [path("", include("oauth_provider.urls")), *(path(door[1:], view) for door, view in DOORS.items())]
