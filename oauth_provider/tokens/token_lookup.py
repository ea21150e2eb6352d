"""Looking access tokens up (RFC 7662 §2.2): the one SELECT that an API call costs."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import router
from django.db.models import QuerySet

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row, access_token_model, concrete_names
from oauth_provider.models import TokenBinding
from oauth_provider.models.client import ClientPolicy, is_barred
from oauth_provider.registry.client_users import is_in_team
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.guard import Guard, as_column
from oauth_provider.sql.lookup import CompiledQuery, user_model, whole_row
from oauth_provider.tokens.authorization_details import are_still_theirs
from oauth_provider.tokens.found_token import (
    COLUMNS,
    USERINFO_COLUMNS,
    FoundToken,
    UserinfoTerms,
    client_row,
    paths_of_client,
    paths_of_user,
    refusal,
)
from oauth_provider.tokens.grant_context import is_open_at_calls
from oauth_provider.tokens.verification_cache import AUTHORIZATION, CLIENT, USER, Name, verification_cache

# Of the columns of the user, after those of the token.
START = len(COLUMNS)


def find_token(checksum: str) -> FoundToken | None:
    """Find the access token with this checksum, in one SELECT compiled once for each database alias."""
    using = router.db_for_write(access_token_model())
    rows = _LOOKUP.run(using, checksum)
    return _found(rows[0], using) if rows else None


def find_guarded_token(checksum: str, guard: Guard) -> FoundToken | None:
    """Find the token and check the remembered client, in one SELECT.

    None where the token is unknown, and where the client is not what it was.
    """
    using = router.db_for_write(access_token_model())
    rows = _GUARDED_LOOKUP.run(using, checksum, *guard.parameters)
    return _found(rows[0][1:], using) if rows and rows[0][0] else None


def find_for_userinfo(checksum: str) -> FoundToken | None:
    """Find the token with its ``userinfo``."""
    using = router.db_for_write(access_token_model())
    rows = _USERINFO_LOOKUP.run(using, checksum)
    if not rows:
        return None
    width = len(USERINFO_COLUMNS)
    return _found(rows[0][width:], using)._replace(userinfo=UserinfoTerms(*rows[0][:width]))


def recall_token(checksum: str) -> FoundToken | None:
    """Find the token, or what this process remembers of it, where the project wants that."""
    if not provider_settings.VERIFICATION_CACHE_LIFETIME:
        return find_token(checksum)
    using = router.db_for_write(access_token_model())
    row = verification_cache.find(
        checksum, lambda: next(iter(_LOOKUP.run(using, checksum)), None), _depends_on, using=using
    )
    return _found(row, using) if row is not None else None


def find_by_orm(checksum: str) -> FoundToken | None:
    """The twin of ``find_token`` as an ordinary queryset; a test holds the two equal."""
    using = router.db_for_write(access_token_model())
    row = next(iter(_lookup(checksum).using(using)), None)
    return _found(row, using) if row is not None else None


def good_row(checksum: str) -> Row | None:
    """Find DOT's own row of a token that nothing is said against and no key is bound to, for DOT's classes."""
    using = router.db_for_write(access_token_model())
    row = (
        access_token_model()
        ._base_manager.using(using)
        .select_related("user", "application__oauth_policy", "oauth_binding__authorization")
        .filter(token_checksum=checksum)
        .first()
    )
    if row is None:
        return None
    binding: TokenBinding | None = getattr(row, "oauth_binding", None)
    authorization = binding.authorization if binding else None
    against = refusal(
        database_now(using),
        expires=row.expires,
        is_barred=row.application is not None and is_barred(row.application),
        user=row.user,
        revoked_at=authorization.revoked_at if authorization else None,
        ends_at=authorization.expires_at if authorization else None,
    )
    if against or (binding and binding.cnf):
        return None
    if row.application is not None and not is_in_team(row.user, *_status_of(row.application)):
        return None
    context = authorization.context if authorization else ""
    if not is_open_at_calls(row.user, row.application.client_id if context else "", context):
        return None
    details = binding.authorization_details if binding else None
    return row if are_still_theirs(row.user, details, at_call=True) else None


def _status_of(application: Row) -> tuple[str, Any]:
    return ClientPolicy.of(application).status, application.pk


def _paths() -> tuple[str, ...]:
    return (*COLUMNS.values(), *paths_of_user(), *paths_of_client())


def _lookup(checksum: Any) -> QuerySet[Any, Any]:
    found = access_token_model()._base_manager.filter(token_checksum=checksum)
    rows: QuerySet[Any, Any] = found.values_list(*_paths())
    return rows


def _userinfo_lookup(checksum: Any) -> QuerySet[Any, Any]:
    return _lookup(checksum).values_list(*USERINFO_COLUMNS.values(), *_paths())


def _guarded_lookup(checksum: Any, secret_id: Any, application_id: Any, version: Any) -> QuerySet[Any, Any]:
    is_unchanged: Any = as_column(secret_id, application_id, version)
    return _lookup(checksum).values_list(is_unchanged, *_paths())


_LOOKUP, _USERINFO_LOOKUP = CompiledQuery(_lookup), CompiledQuery(_userinfo_lookup)
_GUARDED_LOOKUP = CompiledQuery(_guarded_lookup)


def _found(row: Sequence[Any], using: str) -> FoundToken:
    people, end = _people()
    user = whole_row(people, row[START:end], using)
    client = client_row(row[end:], using) if len(row) > end else None
    return FoundToken(*row[:START], user=user, using=using, client=client)  # type: ignore[misc]  # mypy counts no row


@cache
def _people() -> tuple[type[Any], int]:
    """The model of users, and where their columns end."""
    model = user_model()
    return model, START + len(concrete_names(model))


def _depends_on(row: Sequence[Any]) -> list[Name]:
    facts = dict(zip(COLUMNS, row, strict=False))
    names = ((AUTHORIZATION, "authorization_id"), (USER, "user_id"), (CLIENT, "application_id"))
    return [(kind, facts[column]) for kind, column in names if facts[column] is not None]
