"""The checks of views (RFC 6750 §3.1): what is missing or misspelt is said at start, before anybody calls."""

from types import ModuleType

import pytest
from django.urls import include, path
from rest_framework import routers, viewsets
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action, api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.views import APIView

from oauth_provider.checks.guards import check_scopes_exist
from oauth_provider.models import Scope
from oauth_provider.resource_server.view_checks import check_any_token, check_declarations
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.decorators import requires_scopes
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication, ScopesOrSession


@pytest.fixture
def said(settings):
    """What a check says of a view at some URL."""

    def said(check, *views):
        root = ModuleType("root")
        root.urlpatterns = [
            path(
                "", include([path(f"{number}", view) for number, view in enumerate(views) if not hasattr(view, "urls")])
            ),
            *(path("api/", include(view.urls)) for view in views if hasattr(view, "urls")),
        ]
        settings.ROOT_URLCONF = root
        messages = check(None)
        assert all(message.hint for message in messages)
        return [message.msg.rpartition(f"{__name__}.")[2] for message in messages]

    return said


def respond(self, request):
    raise AssertionError("A check calls nothing.")


def share(self, request):
    raise AssertionError("A check calls nothing.")


def function(request):
    raise AssertionError("A check calls nothing.")


def view(**attributes):
    attributes = {"authentication_classes": [OAuthAuthentication], "permission_classes": [HasScopes]} | attributes
    return type("Notes", (APIView,), {"__module__": __name__, "get": respond} | attributes).as_view()


def viewset(**attributes):
    router = routers.SimpleRouter()
    names = {"permission_classes": [HasScopes], "list": respond, "create": respond, "__module__": __name__}
    cls = type("Notes", (viewsets.ViewSet,), names | attributes)
    router.register("notes", cls, basename="notes")
    return router


@pytest.mark.parametrize(
    "fine",
    [
        view(permission_classes=[HasScopes("notes:read")]),
        view(scopes="notes:read"),
        view(scopes=["notes:read", "notes:write"]),
        view(scopes={"GET": "notes:read"}),
        view(scopes={"GET": "notes:read", "OPTIONS": "notes:read", "HEAD": "notes:read"}),
        view(get=requires_scopes("notes:read")(respond)),
        view(get_required_scopes=lambda self: "notes:read"),
        view(permission_classes=[HasScopes, HasScopes("notes:read")]),
        view(permission_classes=[IsAuthenticated & (ScopesOrSession | ~HasScopes)], scopes="notes:read"),
        viewset(scopes={"list": "notes:read", "create": HasScopes.any_of("notes:write", ["notes:read"])}),
        viewset(scopes={"list": "notes:read", "POST": "notes:write", "destroy": "notes:write"}),
        viewset(scopes="notes:read", share=action(detail=False)(requires_scopes("notes:write")(share))),
        api_view(["GET", "POST"])(permission_classes([HasScopes("notes:read")])(lambda request: None)),
        api_view(["GET"])(requires_scopes("notes:read")(permission_classes([HasScopes])(lambda request: None))),
        lambda request: None,
    ],
)
def test_what_is_declared_is_fine(said, fine):
    assert said(check_declarations, fine) == said(check_scopes_exist, fine) == said(check_any_token, fine) == []


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (view(), "Notes declares no scopes for GET."),
        (view(scopes={}), "Notes declares no scopes for GET."),
        (view(scopes={"GET": ""}), "Notes declares no scopes for GET."),
        (view(scopes={"GET": "notes:read"}, post=respond), "Notes declares no scopes for POST."),
        (view(permission_classes=[IsAuthenticated & ScopesOrSession]), "Notes declares no scopes for GET."),
        (view(permission_classes=[IsAuthenticated | ~HasScopes()]), "Notes declares no scopes for GET."),
        (viewset(scopes={"list": "notes:read"}), "Notes declares no scopes for create."),
        (api_view(["GET"])(permission_classes([HasScopes])(function)), "function declares no scopes for GET."),
    ],
)
def test_a_missing_declaration_is_found(said, bad, problem):
    assert said(check_declarations, bad) == [problem]


