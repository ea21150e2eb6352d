"""Its URLs."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, reverse

from tests.foreign.home import page


def home(request: HttpRequest) -> HttpResponse:
    return page(request, reverse("account_logout"))


urlpatterns = [path("", home), path("accounts/", include("allauth.urls"))]
