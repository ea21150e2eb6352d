"""The same project after our app is gone: DOT's own URLs, and an API under DOT's own guard."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from oauth2_provider.decorators import protected_resource


@protected_resource(scopes=["read"])
def api(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.resource_owner.get_username())


urlpatterns = [path("o/", include("oauth2_provider.urls")), path("api", api)]
