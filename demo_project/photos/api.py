"""The photos API: what a token opens on a machine that has neither the provider nor a table of users."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from demo_project import addresses
from oauth_provider.resource_server.decorators import requires_scopes
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication

PHOTOS = {"harbour": "The harbour at six", "noor": "Noor, laughing", "snow": "First snow"}
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
    }
    return JsonResponse({"resource": addresses.PHOTOS_RESOURCE, "issuer": addresses.ISSUER, "calls": calls})
