"""The URLs of a project that has no page of its own."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from oauth_provider import urls as oauth

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="profile")),
    path("accounts/", include(oauth.accounts)),
    path("", include("oauth_provider.urls")),
    path("admin/", admin.site.urls),
]
