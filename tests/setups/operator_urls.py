"""README's second line, and Django's admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("", include("oauth_provider.urls")), path("admin/", admin.site.urls)]
