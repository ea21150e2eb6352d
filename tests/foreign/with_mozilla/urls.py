"""Its URLs."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, reverse

from tests.foreign.home import page


def home(request: HttpRequest) -> HttpResponse:
    return page(request, reverse("oidc_logout"))


urlpatterns = [path("", home), path("oidc/", include("mozilla_django_oidc.urls"))]
