"""The views and URLs that the page prints, as they stand; and a page to come back to."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.printed import printed


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("The app.")


exec(compile(printed("how-to/single-page-app.md", "bff.py"), "bff.py", "exec"))  # it defines urlpatterns
urlpatterns = [*globals()["urlpatterns"], path("", home)]
