"""Tables that name scopes (RFC 6749 §3.3), each with its rows that are in use, and how a row is rewritten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import router
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, ClientPolicy, Consent, Resource, Scope
from oauth_provider.protocol.scope import format_scope
from oauth_provider.protocol.scope_plan import Becomes, rewrite_agreed, rewrite_names, rewrite_scope, rewrite_words

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``rows`` are those in use that may name one of the scopes given, and ``rewritten`` columns of one."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Becomes], QuerySet[Any]]
    rewritten: Callable[[Any, Becomes], Columns]

    def due(self, to: Becomes) -> QuerySet[Any]:
        """Return the rows that may have to be rewritten, in the order of their keys."""
        rows = self.rows(to)
        return rows.using(router.db_for_write(rows.model)).order_by("pk")

    def columns_of(self, row: Any) -> Columns:
        """Return the columns of ``row`` that name scopes."""
        return {name: getattr(row, name) for name in self.columns}


def live_authorizations() -> QuerySet[Any]:
    """Return the sign-ins that still give tokens."""
    return Authorization._base_manager.filter(revoked_at=None, expires_at__gt=timezone.now())


def live_access_tokens() -> QuerySet[Any]:
    """Return the access tokens that are good, and those of which a refresh token of DOT's reads its scope."""
    standing = refresh_token_model()._base_manager.filter(access_token=OuterRef("pk"), revoked=None)
    rows: QuerySet[Any] = access_token_model()._base_manager.filter(Q(expires__gt=timezone.now()) | Exists(standing))
    return rows


def named_in(column: str, to: Becomes) -> Q:
    """Return the condition that a text may name one of the scopes; the rows are then looked at."""
    found = Q()
    for name in to:
        found |= Q(**{f"{column}__contains": name})
    return found


def consents_of(to: Becomes) -> QuerySet[Any]:
    """Return the consents that remember one of the scopes, in either form."""
    found = Q()
    for name in to:
        found |= Q(entries__scopes__has_key=name) | Q(entries__declined__has_key=name)
        found |= Q(entries__isnull=True, scopes__has_key=name)
    return Consent._base_manager.filter(found)


def _of_text(row: Any, to: Becomes) -> Columns:
    return {"scope": rewrite_scope(row.scope, to)}


def _of_authorization(row: Any, to: Becomes) -> Columns:
    scope = rewrite_scope(row.scope, to)
    # A lost answer that named what is gone is not said again.
    is_less = len(scope.split()) < len(row.scope.split())
    return {"scope": scope, **({"sealed_answer": ""} if is_less else {})}


def _of_list(row: Any, to: Becomes) -> Columns:
    return {"scopes": rewrite_names(row.scopes, to)}


def _of_consent(row: Any, to: Becomes) -> Columns:
    seen = replace(row.seen, words=rewrite_words(row.seen.words, to))
    columns = Consent.columns(rewrite_agreed(row.agreed, to), row.until, seen)
    if row.shown_as is None:
        columns["shown_as"] = None
    return {name: columns[name] for name in CONSENT_COLUMNS}


def _of_old_and_new(row: Any, to: Becomes) -> Columns:
    scopes = row.scopes
    return {"scopes": [*dict.fromkeys((*scopes, *rewrite_names(scopes, to)))] if isinstance(scopes, list) else scopes}


def _of_policy(row: Any, to: Becomes) -> Columns:
    scopes = rewrite_names(row.scopes, to) if isinstance(row.scopes, list) else row.scopes
    return {"scopes": scopes, "optional_scope": format_scope(rewrite_names(row.optional_scope.split(), to))}


def _of_scope(row: Any, to: Becomes) -> Columns:
    twin = to.get(row.read_twin, (row.read_twin,))
    return {
        "implies": rewrite_names(row.implies, to) if isinstance(row.implies, list) else row.implies,
        "read_twin": twin[0] if twin else "",
    }


CONSENT_COLUMNS = ("entries", "shown_as", "shown", "scopes", "resources", "authorization_details")
# In this order, and undone in the other: a refresh meanwhile finds either name allowed and served.
TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table("resources_with_both", ("scopes",), lambda to: Resource._base_manager.all(), _of_old_and_new),
        Table("policies_with_both", ("scopes",), lambda to: ClientPolicy._base_manager.all(), _of_old_and_new),
        Table("consents", CONSENT_COLUMNS, consents_of, _of_consent),
        Table(
            "authorizations",
            ("scope",),
            lambda to: live_authorizations().filter(named_in("scope", to)),
            _of_authorization,
        ),
        Table("access_tokens", ("scope",), lambda to: live_access_tokens().filter(named_in("scope", to)), _of_text),
        Table("policies", ("scopes", "optional_scope"), lambda to: ClientPolicy._base_manager.all(), _of_policy),
        Table("resources", ("scopes",), lambda to: Resource._base_manager.all(), _of_list),
        Table("scopes", ("implies", "read_twin"), lambda to: Scope._base_manager.all(), _of_scope),
    )
}
