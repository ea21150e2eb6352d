"""The demo's URLs: those of the provider, its login pages, an API, and the playground at the front."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from demo_project import seed
from demo_project.api_reference import callback, reference, schema
from demo_project.clients import clients
from demo_project.page_headers import strict
from oauth_provider import urls as oauth
from oauth_provider.pages.login import LoginView

urlpatterns = [
    path("", include("oauth_provider.urls")),
    path("", include("demo_project.playground.urls")),
    path("demo/clients", clients, name="clients"),
    path("accounts/login/", strict(LoginView.as_view(extra_context={"demo": seed.describe})), name="login"),
    path("accounts/", include(oauth.accounts)),
    path("admin/", admin.site.urls),
    path("favicon.ico", RedirectView.as_view(url=static("demo/icon.svg"))),
    path("api/notes/", include("demo_project.notes.urls")),
    path("api/schema/", schema, name="schema"),
    path("api/docs/", reference, name="api-reference"),
    path("api/docs/callback", callback, name="api-reference-callback"),
]
