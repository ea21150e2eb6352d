"""Entries of the scope registry (RFC 6749 §3.3): what a person is told of a scope, and who may grant it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

READS, CHANGES, DELETES, COSTS, EVERYTHING = "reads", "changes", "deletes", "costs", "everything"
RISKS = (READS, CHANGES, DELETES, COSTS, EVERYTHING)
# Names of the symbols that our pages can draw.
ICONS = (
    "account",
    "calendar",
    "clock",
    "contact",
    "delete",
    "document",
    "edit",
    "email",
    "everything",
    "folder",
    "key",
    "location",
    "message",
    "money",
    "organisation",
    "phone",
    "photo",
    "print",
    "read",
    "search",
    "settings",
    "share",
)
PERMISSION, GROUP, CALLABLE = "permission", "group", "callable"
RULES = (PERMISSION, GROUP, CALLABLE)


@dataclass(frozen=True, slots=True)
class ScopeEntry:
    """A scope as a project describes it. Texts may be lazy translations.

    ``title`` is one line that says what it allows, ``description`` more of it. ``api`` is the identifier of a resource
    (RFC 8707 §2), and it and ``group`` say beside what the scope is shown. ``icon`` is one of ``ICONS`` and ``risk``
    one of ``RISKS``. One that is ``optional`` can be refused while the rest is allowed. ``implies`` are the scopes that
    come with it, and ``read_twin`` is the scope that allows to read what this one allows to change.

    ``grantable_by`` says who may grant it: ``"permission:app.codename"``, ``"group:Name"`` or
    ``"callable:dotted.path"`` of a function that takes a user and the scope and returns a bool; empty: everybody.
    Whoever may not is shown ``refusal`` in its place, and nothing at all where that is empty.
    """

    title: Any
    description: Any = ""
    api: str = ""
    group: Any = ""
    icon: str = ""
    risk: str = ""
    optional: bool = False
    implies: tuple[str, ...] = ()
    read_twin: str = ""
    grantable_by: str = ""
    refusal: Any = ""

    @property
    def marked_risk(self) -> str:
        """Return the risk that people are warned of; what reading puts at risk is said by the title."""
        return "" if self.risk == READS else self.risk


FIELDS = tuple(field.name for field in fields(ScopeEntry))


def title_of(value: Any) -> Any:
    """Return the title in a value of ``SCOPES``: words, a mapping with the fields of an entry, or an entry."""
    if isinstance(value, ScopeEntry):
        return value.title
    return value.get("title", "") if isinstance(value, Mapping) else value


def entry_of(value: Any) -> ScopeEntry:
    """Return the entry that a value of ``SCOPES`` gives. Raises ``TypeError`` for fields that there are not."""
    if isinstance(value, ScopeEntry):
        return value
    if not isinstance(value, Mapping):
        return ScopeEntry(value)
    return ScopeEntry(**{**value, "implies": tuple(value.get("implies", ()))})


def rule_of(grantable_by: str) -> tuple[str, str]:
    """Return the kind of the rule, one of ``RULES``, and what it names. Raises ``ValueError`` for what is no rule."""
    kind, _colon, name = grantable_by.partition(":")
    if kind not in RULES or not name.strip():
        raise ValueError(f"{grantable_by!r} is no permission:app.codename, group:Name or callable:dotted.path")
    return kind, name


def closure(names: Iterable[str], implies: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return ``names``, and behind them all that they imply, and that implies; each once."""
    found = dict.fromkeys(names)
    waiting = list(found)
    while waiting:
        new = [name for name in implies.get(waiting.pop(0), ()) if name not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(found)
