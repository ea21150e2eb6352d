"""Plans for changing scopes (RFC 6749 §3.3) that are in use: renamed, split, retired, or given others to imply."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from oauth_provider.protocol.consent import Agreed, Entries
from oauth_provider.protocol.scope import format_scope, is_scope_token

RENAME, SPLIT, RETIRE, IMPLY = "rename", "split", "retire", "imply"
# Of each kind, the members of its table.
MEMBERS: Mapping[str, tuple[str, ...]] = {
    RENAME: ("from", "to"),
    SPLIT: ("from", "to"),
    RETIRE: ("scope",),
    IMPLY: ("scope", "implies"),
}
Becomes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """A change of one scope, and what stands in its place afterwards: itself too, where it comes to imply others."""

    kind: str
    scope: str
    becomes: tuple[str, ...]

    @property
    def new(self) -> tuple[str, ...]:
        """Return the scopes that come to whoever has it."""
        return tuple(one for one in self.becomes if one != self.scope)


def parse_plan(document: Any) -> tuple[ScopeChange, ...]:
    """Return the changes of a plan: a mapping from each kind to a list of tables. Raises ``ValueError``.

    Each scope is changed once, and none becomes one that is changed as well, so that the order does not matter.
    """
    if not isinstance(document, Mapping) or not document or not document.keys() <= MEMBERS.keys():
        raise ValueError(f"a plan has {', '.join(MEMBERS)}, and nothing else")
    changes = tuple(_change(kind, table) for kind, tables in document.items() for table in _listed(kind, tables))
    sources = [change.scope for change in changes]
    for name in sources:
        if sources.count(name) > 1:
            raise ValueError(f"{name} is changed twice")
    for change in changes:
        for name in change.new:
            if name in sources:
                raise ValueError(f"{change.scope} becomes {name}, which is changed as well")
    return changes


def _listed(kind: str, tables: Any) -> Sequence[Any]:
    if not isinstance(tables, list):
        raise ValueError(f"{kind} is no list")
    return tables


def _change(kind: str, table: Any) -> ScopeChange:
    members = MEMBERS[kind]
    if not isinstance(table, Mapping) or set(table) != set(members):
        raise ValueError(f"{kind} needs {' and '.join(members)}, and nothing else")
    scope, others = table[members[0]], table[members[1]] if len(members) > 1 else []
    others = [others] if isinstance(others, str) else others
    names = [scope, *others] if isinstance(others, list) else [scope, others]
    if not all(isinstance(name, str) and is_scope_token(name) for name in names):
        raise ValueError(f"{kind}: {names!r} are no scopes")
    least, most = {RENAME: (1, 1), SPLIT: (2, 100), RETIRE: (0, 0), IMPLY: (1, 100)}[kind]
    if not least <= len(others) <= most or len(set(names)) < len(names):
        raise ValueError(f"{kind} of {scope}: not to {', '.join(others) or 'nothing'}")
    return ScopeChange(kind, scope, (scope, *others) if kind == IMPLY else tuple(others))


def becomes(changes: Iterable[ScopeChange]) -> Becomes:
    """Return what stands in the place of each scope that is changed."""
    return {change.scope: change.becomes for change in changes}


def rewrite_names(names: Iterable[str], to: Becomes) -> list[str]:
    """Return ``names`` after the changes, each once."""
    return list(dict.fromkeys(new for name in names for new in to.get(name, (name,))))


def rewrite_scope(scope: str, to: Becomes) -> str:
    """Return a scope after the changes; as it is where nothing would be left, which would mean something else."""
    return format_scope(rewrite_names(scope.split(), to)) or scope


def rewrite_agreed(agreed: Agreed, to: Becomes) -> Agreed:
    """Return what was agreed to after the changes, in the words that were agreed to: others are asked for again.

    Nobody agreed to what a scope comes to imply, and what was left out stays left out.
    """
    return replace(agreed, scopes=_rewritten(agreed.scopes, to), declined=_rewritten(agreed.declined, to))


def rewrite_words(words: Mapping[str, str], to: Becomes) -> dict[str, str]:
    """Return the words that were shown of each scope after the changes: those of the scope that it was."""
    return {new: words.get(new, text) for name, text in words.items() for new in _renamed(name, to)}


def _rewritten(entries: Entries, to: Becomes) -> Entries:
    scopes: dict[str, Mapping[str, str]] = {}
    for name, places in entries.items():
        for new in _renamed(name, to):
            scopes[new] = {**places, **scopes.get(new, {}), **entries.get(new, {})}
    return scopes


def _renamed(name: str, to: Becomes) -> tuple[str, ...]:
    others = to.get(name, (name,))
    return (name,) if name in others else others
