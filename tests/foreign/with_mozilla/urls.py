"""Its URLs, and how it logs people out at the provider too (OpenID Connect RP-Initiated Logout 1.0 §2)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, reverse
from django.utils.http import urlencode

from tests.foreign.home import page


def home(request: HttpRequest) -> HttpResponse:
    return page(request, reverse("oidc_logout"))


def provider_logout(request: HttpRequest) -> str:
    """Where mozilla-django-oidc sends a browser that has logged out here."""
    query = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": request.build_absolute_uri("/"),
    }
    return f"{settings.END_SESSION_ENDPOINT}?{urlencode(query)}"


urlpatterns = [path("", home), path("oidc/", include("mozilla_django_oidc.urls"))]
