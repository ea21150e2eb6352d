"""Scopes in the admin: added, reworded and marked, by whoever may; those of the settings stand beside them."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, Resource, Scope
from oauth_provider.registry import kept_scopes
from oauth_provider.registry.scope import all_scopes, known_scopes
from tests import ledger
from tests.admin.operators import add_url, errors_of, new_client, operator, url
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.3")]

LISTING, ADD = url(Scope, "changelist"), url(Scope, "add")
FORM = {"name": "notes:share", "words": "Share your notes", "risk": "changes"}


def test_an_operator_adds_a_scope_and_clients_may_have_it_at_once():
    browser = operator()
    page = browser.post(ADD, FORM, follow=True).content.decode()
    assert "follow within a minute" in page
    assert all_scopes()["notes:share"] == "Share your notes"
    browser.post(add_url(), new_client(browser, scopes=["notes:share"]))
    assert application_model().objects.get().oauth_policy.scopes == ["notes:share"]


def test_who_it_was_is_written_to_the_audit_and_to_the_history():
    browser = operator()
    browser.post(ADD, FORM)
    scope = Scope.objects.get()
    browser.post(url(scope), {**FORM, "words": "Share all notes"})
    browser.post(url(scope), {**FORM, "words": "Share all notes"})  # nothing changed
    browser.post(url(scope, "delete"), {"post": "yes"})
    events = AuditEvent.objects.order_by("pk")
    assert [(one.kind, one.facts["step"]) for one in events] == [
        ("scope_changed", "added"),
        ("scope_changed", "changed"),
        ("scope_changed", "deleted"),
    ]
    assert {one.facts["scope"] for one in events} == {"notes:share"}
    assert {one.actor for one in events} == {str(browser.operator.pk)}
    assert LogEntry.objects.count() == 4


def test_a_scope_of_the_settings_is_given_other_words():
    browser = operator()
    page = browser.get(LISTING).content.decode()
    assert "From the settings" in page
    link = f"{ADD}?name=notes%3Aread"
    assert f'href="{link}"' in page
    form = browser.get(link).context["adminform"].form
    assert (form.initial["name"], form.initial["words"]) == ("notes:read", "Read your notes")
    browser.post(ADD, {"name": "notes:read", "words": "Read everything you noted", "risk": ""})
    page = browser.get(LISTING).content.decode()
    assert "settings, other words" in page
    assert link not in page
    assert all_scopes()["notes:read"] == "Read everything you noted"
    browser.post(url(Scope.objects.get(), "delete"), {"post": "yes"})
    assert all_scopes()["notes:read"] == "Read your notes"


def test_the_list_says_which_apis_a_scope_belongs_to():
    Resource.objects.create(identifier="https://a.example/", name="The notes API", scopes=["notes:share", "notes:read"])
    Scope.objects.create(**FORM)
    browser = operator()
    page = browser.get(LISTING).content.decode()
    assert '<td class="field-where">The notes API</td>' in page
    assert "The notes API" in page.partition("From the settings")[2]


@each(
    ("changes", "field"),
    [
        ({"name": "two words"}, "name"),
        ({"name": 'a"quote'}, "name"),
        ({"name": "ümlaut"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "nul\x00"}, "name"),
        ({"words": ""}, "words"),
        ({"words": "x" * 201}, "words"),
        ({"words": "Read \u202eseton ruoy"}, "words"),
        ({"risk": "anything"}, "risk"),
        ({"description": "x" * 501}, "description"),
        ({"icon": "skull"}, "icon"),
        ({"api": "https://unknown.example/"}, "api"),
        ({"read_twin": "no:such"}, "read_twin"),
        ({"implies": ["notes:read", "no:such"]}, "implies"),
        ({"grantable_by": "staff"}, "grantable_by"),
        ({"grantable_by": "callable:os.system"}, "grantable_by"),
        ({"grantable_by": "group:Editors\x00"}, "grantable_by"),
    ],
)
def test_what_is_no_scope_is_said_beside_its_field(changes, field):
    browser = operator()
    with ledger.unchanged():
        response = browser.post(ADD, FORM | changes)
    assert set(errors_of(response)) == {field}


def test_what_belongs_to_a_scope_is_chosen_among_what_there_is():
    Resource.objects.create(identifier="https://a.example/", name="The notes API")
    more = {"api": "https://a.example/", "implies": ["notes:read"], "read_twin": "notes:read", "is_optional": "true"}
    operator().post(ADD, FORM | more | {"group": "Notes", "icon": "share", "grantable_by": "group:Editors"})
    scope = Scope.objects.get()
    assert (scope.implies, scope.read_twin, scope.is_optional) == (["notes:read"], "notes:read", True)
    assert known_scopes()["notes:share"].implies == ("notes:read",)
    operator().post(url(scope), FORM | {"read_twin": ""})
    scope.refresh_from_db()
    assert (scope.implies, scope.read_twin, scope.is_optional) == (None, "", None)


def test_scopes_that_would_imply_each_other_are_refused():
    Scope.objects.create(name="notes:all", words="Everything", implies=["notes:share"])
    Scope.objects.create(**FORM)
    browser = operator()
    assert browser.post(ADD, FORM | {"name": "notes:x", "implies": ["notes:all"]}).status_code == 302
    answer = browser.post(url(Scope.objects.get(name="notes:share")), FORM | {"implies": ["notes:x"]})
    assert set(errors_of(answer)) == {"implies"}


def test_a_scope_is_there_once():
    browser = operator()
    browser.post(ADD, FORM)
    assert set(errors_of(browser.post(ADD, FORM))) == {"name"}
    assert Scope.objects.count() == 1


def test_the_name_of_a_scope_that_clients_may_have_cannot_be_changed():
    scope = Scope.objects.create(**FORM)
    operator().post(url(scope), {**FORM, "name": "other"})
    assert Scope.objects.get().name == "notes:share"


def test_deleting_says_what_follows():
    scope = Scope.objects.create(**FORM)
    browser = operator()
    selected = {"action": "delete_selected", "_selected_action": [scope.pk]}
    for page in (browser.get(url(scope, "delete")), browser.post(LISTING, selected)):
        assert "access tokens that hold it keep it until they expire" in page.content.decode()
    browser.post(LISTING, selected | {"post": "yes"})
    assert not Scope.objects.exists()
    assert AuditEvent.objects.get().facts == {"scope": "notes:share", "step": "deleted"}


def test_a_client_keeps_the_name_of_a_scope_that_is_gone_until_it_is_unticked():
    scope = Scope.objects.create(**FORM)
    application = ApplicationFactory(policy={"scopes": ["notes:share"]})
    scope.delete()
    assert "notes:share (no longer there)" in operator().get(url(application)).content.decode()


def test_a_form_of_this_process_offers_what_another_one_has_just_added():
    browser, application = operator(), ApplicationFactory()
    Scope.objects.bulk_create([Scope(name="notes:share", words="Share your notes")])
    assert "notes:share" not in kept_scopes.kept_scopes()
    for address in (add_url(), url(application), url(Resource, "add")):
        kept_scopes._kept.clear()
        kept_scopes.kept_scopes()
        assert "notes:share: Share your notes" in browser.get(address).content.decode()


@each(
    ("permission", "allowed"),
    [("view_scope", set()), ("add_scope", {"add"}), ("change_scope", {"change"}), ("delete_scope", {"delete"})],
)
def test_each_verb_needs_its_own_permission(permission: str, allowed: set[str]):
    scope = Scope.objects.create(name="tax:file", words="File your tax return")
    browser = operator(f"oauth_provider.{permission}")
    sent: dict[str, Any] = {
        "add": browser.post(ADD, FORM),
        "change": browser.post(url(scope), {"words": "x", "risk": ""}),
        "delete": browser.post(url(scope, "delete"), {"post": "yes"}),
    }
    assert {verb for verb, answer in sent.items() if answer.status_code == 302} == allowed
    assert {answer.status_code for verb, answer in sent.items() if verb not in allowed} <= {403}


def test_staff_without_a_permission_and_visitors_see_nothing_and_forms_are_protected(client):
    scope = Scope.objects.create(**FORM)
    for address in (LISTING, ADD, url(scope), url(scope, "delete")):
        assert operator("auth.view_group").get(address).status_code == 403
        assert client.get(address).status_code == 302
    browser = operator(enforce_csrf_checks=True)
    with ledger.unchanged():
        assert browser.post(ADD, FORM | {"name": "x"}).status_code == 403
