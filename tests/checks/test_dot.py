"""Checks of DOT beside us: its validator, its doors, and what makes people of tokens (RFC 9700 §2.3)."""

import pytest
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider import urls as dot_urls
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.views import AuthorizationView, TokenView
from oauth2_provider.views.mixins import OIDCOnlyMixin

from oauth_provider.bridge.validator import BridgeValidator
from oauth_provider.checks import (
    dot,
    urls,
)
from tests.checks.messages import said
from tests.checks.urlconf import Root
from tests.each import each


class Derived(BridgeValidator):
    """A project's own, derived from ours."""


def test_a_validator_that_is_not_ours_is_an_error(settings):
    settings.OAUTH2_PROVIDER = {"OAUTH2_VALIDATOR_CLASS": OAuth2Validator}
    assert said(dot.check_validator) == ["E003"]
    settings.OAUTH2_PROVIDER = {"OAUTH2_VALIDATOR_CLASS": Derived}
    assert said(dot.check_validator) == []


class OwnTokenView(OIDCOnlyMixin, TokenView):
    """DOT's, under another name and behind another of its classes."""


ours = path("", include("oauth_provider.urls"))
MOUNTED = {
    "at the root": path("", include("oauth2_provider.urls")),
    "under a prefix": path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    "two levels down": path("a/", include([path("b/", include("oauth2_provider.urls"))])),
    "under another namespace": path("o/", include("oauth2_provider.urls", namespace="theirs")),
    "without a namespace": path("o/", include(dot_urls.base_urlpatterns)),
    "one view": path("o/token/", TokenView.as_view()),
    "a view derived from it": path("token/", OwnTokenView.as_view()),
    "a view decorated": path("token/", csrf_exempt(login_required(AuthorizationView.as_view()))),
}


@each("mounted", MOUNTED.values(), ids=MOUNTED.keys())
def test_dots_doors_are_found_wherever_they_are(settings, mounted):
    settings.ROOT_URLCONF = Root(ours, mounted)
    assert set(said(dot.check_dot_urls)) == {"E004"}


def test_each_door_is_named_with_its_path(settings):
    settings.ROOT_URLCONF = Root(path("o/", include("oauth2_provider.urls")))
    texts = " ".join(message.msg for message in dot.check_dot_urls(None))
    doors = ("/o/authorize/", "/o/token/", "/o/revoke_token/", "/o/introspect/", "/o/device-authorization/")
    for door in (*doors, "/o/register/", "/o/userinfo/", "/o/logout/", "/o/authorized_tokens/"):
        assert door in texts
    for harmless in ("/o/applications/", "jwks.json"):
        assert harmless not in texts


def test_our_own_doors_at_dots_paths_are_none_of_dots(settings):
    settings.ROOT_URLCONF = Root(ours, path("o/", include("oauth_provider.bridge.urls")))
    assert said(dot.check_dot_urls) == said(urls.check_bridge) == said(urls.check_well_known) == []


TOKEN_MIDDLEWARE = "oauth2_provider.middleware.OAuth2TokenMiddleware"
TOKEN_BACKEND = "oauth2_provider.backends.OAuth2Backend"


@pytest.mark.spec("RFC 9700", "2.3")
def test_what_makes_people_of_tokens_is_named(settings):
    extra = "oauth2_provider.middleware.OAuth2ExtraTokenMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, TOKEN_MIDDLEWARE, extra]
    assert said(dot.check_token_people) == ["W053"]
    assert TOKEN_MIDDLEWARE in dot.check_token_people(None)[0].msg
    settings.MIDDLEWARE = ["gone.Middleware", "tests.checks.test_dot.make_middleware"]
    for backend in (TOKEN_BACKEND, "tests.bridge.test_token_people.OwnBackend"):
        settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", backend]
        assert said(dot.check_token_people) == ["W054"]
        assert backend in dot.check_token_people(None)[0].msg


def make_middleware(get_response):
    """Middleware may be a function."""
    return get_response
