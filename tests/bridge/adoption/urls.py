"""The paths of the provider, and DOT's own token endpoint beside them."""

from django.urls import include, path

from tests.bridge import dot_server

urlpatterns = [path("", include("oauth_provider.urls")), *dot_server.urlpatterns]
