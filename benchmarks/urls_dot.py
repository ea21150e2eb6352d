"""The URLs of the project with django-oauth-toolkit alone."""

from django.urls import include, path
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope

from benchmarks.floors import FloorGuarded, floor
from benchmarks.views import Unguarded


class Guarded(Unguarded):
    """The same for tokens with one scope."""

    authentication_classes = [OAuth2Authentication]
    permission_classes = [TokenHasScope]
    required_scopes = ["notes:read"]


urlpatterns = [
    path("unguarded", Unguarded.as_view()),
    path("guarded", Guarded.as_view()),
    path("floor/guarded", FloorGuarded.as_view()),
    path("floor/<int:statements>", floor),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]
