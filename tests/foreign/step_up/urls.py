"""Its URLs."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("A provider.")


urlpatterns = [
    path("", home),
    path("", include("oauth_provider.urls")),
    path("accounts/", include("allauth.urls")),
]
