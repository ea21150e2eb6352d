"""README's second line, and Django's admin."""

from django.contrib import admin
from django.urls import include, path

from oauth_provider import urls as oauth

urlpatterns = [
    path("accounts/", include(oauth.accounts)),
    path("", include("oauth_provider.urls")),
    path("admin/", admin.site.urls),
]
