"""The scope registry: what code, settings and database say of a scope, together, and how a person is shown it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import gettext_lazy, override

from oauth_provider.models import Scope
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.scope_entry import ScopeEntry, closure, entry_of, rule_of
from oauth_provider.registry.registered_scopes import REGISTERED, register_scopes
from oauth_provider.registry.scope import (
    all_scopes,
    configured_scopes,
    digests_of,
    known_scopes,
    permissions_of,
    project_titles,
    risks_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "3.3")]

WRITE = {
    "title": "Write your notes",
    "description": "It may overwrite what you wrote.",
    "api": "https://api.example.com/notes",
    "group": "Notes",
    "icon": "edit",
    "risk": "changes",
    "optional": True,
    "implies": ["notes:read"],
    "read_twin": "notes:read",
    "grantable_by": "group:Editors",
    "refusal": "Ask an editor.",
}


@pytest.fixture
def scopes(settings: Any) -> Any:
    """Set the scopes of the settings."""

    def put(**values: Any) -> None:
        settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SCOPES": values}

    return put


def permission(name: str, *beside: str, **more: Any) -> Any:
    return permissions_of([name, *beside], **more)[0]


def test_words_a_mapping_and_an_entry_say_the_same() -> None:
    assert entry_of("Read") == entry_of({"title": "Read"}) == entry_of(ScopeEntry("Read")) == ScopeEntry("Read")
    with pytest.raises(TypeError, match="grantableby"):
        entry_of({"title": "Read", "grantableby": "group:Staff"})


def test_a_page_is_told_all_that_is_known_of_a_scope(scopes: Any) -> None:
    scopes(**{"notes:write": WRITE, "notes:read": "Read your notes"})
    write, read = permissions_of(["notes:write", "notes:read"])
    assert (write.words, write.warning) == ("Write your notes", "can change things")
    assert (write.description, write.api) == (WRITE["description"], WRITE["api"])
    assert (write.group, write.icon, write.risk, write.twin) == ("Notes", "edit", "changes", "notes:read")
    assert (write.is_optional, write.implies, write.implied_by) == (True, ("notes:read",), ())
    assert (read.is_optional, read.implies, read.implied_by) == (False, (), ("notes:write",))
    assert (write.is_grantable, write.refusal) == (True, "")
    assert (permission("openid").icon, permission("no:such").words) == ("account", "no:such")


def test_who_may_not_grant_a_scope_is_told_why(scopes: Any) -> None:
    scopes(**{"notes:write": WRITE, "notes:read": "Read your notes"})
    told = permission("notes:write", withheld={"notes:write"})
    assert (told.is_grantable, told.refusal) == (False, "Ask an editor.")
    assert permission("notes:read", withheld={"notes:write"}).is_grantable


def test_the_database_adds_to_what_the_settings_say_and_takes_no_rule_away(scopes: Any) -> None:
    scopes(**{"notes:write": WRITE})
    Scope.objects.create(name="notes:write", words="Change your notes")
    entry = known_scopes()["notes:write"]
    assert entry == entry_of(WRITE | {"title": "Change your notes"})
    Scope.objects.update(risk="deletes", icon="delete", is_optional=False, implies=[], grantable_by="group:Chiefs")
    Scope.objects.get().save()
    entry = known_scopes()["notes:write"]
    assert (entry.risk, entry.icon, entry.optional, entry.implies) == ("deletes", "delete", False, ())
    assert (entry.grantable_by, entry.description) == ("group:Chiefs", WRITE["description"])


@pytest.fixture
def _registered() -> Iterator[None]:
    before = REGISTERED[0]
    yield
    REGISTERED[:] = [before]


@pytest.mark.usefixtures("_registered")
def test_apps_bring_scopes_along_and_the_settings_win(scopes: Any) -> None:
    scopes(**{"notes:read": "Read your notes"})
    register_scopes({"notes:read": "Read", "maps:read": {"title": "Read your maps", "icon": "location"}})
    assert configured_scopes()["notes:read"] == "Read your notes"
    assert all_scopes()["maps:read"] == project_titles()["maps:read"] == "Read your maps"
    assert permission("maps:read").icon == "location"


def test_a_scope_of_words_alone_keeps_the_digest_that_people_agreed_to(scopes: Any) -> None:
    scopes(**{"a": "Read", "b": {"title": "Read"}, "c": {"title": "Read", "icon": "read", "risk": "reads"}})
    Scope.objects.create(name="d", words="Read", risk="changes")
    agreed = digests_of("abcde")
    assert agreed == {"a": digest("Read"), "b": digest("Read"), "c": digest("Read")} | {
        "d": digest("Read\nchanges"),
        "e": digest("e"),
    }


@pytest.mark.parametrize("name", ["title", "description", "api", "group", "risk"])
def test_what_people_read_is_part_of_what_they_agree_to(scopes: Any, name: str) -> None:
    scopes(a=WRITE)
    before = digests_of("a")
    scopes(a=WRITE | {name: "everything"})
    assert digests_of("a") != before


@pytest.mark.parametrize("name", ["icon", "optional", "read_twin", "grantable_by", "refusal", "implies"])
def test_what_does_not_change_what_is_allowed_asks_nobody_again(scopes: Any, name: str) -> None:
    scopes(a=WRITE)
    before = digests_of("a")
    scopes(a={key: value for key, value in WRITE.items() if key != name})
    assert digests_of("a") == before


def test_what_is_agreed_to_is_the_same_in_every_language(scopes: Any) -> None:
    scopes(a={"title": gettext_lazy("Allow"), "description": gettext_lazy("Cancel")})
    before = digests_of("a")
    with override("de"):
        assert digests_of("a") == before


def test_reading_is_no_risk(scopes: Any) -> None:
    scopes(a={"title": "A", "risk": "reads"}, b={"title": "B", "risk": "everything"}, c="C")
    assert risks_of("abc") == {"b": "everything"}
    assert permission("b").warning == "can do everything that you can"


def test_implied_scopes_are_followed_to_the_end_and_no_circle_is_endless() -> None:
    implies = {"admin": ("write", "delete"), "write": ("read",), "delete": ("read", "admin")}
    assert closure(["admin"], implies) == ("admin", "write", "delete", "read")
    assert closure(["read"], implies) == ("read",)


@pytest.mark.parametrize("text", ["", "staff", "group:", "group: ", "role:Editors", ":x"])
def test_a_rule_says_what_kind_it_is(text: str) -> None:
    with pytest.raises(ValueError, match="is no permission"):
        rule_of(text)
    assert rule_of("group:Chief: editors") == ("group", "Chief: editors")
