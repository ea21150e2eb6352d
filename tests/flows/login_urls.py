"""The URLs of a project whose login page is ours."""

from django.contrib import admin
from django.urls import include, path

from oauth_provider.pages.login import LoginView

urlpatterns = [
    path("", include("oauth_provider.urls")),
    path("accounts/login/", LoginView.as_view(template_name="admin/login.html"), name="login"),
    path("admin/", admin.site.urls),
]
