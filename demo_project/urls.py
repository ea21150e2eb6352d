"""The demo's URLs: the two lines of the provider, a login page, an API, a home page."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from demo_project.home import HomeView

urlpatterns = [
    path("", include("oauth_provider.urls")),
    path("", HomeView.as_view(), name="home"),
    path("accounts/login/", LoginView.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("api/notes/", include("demo_project.notes.urls")),
]