@pytest.mark.parametrize("key", ["get", "list", "GETS", "", 7, None])
def test_a_misspelt_method_is_found(said, key):
    problem = f"Notes names {key!r}, which is none of its HTTP methods (in capitals)."
    assert said(check_declarations, view(scopes={"GET": "notes:read", key: "notes:read"})) == [problem]


@pytest.mark.parametrize("key", ["lst", "get", "post", "", 7, None])
def test_a_misspelt_action_is_found(said, key):
    scopes = {"list": "notes:read", "create": "notes:write", key: "notes:read"}
    problem = f"Notes names {key!r}, which is none of its actions or HTTP methods (in capitals)."
    assert said(check_declarations, viewset(scopes=scopes)) == [problem]


@pytest.mark.parametrize(
    "scopes", ["notes:read notes:write", 7, [""], {"GET": ["a b"]}, {"GET": [["a"]]}, {"GET": {1: 2}}]
)
def test_what_is_no_scope_is_found(said, scopes):
    (problem,) = said(check_declarations, view(scopes=scopes))
    assert problem.startswith("Notes declares scopes that cannot be used: ")


@pytest.mark.parametrize(
    "bad",
    [
        view(permission_classes=[HasScopes("notes:raed")]),
        view(permission_classes=[IsAuthenticated & HasScopes.any_of("notes:read", ["notes:raed"])]),
        view(scopes={"GET": "notes:raed"}),
        view(permission_classes=[HasScopes("notes:read")], get=requires_scopes("notes:raed")(respond)),
        viewset(scopes={"list": "notes:read", "create": ["notes:read", "notes:raed"]}),
    ],
)
def test_a_scope_that_there_is_not_is_found(said, settings, bad):
    settings.OAUTH_RESOURCE_SERVER = {}
    assert said(check_scopes_exist, bad) == ["Notes needs the scope 'notes:raed', which there is not."]
    settings.OAUTH_RESOURCE_SERVER = {"VERIFIER": "tests.rest_framework.tokens.verify"}
    assert said(check_scopes_exist, bad) == []


@pytest.mark.django_db
def test_a_scope_of_the_database_is_one(said, settings):
    settings.OAUTH_RESOURCE_SERVER = {}
    Scope.objects.create(name="notes:share", words="Share your notes")
    assert said(check_scopes_exist, view(scopes={"GET": "notes:share"})) == []


class SeesToItself(BasePermission):
    pass


@pytest.mark.parametrize("permissions", [[IsAuthenticated], [IsAuthenticatedOrReadOnly], [AllowAny, IsAuthenticated]])
def test_a_view_that_any_token_opens_is_found(said, permissions):
    assert said(check_any_token, view(permission_classes=permissions)) == [
        "Notes lets any access token act for its user, whatever its scope."
    ]


@pytest.mark.parametrize(
    "attributes",
    [
        {"permission_classes": [AllowAny]},
        {"permission_classes": []},
        {"permission_classes": [IsAuthenticated & HasScopes("notes:read")]},
        {"permission_classes": [IsAuthenticated, RequiresAuthentication(max_age=1)]},
        {"permission_classes": [IsAuthenticated, SeesToItself]},
        {"permission_classes": [IsAuthenticated], "get": requires_scopes("notes:read")(respond)},
        {"permission_classes": [IsAuthenticated], "authentication_classes": [SessionAuthentication]},
        {"get_permissions": lambda self: [IsAuthenticated()]},
    ],
)
def test_a_view_that_is_open_on_purpose_or_asks_for_more_is_not(said, attributes):
    assert said(check_any_token, view(**attributes)) == []


def test_a_view_is_spoken_of_once_however_many_urls_lead_to_it(said):
    bad = view()
    assert len(said(check_declarations, bad, bad, bad)) == 1


def test_a_project_without_urls_has_nothing_to_say(settings):
    settings.ROOT_URLCONF = None
    assert check_declarations(None) == []


def test_a_function_view_that_any_token_opens_is_found(said):
    @api_view(["GET"])
    @authentication_classes([OAuthAuthentication])
    @permission_classes([IsAuthenticated])
    def profile(request):
        raise AssertionError("A check calls nothing.")

    assert said(check_any_token, profile) == ["profile lets any access token act for its user, whatever its scope."]
