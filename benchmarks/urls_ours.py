"""The URLs of the project with ``oauth_provider``."""

from django.urls import include, path

from benchmarks.views import Unguarded
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes


class Guarded(Unguarded):
    """The same for tokens with one scope."""

    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]


urlpatterns = [
    path("unguarded", Unguarded.as_view()),
    path("guarded", Guarded.as_view()),
    path("", include("oauth_provider.urls")),
]
