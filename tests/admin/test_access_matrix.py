"""*Who can call what*: clients beside the scopes that they may have, with the guarded views that ask for these."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

import tests.urls
from oauth_provider.admin.clients.access import WIDTH
from oauth_provider.dot.names import application_model
from oauth_provider.models import Resource
from oauth_provider.resource_server.views.decorators import requires_scopes
from tests import ledger
from tests.admin.operators import operator, url
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@requires_scopes("notes:read", "no:such")
def read_notes(request: HttpRequest) -> HttpResponse:
    """A view of the project."""
    return HttpResponse()


urlpatterns = [*tests.urls.urlpatterns, path("notes", read_notes)]

PAGE = url(application_model(), "access")


def cells(response: Any) -> dict[tuple[str, str], bool]:
    """Whether a client may have a scope, by both names."""
    names = [column.application.name for _name, _url, column in response.context["columns"]]
    rows = [row for part in response.context["parts"] for row in part.rows]
    return {(name, row.scope): is_allowed for row in rows for name, is_allowed in zip(names, row.allowed, strict=True)}


def test_a_client_may_have_its_own_scopes_and_none_where_it_is_suspended_or_has_no_grant() -> None:
    ApplicationFactory(name="Reader", policy={"scopes": ["notes:read"]})
    ApplicationFactory(name="Everything", policy={"scopes": None})
    ApplicationFactory(name="Default")
    ApplicationFactory(name="Suspended", policy={"scopes": None, "status": "suspended"})
    ApplicationFactory(name="API", policy={"scopes": None, "grant_types": []})
    found = cells(operator().get(PAGE))
    has = {name: {scope for (who, scope), yes in found.items() if who == name and yes} for name, _scope in found}
    assert has["Reader"] == {"notes:read"}
    assert {"notes:read", "notes:write", "openid"} <= has["Everything"] == has["Default"]
    assert has["Suspended"] == has["API"] == set()


def test_each_scope_names_the_views_whose_guards_ask_for_it() -> None:
    ApplicationFactory()
    response = operator().get(PAGE)
    rows = {row.scope: row for part in response.context["parts"] for row in part.rows}
    view = f"{__name__}.read_notes"
    assert view in rows["notes:read"].views
    assert rows["notes:write"].views == ()
    assert not rows["no:such"].is_known
    assert "nobody can have it" in response.content.decode()
    assert {scope for _name, scope in cells(operator().get(PAGE, {"view": view}))} == {"notes:read", "no:such"}


def test_scopes_stand_with_their_api() -> None:
    Resource.objects.create(identifier="https://notes.example.com", name="The notes", scopes=["notes:read"])
    ApplicationFactory()
    parts = {part.identifier: part for part in operator().get(PAGE).context["parts"]}
    assert [row.scope for row in parts["https://notes.example.com"].rows] == ["notes:read"]
    assert "notes:read" not in {row.scope for row in parts[""].rows}


def test_a_scope_leaves_the_clients_that_may_have_it() -> None:
    ApplicationFactory(name="Reader", policy={"scopes": ["notes:read"]})
    ApplicationFactory(name="Writer", policy={"scopes": ["notes:write", "openid"]})
    ApplicationFactory(name="Default")
    found = cells(operator().get(PAGE, {"scope": "notes:write"}))
    assert {name: yes for (name, _scope), yes in found.items()} == {"Writer": True, "Default": True}


def test_clients_are_shown_some_at_a_time_and_the_statements_do_not_grow_with_them() -> None:
    for number in range(WIDTH + 3):
        ApplicationFactory(name=f"Client {number}", policy={"scopes": ["notes:read"]})
    browser = operator()
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        first = browser.get(PAGE)
    assert len(captured) <= 7
    second = browser.get(PAGE + first.context["next_url"])
    shown = [[column.application.pk for _n, _u, column in page.context["columns"]] for page in (first, second)]
    assert [len(one) for one in shown] == [WIDTH, 3]
    assert not second.context["next_url"]
    assert not set(shown[0]) & set(shown[1])


@each(
    "query",
    [{"q": "\x00"}, {"scope": "\x00"}, {"view": "x' OR 1"}, {"scope": "%"}, {"_after": "x"}, {"_after": "9" * 40}],
)
def test_what_is_no_choice_is_no_error(query: dict[str, str]) -> None:
    ApplicationFactory()
    assert operator(raise_request_exception=False).get(PAGE, query).status_code == 200


def test_it_is_for_whoever_may_see_clients_and_changes_nothing() -> None:
    application = ApplicationFactory(policy={"scopes": ["notes:read"]})
    assert operator("oauth_provider.view_consent").get(PAGE).status_code == 403
    browser = operator("oauth2_provider.view_application")
    with ledger.unchanged():
        page = browser.get(PAGE).content.decode()
    assert application.secret not in page
    assert 'href="access/"' in browser.get(url(application_model(), "changelist")).content.decode()
