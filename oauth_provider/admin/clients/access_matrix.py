"""Matrix of who can call what (RFC 6749 §3.3, RFC 6750 §3.1): clients, scopes, and the APIs and views that want them.

The scopes of a view are those that its guard declares, as the checks read them, without calling it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from oauth_provider.dot.names import Row
from oauth_provider.models.client import as_client
from oauth_provider.registry.resource import all_resources
from oauth_provider.registry.scope import Registry, registry, words_of
from oauth_provider.resource_server.inspection import Inspection, inspections

# The views that are named beside one scope. Of more, the number is given.
MAX_VIEWS = 20
MAX_ROWS = 200


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One scope at one API: the ``views`` that ask for it, how many ``more`` do, and which client may have it."""

    scope: str
    words: str
    views: tuple[str, ...]
    more: int
    is_known: bool
    allowed: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiPart:
    """The scopes of one API; ``identifier`` is empty for those that serve anywhere."""

    identifier: str
    name: str
    rows: tuple[ScopeRow, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One client of the page, and all that it may ask for; nothing where it is barred or has no grant."""

    application: Row
    status: str
    is_barred: bool
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    """The scopes of this server with the views that ask for them."""

    known: Registry
    by_scope: dict[str, list[str]] = field(default_factory=dict)
    by_view: dict[str, tuple[str, ...]] = field(default_factory=dict)
    any_token: tuple[str, ...] = ()

    @classmethod
    def of_this_server(cls) -> "Access":
        """Return what the guards of the project's views declare."""
        found = inspections()
        access = cls(registry(), any_token=tuple(one.view for one in found if one.takes_any_token))
        for one in found:
            access.add(one)
        return access

    def add(self, one: Inspection) -> None:
        """Add what the guard of one view declares."""
        if one.scopes:
            self.by_view[one.view] = tuple(dict.fromkeys((*self.by_view.get(one.view, ()), *one.scopes)))
        for scope in one.scopes:
            views = self.by_scope.setdefault(scope, [])
            if one.view not in views:
                views.append(one.view)

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return every scope that there is, then those that only views name."""
        return tuple(dict.fromkeys((*self.known.entries, *self.by_scope)))

    def chosen(self, scope: str, view: str) -> tuple[str, ...]:
        """Return ``scope``, else the scopes of ``view``, else all of them."""
        if scope in self.scopes:
            return (scope,)
        return self.by_view.get(view) or self.scopes

    def parts(self, scopes: Sequence[str], columns: Sequence[Column]) -> tuple[ApiPart, ...]:
        """Return ``scopes`` in the order of the APIs that they are for, and last those that serve anywhere."""
        words = words_of(scopes)
        resources = all_resources()
        claimed = {scope for resource in resources for scope in resource.scopes}
        listed = [(one.identifier, str(one.name), [s for s in scopes if s in one.scopes]) for one in resources]
        listed.append(("", "", [scope for scope in scopes if scope not in claimed]))
        return tuple(
            ApiPart(identifier, name, tuple(self._row(scope, words[scope], columns) for scope in theirs[:MAX_ROWS]))
            for identifier, name, theirs in listed
            if theirs
        )

    def _row(self, scope: str, words: str, columns: Sequence[Column]) -> ScopeRow:
        views = self.by_scope.get(scope, [])
        return ScopeRow(
            scope=scope,
            words=words if words != scope else "",
            views=tuple(views[:MAX_VIEWS]),
            more=max(0, len(views) - MAX_VIEWS),
            is_known=scope in self.known.entries,
            allowed=tuple(scope in column.scopes for column in columns),
        )

    def column(self, application: Row) -> Column:
        """Return the column of a client that was read with its policy."""
        client = as_client(application)
        serves = bool(client.policy.grant_types) and not client.is_barred
        allowed = self.known.allowed(client.policy) if serves else ()
        scopes = self.known.with_implied(allowed, client.policy)
        return Column(application, client.policy.get_status_display(), client.is_barred, frozenset(scopes))

    def narrow(self, clients: QuerySet[Row], scopes: Iterable[str]) -> QuerySet[Row]:
        """Return those of ``clients`` that may ask for one of ``scopes``, or for what brings it along."""
        # A scope has no quote in it, and a list in JSON has one on either side of each (RFC 6749 §3.3).
        either = Q(oauth_policy__scopes__isnull=True) | Q(oauth_policy=None)
        for scope in self.known.with_implying(frozenset(scopes)):
            either |= Q(listed_scopes__contains=f'"{scope}"')
        listed = clients.annotate(listed_scopes=Cast("oauth_policy__scopes", TextField()))
        narrowed: QuerySet[Row] = listed.filter(either)
        return narrowed
