"""Checks of who gets in (RFC 6750 §3): views that anybody may call, views that nobody can, and a missing app."""

from types import ModuleType

import pytest
from django.apps import apps
from django.urls import include, path
from rest_framework import generics, routers, viewsets
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.decorators import action, api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from oauth_provider.resource_server.view_checks import MAX_MESSAGES, check_apps, check_closed, check_open
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.decorators import requires_scopes
from oauth_provider.rest_framework.permissions import HasScopes, ScopesOrSession

pytestmark = pytest.mark.spec("RFC 6750", "3")


@pytest.fixture
def told(settings):
    """What a check says of views, each at some URL."""

    def told(check, *views):
        root = ModuleType("root")
        root.urlpatterns = [
            path(f"{number}/", include(one.urls) if hasattr(one, "urls") else one) for number, one in enumerate(views)
        ]
        settings.ROOT_URLCONF = root
        messages = check(None)
        assert all(message.hint for message in messages)
        return [message.msg.rpartition(f"{__name__}.")[2] for message in messages]

    return told


def respond(self, request):
    raise AssertionError("A check calls nothing.")


def share(self, request):
    raise AssertionError("A check calls nothing.")


def never(*args, **kwargs):
    raise AssertionError("A check calls nothing.")


def view(base=APIView, **attributes):
    names = {"__module__": __name__, "authentication_classes": [OAuthAuthentication], "get": respond}
    return type("Notes", (base,), names | attributes).as_view()


def viewset(router=routers.SimpleRouter, **attributes):
    names = {"__module__": __name__, "authentication_classes": [OAuthAuthentication], "list": respond}
    made = router()
    made.register("notes", type("Notes", (viewsets.ViewSet,), names | attributes), basename="notes")
    return made


@api_view(["GET", "POST"])
@authentication_classes([OAuthAuthentication])
def function(request):
    raise AssertionError("A check calls nothing.")


@pytest.mark.parametrize(
    ("bad", "methods"),
    [
        (view(), "GET"),
        (view(post=respond), "GET, POST"),
        (view(get=requires_scopes("notes:read")(respond), post=respond), "POST"),
        (view(generics.GenericAPIView), "GET"),
        (view(authentication_classes=[SessionAuthentication, OAuthAuthentication]), "GET"),
        (viewset(create=respond), "GET, POST"),
        (viewset(share=action(detail=False, permission_classes=[AllowAny])(share)), "GET"),
    ],
)
def test_a_view_that_takes_tokens_and_asks_for_none_is_told(told, bad, methods):
    assert told(check_open, bad) == [f"Notes takes access tokens and asks for none: anybody may call {methods}."]


def test_a_function_that_takes_tokens_and_asks_for_none_is_told(told):
    assert told(check_open, function) == ["function takes access tokens and asks for none: anybody may call GET, POST."]


@pytest.mark.parametrize(
    "fine",
    [
        view(permission_classes=[AllowAny]),
        view(permission_classes=[]),
        view(permission_classes=[IsAuthenticated]),
        view(permission_classes=[HasScopes("notes:read")]),
        view(get=requires_scopes("notes:read")(respond)),
        view(authentication_classes=[SessionAuthentication]),
        view(authentication_classes=[]),
        view(get_permissions=never),
        view(check_permissions=never),
        view(get_authenticators=never),
        type("Base", (APIView,), {"permission_classes": [AllowAny], "__module__": __name__}).as_view(),
        APIView.as_view(permission_classes=[AllowAny]),
        viewset(permission_classes=[AllowAny]),
        api_view(["GET"])(permission_classes([AllowAny])(authentication_classes([OAuthAuthentication])(never))),
        lambda request: None,
    ],
)
def test_a_view_that_asks_or_is_open_on_purpose_is_fine(told, fine):
    assert told(check_open, fine) == []


def test_what_the_project_says_of_all_views_is_said_of_each(told, settings):
    assert len(told(check_open, view())) == 1
    for permissions in (["rest_framework.permissions.AllowAny"], ["rest_framework.permissions.IsAuthenticated"]):
        settings.REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": permissions}
        assert told(check_open, view()) == []
    settings.REST_FRAMEWORK = {}
    assert [AllowAny] == api_settings.DEFAULT_PERMISSION_CLASSES
    assert len(told(check_open, view())) == 1


def test_the_root_of_a_router_is_open_without_a_word(told, monkeypatch):
    monkeypatch.setattr(routers.APIRootView, "authentication_classes", [OAuthAuthentication])
    assert told(check_open, viewset(routers.DefaultRouter, permission_classes=[AllowAny])) == []


def test_many_open_views_are_a_few_messages(told):
    views = [type(f"View{n}", (APIView,), {"__module__": __name__, "get": respond}) for n in range(MAX_MESSAGES + 5)]
    for one in views:
        one.authentication_classes = [OAuthAuthentication]
    assert len(told(check_open, *(one.as_view() for one in views))) == MAX_MESSAGES


@pytest.mark.parametrize(
    "closed",
    [
        view(authentication_classes=[SessionAuthentication], permission_classes=[HasScopes("notes:read")]),
        view(authentication_classes=[], permission_classes=[IsAuthenticated & HasScopes("notes:read")]),
        view(authentication_classes=[TokenAuthentication], permission_classes=[ScopesOrSession("notes:read")]),
        view(authentication_classes=[SessionAuthentication], get=requires_scopes("notes:read")(respond)),
        viewset(authentication_classes=[SessionAuthentication], permission_classes=[HasScopes("notes:read")]),
    ],
)
def test_a_view_that_asks_for_scopes_and_takes_no_tokens_is_told(told, closed):
    assert told(check_closed, closed) == [
        "Notes asks for scopes, and none of its authentication classes takes access tokens."
    ]


class FromElsewhere(SessionAuthentication.__base__):
    """May well take bearer tokens."""


@pytest.mark.parametrize(
    "fine",
    [
        view(permission_classes=[HasScopes("notes:read")]),
        view(authentication_classes=[FromElsewhere], permission_classes=[HasScopes("notes:read")]),
        view(authentication_classes=[SessionAuthentication], permission_classes=[IsAuthenticated]),
        view(get_authenticators=never, permission_classes=[HasScopes("notes:read")]),
    ],
)
def test_a_view_that_takes_tokens_or_asks_for_no_scopes_is_fine(told, fine):
    assert told(check_closed, fine) == []


def test_the_app_of_the_framework_is_missed_where_a_browser_would_miss_it(told, monkeypatch):
    guarded = view(permission_classes=[HasScopes("notes:read")])
    assert told(check_apps, guarded) == []
    monkeypatch.setattr(apps, "is_installed", lambda name: False)
    assert told(check_apps, guarded, guarded, view()) == [
        "Notes needs the templates of 'rest_framework', which is not in INSTALLED_APPS: it fails in a browser."
    ]
    assert told(check_apps, view(renderer_classes=[JSONRenderer])) == []
    assert told(check_apps, view(authentication_classes=[SessionAuthentication])) == []
