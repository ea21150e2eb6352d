"""Checks of the scope registry (RFC 6749 §3.3): what is written of each scope in code and settings can be used."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.checks import CheckMessage, Error, Tags, Warning
from django.db import DatabaseError, router
from django.utils.functional import Promise

from oauth_provider.checks.registration import register
from oauth_provider.protocol.scope_entry import (
    FIELDS,
    GROUP,
    ICONS,
    PERMISSION,
    RISKS,
    ScopeEntry,
    closure,
    entry_of,
    rule_of,
)
from oauth_provider.protocol.spelling import find_similar, with_guess
from oauth_provider.registry.scope import IDENTITY_SCOPES, configured_scopes, implications, project_scopes
from oauth_provider.registry.who import why_no_rule


@register()
def check_entries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E100: the entry of a scope has a field that there is not, or that has a value of the wrong kind."""
    return [
        Error(
            f"The scope {name!r} cannot be used: {why}.",
            hint=f"Give it words, or a dictionary of {', '.join(FIELDS)}.",
            id="oauth_provider.E100",
        )
        for name, value in project_scopes().items()
        if (why := _why_not(value))
    ]


@register()
def check_relations(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E101: a scope implies one that does not exist, or has it for its twin. E102: scopes imply each other."""
    entries, known = _entries(), configured_scopes()
    messages: list[CheckMessage] = [
        Error(
            f"The scope {name!r} names {other!r} in {field}, which there is not.",
            hint=with_guess(other, known, "Name a scope of the settings or the code."),
            id="oauth_provider.E101",
        )
        for name, entry in entries.items()
        for field, others in (("implies", entry.implies), ("read_twin", (entry.read_twin,)))
        for other in others
        if other and other not in known
    ]
    implies = implications(entries)
    circle = [name for name, others in implies.items() if name in closure(others, implies)]
    if circle:
        message = f"These scopes imply each other: {', '.join(circle)}."
        hint = "Who has one of them has all of them, so one scope is enough. Let only the larger imply the smaller."
        messages.append(Error(message, hint=hint, id="oauth_provider.E102"))
    return messages


@register()
def check_rules(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E104: it cannot be found out who may grant a scope, so that nobody gets it."""
    return [
        Error(
            f"The scope {name!r} has {entry.grantable_by!r} for grantable_by: {why}.",
            hint='Write "permission:app.codename", "group:Name" or "callable:dotted.path".',
            id="oauth_provider.E104",
        )
        for name, entry in _entries().items()
        if entry.grantable_by and (why := why_no_rule(entry.grantable_by))
    ]


@register()
def check_icons(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W128: a scope has an icon that there is not, and is shown with the usual one."""
    return [
        Warning(
            f"The scope {name!r} has the icon {entry.icon!r}, which there is not.",
            hint=with_guess(entry.icon, ICONS, f"There are {', '.join(ICONS)}."),
            id="oauth_provider.W128",
        )
        for name, entry in _entries().items()
        if entry.icon and entry.icon not in ICONS
    ]


@register(Tags.database)
def check_holders(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W129: only people with a permission or in a group that there is not may grant a scope, so that nobody may."""
    alias = router.db_for_read(Permission)
    if alias not in (databases or ()):
        return []
    try:
        return list(_missing_holders(alias))
    except DatabaseError:  # not migrated yet
        return []


def _missing_holders(alias: str) -> Iterator[CheckMessage]:
    for name, entry in _entries().items():
        if not entry.grantable_by or why_no_rule(entry.grantable_by):
            continue
        kind, named = rule_of(entry.grantable_by)
        if kind in EXISTS and not EXISTS[kind](named, alias):
            yield Warning(
                f"The scope {name!r} may be granted by {entry.grantable_by!r}, and there is no such {kind}.",
                hint="Add it, or correct its name. Until then only superusers may grant it, or nobody.",
                id="oauth_provider.W129",
            )


def _permission_exists(named: str, alias: str) -> bool:
    label, _dot, codename = named.partition(".")
    rows = Permission.objects.using(alias)
    return rows.filter(content_type__app_label=label, codename=codename).exists()


EXISTS: Mapping[str, Callable[[str, str], bool]] = {
    PERMISSION: _permission_exists,
    GROUP: lambda named, alias: Group.objects.using(alias).filter(name=named).exists(),
}


def _entries() -> Mapping[str, ScopeEntry]:
    """Return the entries that can be used."""
    usable = {name: entry_of(value) for name, value in project_scopes().items() if not _why_not(value)}
    return {**IDENTITY_SCOPES, **usable}


def _why_not(value: Any) -> str:
    """Return what is wrong with an entry; nothing of one without a title, which is told by E114."""
    said = {name: getattr(value, name) for name in FIELDS} if isinstance(value, ScopeEntry) else value
    if not isinstance(said, Mapping):
        return ""
    if unknown := [str(key) for key in said if key not in FIELDS]:
        similar = find_similar(unknown[0], FIELDS)
        return f"{unknown[0]!r} is no field" + (f", did you mean {similar!r}" if similar else "")
    wrong = [f"{name} is {what}" for name, (fits, what) in KINDS.items() if name in said and not fits(said[name])]
    return wrong[0] if wrong else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str | Promise)


def _is_plain_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


# Of each field, what it has to be, and what is said of it otherwise.
KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("description", "group", "refusal"), (_is_text, "no text")),
    **dict.fromkeys(("api", "icon", "read_twin", "grantable_by"), (_is_plain_text, "no text")),
    "risk": (lambda value: value in ("", *RISKS), f"none of {', '.join(RISKS)}"),
    "optional": (lambda value: isinstance(value, bool), "neither True nor False"),
    "implies": (_are_names, "no list of scopes"),
}
