"""The URLs of a project that has Django's own login views, and no templates for them."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")),
    path("", include("oauth_provider.urls")),
    path("admin/", admin.site.urls),
]
