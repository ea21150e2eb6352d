"""JWT access tokens (RFC 9068) have no row: what decides about one is its authorization, or its client alone.

The one lookup that an API call costs, as ``models.token`` has it for opaque tokens. What the token says of itself is
proven by its signature; everything that may have changed since is read.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, models, router
from django.utils import timezone

from oauth_provider.dot.names import application_model, concrete_names
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.revoked_token import RevokedToken
from oauth_provider.protocol.access_token import JwtAccessToken
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.lookup import CompiledQuery, parameter, user_model, whole_row
from oauth_provider.tokens.found_token import (
    COLUMNS,
    USERINFO_COLUMNS,
    FoundToken,
    UserinfoTerms,
    client_row,
    paths_of_client,
    paths_of_user,
)

AUTHORIZATION, CLIENT = "oauth_binding__authorization__", "application__"
AUTHORIZATION_KEY = "oauth_binding__authorization_id"
PUBLIC_ID = models.UUIDField()


def find_jwt(token: JwtAccessToken) -> FoundToken | None:
    """``token``, which we signed, with everything that decides whether it is good; None where that is gone."""
    using = router.db_for_write(Authorization)
    if token.authorization_id:
        public_id = PUBLIC_ID.get_db_prep_value(uuid_of(token.authorization_id), connections[using])
        rows = _OF_AUTHORIZATION.run(using, public_id) if public_id else []
    else:
        rows = _OF_CLIENT.run(using, token.client_id, digest(token.jti))
    return _found(rows[0], token, using) if rows else None


def find_jwt_by_orm(token: JwtAccessToken) -> FoundToken | None:
    """The twin of ``find_jwt`` by ordinary querysets; a test holds the two equal."""
    using = router.db_for_write(Authorization)
    if token.authorization_id:
        row = _of_authorization(uuid_of(token.authorization_id)).using(using).first()
    else:
        row = _of_client(token.client_id, digest(token.jti)).using(using).first()
    return None if row is None else _found(row, token, using)


def uuid_of(text: str) -> UUID | None:
    """``text`` as the public id of an authorization, if it can be one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def moment(seconds: float) -> datetime:
    """Return the time as the database would say it: naive where ``USE_TZ`` is off."""
    aware = datetime.fromtimestamp(seconds, UTC)
    return aware if settings.USE_TZ else timezone.make_naive(aware)


def _said(token: JwtAccessToken) -> dict[str, Any]:
    """The facts that stand in the token itself."""
    return {
        "expires": moment(token.expires),
        "issued_at": moment(token.issued_at),
        "scope": token.scope,
        "resources": list(token.audience),
        "cnf": token.cnf,
        "act": token.act,
        "authorization_details": list(token.authorization_details),
    }


# The other facts, by where they stand seen from an authorization, and from a client.
_READ_OF_AUTHORIZATION = {
    name: "pk" if path == AUTHORIZATION_KEY else path.removeprefix(AUTHORIZATION)
    for name, path in (COLUMNS | USERINFO_COLUMNS).items()
    if path.startswith((AUTHORIZATION, CLIENT)) or path in ("user_id", "application_id", AUTHORIZATION_KEY)
}
_READ_OF_CLIENT = {
    name: "pk" if name == "application_id" else path.removeprefix(CLIENT)
    for name, path in (COLUMNS | USERINFO_COLUMNS).items()
    if path.startswith(CLIENT) or name == "application_id"
}


def _of_authorization(public_id: Any) -> models.QuerySet[Any, Any]:
    found = Authorization._base_manager.filter(public_id=public_id)
    paths = (*_READ_OF_AUTHORIZATION.values(), *paths_of_user(), *paths_of_client())
    rows: models.QuerySet[Any, Any] = found.values_list(*paths)
    return rows


def _of_client(client_id: Any, jti_digest: Any) -> models.QuerySet[Any, Any]:
    revoked = RevokedToken._base_manager.filter(jti_digest=jti_digest)
    found = application_model()._base_manager.filter(~models.Exists(revoked), client_id=client_id)
    rows: models.QuerySet[Any, Any] = found.values_list(*_READ_OF_CLIENT.values(), *paths_of_client(""))
    return rows


def _of_gap(gap: Any) -> models.QuerySet[Any, Any]:
    # No UUID is at hand while the query is compiled, and the field takes nothing else. It is a parameter all the same.
    return _of_authorization(parameter(gap, PUBLIC_ID))


_OF_AUTHORIZATION = CompiledQuery(_of_gap)
_OF_CLIENT = CompiledQuery(_of_client)


def _found(row: Any, token: JwtAccessToken, using: str) -> FoundToken:
    read = _READ_OF_AUTHORIZATION if token.authorization_id else _READ_OF_CLIENT
    facts: dict[str, Any] = {**dict.fromkeys(COLUMNS), **dict(zip(read, row, strict=False)), **_said(token)}
    terms = UserinfoTerms(**{name: facts.pop(name) for name in USERINFO_COLUMNS if name in facts})
    user, rest = None, row[len(read) :]
    if facts["user_id"] is not None:
        width = len(concrete_names(user_model()))
        user, rest = whole_row(user_model(), rest[:width], using), rest[width:]
    return FoundToken(**facts, user=user, using=using, client=client_row(rest, using), userinfo=terms, jwt=token)
