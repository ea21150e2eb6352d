"""The checks of plain Django views (RFC 6750 §3.1): what is missing or misspelt is said at start."""

from types import ModuleType

import pytest
from django.http import HttpResponse
from django.urls import path
from django.views import View
from django.views.decorators.http import require_GET

from oauth_provider.checks.guards import check_scopes_exist
from oauth_provider.resource_server.view_checks import check_declarations
from oauth_provider.resource_server.views import RequiresScopesMixin, any_of, requires_scopes


@pytest.fixture
def said(settings):
    """What a check says of a view."""
    settings.OAUTH_RESOURCE_SERVER = {}

    def said(check, view):
        root = ModuleType("root")
        root.urlpatterns = [path("", view)]
        settings.ROOT_URLCONF = root
        messages = check(None)
        assert all(message.hint for message in messages)
        return [message.msg.rpartition(f"{__name__}.")[2] for message in messages]

    return said


def notes(request):
    return HttpResponse()


def view(**attributes):
    names = {"__module__": __name__, "__qualname__": "Notes", "get": lambda self, request: HttpResponse()}
    return type("Notes", (RequiresScopesMixin, View), names | attributes).as_view()


@pytest.mark.parametrize(
    "fine",
    [
        notes,
        requires_scopes("notes:read")(notes),
        require_GET(requires_scopes({"GET": any_of("notes:read", ["notes:write"])})(notes)),
        view(scopes="notes:read"),
        view(scopes={"GET": "notes:read"}),
        view(get_required_scopes=lambda self: "notes:read"),
    ],
)
def test_what_is_declared_is_fine(said, fine):
    assert said(check_declarations, fine) == said(check_scopes_exist, fine) == []


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (view(scopes={"POST": "notes:write"}), "Notes declares no scopes for GET."),
        (view(), "Notes declares scopes that cannot be used: Name at least one scope."),
        (view(scopes={}), "Notes declares scopes that cannot be used: Name at least one scope."),
        (
            view(scopes={"get": "notes:read"}),
            "Notes declares scopes that cannot be used: ['get'] are no HTTP methods in capitals.",
        ),
    ],
)
def test_what_is_missing_or_misspelt_is_found(said, bad, problem):
    assert said(check_declarations, bad) == [problem]


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        (requires_scopes("notes:raed")(notes), "notes"),
        (require_GET(requires_scopes({"GET": any_of("notes:read", "notes:raed")})(notes)), "notes"),
        (view(scopes={"GET": ["notes:read", "notes:raed"]}), "Notes"),
    ],
)
def test_a_scope_that_there_is_not_is_found(said, bad, name):
    assert said(check_scopes_exist, bad) == [f"{name} needs the scope 'notes:raed', which there is not."]
