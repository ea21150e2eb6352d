"""The photos API: what a token opens on a machine that has neither the provider nor a table of users."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from demo_project import addresses
from demo_project.photos.prints import PHOTO_PRINT, PHOTOS
from oauth_provider.resource_server.views import requires_scopes
from oauth_provider.rest_framework.authorization_details import HasAuthorizationDetails
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication

# Prints cost money, so whoever orders them has to have signed in lately, in seconds.
LATELY = 60


def subject_of(request: Request) -> str | None:
    """Who somebody is, where there is no table of users."""
    token: Any = request.auth
    sub: str | None = token.sub
    return sub


class PhotoList(APIView):
    """GET lists the photos of the person whom the token stands for."""

    permission_classes = [HasScopes("photos:read")]

    def get(self, request: Request) -> Response:
        """The photos."""
        photos = [{"name": name, "title": title} for name, title in PHOTOS.items()]
        return Response({"owner": subject_of(request), "photos": photos})


class PrintOrder(APIView):
    """POST orders a print, for somebody who signed in a moment ago (RFC 9470)."""

    permission_classes = [HasScopes("photos:print") & RequiresAuthentication(max_age=LATELY)]

    def post(self, request: Request, name: str) -> Response:
        """The order."""
        if name not in PHOTOS:
            raise NotFound
        return Response({"print": PHOTOS[name], "for": subject_of(request)}, status=201)


class OfThisPhoto(HasAuthorizationDetails):
    """The order names the photo that it is about."""

    def is_for(self, detail: Mapping[str, Any], obj: Any) -> bool:
        """Is it about this one?"""
        return bool(detail.get("identifier") == obj)


class AgreedPrint(APIView):
    """POST carries out the order that somebody agreed to in full (RFC 9396), and says which that was."""

    order = OfThisPhoto(PHOTO_PRINT)
    permission_classes = [order]

    def post(self, request: Request, name: str) -> Response:
        """The order. What the caller sends beside its token changes nothing about it."""
        if name not in PHOTOS:
            raise NotFound
        self.check_object_permissions(request, name)
        agreed = next(detail for detail in self.order.found(request) if self.order.is_for(detail, name))
        order = {"print": PHOTOS[name], "copies": agreed["copies"], "size": agreed["size"]}
        return Response({**order, "for": subject_of(request)}, status=201)


@requires_scopes("photos:read")
def album(request: HttpRequest) -> HttpResponse:
    """GET gives the titles as plain text: a view of Django's own, guarded alike."""
    return HttpResponse("".join(f"{title}\n" for title in PHOTOS.values()), content_type="text/plain; charset=utf-8")


def about(request: HttpRequest) -> HttpResponse:
    """What this is, for whoever opens its address: no token is needed."""
    calls = {
        "GET /photos/": "photos:read",
        "GET /photos/album": "photos:read",
        "POST /photos/{name}/print": "photos:print",
        "POST /photos/{name}/order": f"authorization_details of type {PHOTO_PRINT}",
    }
    return JsonResponse({"resource": addresses.PHOTOS_RESOURCE, "issuer": addresses.ISSUER, "calls": calls})
