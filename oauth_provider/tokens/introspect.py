"""Introspection (RFC 7662 §2.2): what a token says, or that it is not active, and never why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import router
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import refresh_token_model
from oauth_provider.models import Authorization
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.client import Client, ClientPolicy, as_client, is_barred
from oauth_provider.models.client_registration import users_of
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.scope import format_scope
from oauth_provider.protocol.subject import PAIRWISE
from oauth_provider.registry.client_users import is_for_user, is_in_team, is_named
from oauth_provider.registry.resource import find_limits
from oauth_provider.resource_server.proofs.bound_token import token_type_of
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.commit import GuardFailed
from oauth_provider.sql.guard import Guard
from oauth_provider.tokens.authorization_details import are_still_theirs, said
from oauth_provider.tokens.dot_refresh_token import is_live
from oauth_provider.tokens.found_token import FoundToken
from oauth_provider.tokens.grant_context import claim_of, is_open
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.person import username_of
from oauth_provider.tokens.scope_rules import withheld_from
from oauth_provider.tokens.subject import subject_of
from oauth_provider.tokens.token_lookup import find_guarded_token
from oauth_provider.tokens.verifier import find

INACTIVE: dict[str, Any] = {"active": False}


@sensitive_variables()
def introspect(token: str, issuer: Issuer, caller: Client, guard: Guard | None = None) -> dict[str, Any]:
    """Return what ``caller`` is told about an access or refresh token of ours or of DOT's.

    With the ``guard`` of a client that was remembered only live opaque access tokens are told about, whose look-up
    proves it. Raises ``GuardFailed`` for all else.
    """
    if guard is not None:
        return _about_guarded(token, issuer, caller, guard)
    parts = token_string.parse_refresh_token(token)
    if parts is not None:
        return _about_refresh_token(token, parts.family, issuer, caller)
    if token_string.is_broken(token):
        return INACTIVE
    found = find(token)
    if found is None:
        return (
            INACTIVE if token_string.is_token(token, token_string.ACCESS_TOKEN) else _about_dot(token, issuer, caller)
        )
    return _about_access_token(found, issuer, caller) if _is_good(found) else INACTIVE


@sensitive_variables()
def _about_guarded(token: str, issuer: Issuer, caller: Client, guard: Guard) -> dict[str, Any]:
    is_opaque = token_string.is_token(token, token_string.ACCESS_TOKEN)
    found = find_guarded_token(digest(token), guard) if is_opaque else None
    if found is None or not _is_good(found):
        raise GuardFailed
    return _about_access_token(found, issuer, caller)


def _is_good(found: FoundToken) -> bool:
    if found.refusal(database_now(found.using)) or not is_open(found.user, found.client_id or "", found.context):
        return False
    if not is_in_team(found.user, found.policy_status, found.application_id):
        return False
    if not is_named(found.user, users_of(found.usable_by), found.client_id or ""):
        return False
    return are_still_theirs(found.user, found.authorization_details)


def _left_of(scope: str, user: Any) -> str:
    """Return the part of ``scope`` that ``user`` may still grant; all of it where a client acts for itself."""
    withheld = withheld_from(user, scope.split()) if user is not None else ()
    return format_scope(one for one in scope.split() if one not in withheld) if withheld else scope


def _about_access_token(found: FoundToken, issuer: Issuer, caller: Client) -> dict[str, Any]:
    scope = _left_of(found.scope, found.user)
    if found.scope and not (scope or found.authorization_details):
        return INACTIVE
    members: dict[str, Any] = {
        "active": True,
        "client_id": found.client_id,
        "token_type": token_type_of(found.cnf),
        "exp": _seconds(found.expires),
        "iat": _seconds(found.issued_at),
        "iss": issuer.name,
    }
    if found.user is not None:
        members |= _person(found.user, caller)
    known = {
        "jti": found.jwt.jti if found.jwt else "",
        "scope": scope,
        "aud": found.resources,
        "cnf": found.cnf,
        "act": found.act,  # RFC 8693 §4.1
        "auth_time": _seconds(found.auth_time) if found.auth_time else None,  # RFC 9470 §6.2
        "acr": found.acr,
        # For the denylist. Who knows people by names of its own must not know them again by this one.
        "authorization_id": str(found.public_id or "") if caller.policy.subject_type != PAIRWISE else "",
    }
    members |= {name: value for name, value in known.items() if value}
    return claim_of(found.context) | members | said(found.authorization_details)


@sensitive_variables()
def _about_refresh_token(token: str, family: str, issuer: Issuer, caller: Client) -> dict[str, Any]:
    authorization = (
        Authorization.objects.select_related("user", "application__oauth_policy")
        .filter(family_digest=digest(family))
        .first()
    )
    if authorization is None or not equal(authorization.refresh_token_digest, digest(token)):
        return INACTIVE
    if not authorization.is_alive(authorization_now()) or is_barred(authorization.application):
        return INACTIVE
    used = authorization.last_used_at
    limits = (ClientPolicy.of(authorization.application).limits, *find_limits(authorization.resources))
    # The limits may have become stricter since it was last used.
    ends = min(authorization.expires_at, authorization.ends_at(used, limits))
    if ends <= authorization_now():
        return INACTIVE
    context = authorization.context
    user, details = authorization.user, authorization.authorization_details
    client = as_client(authorization.application)
    if (
        not is_open(user, client.client_id, context)
        or not are_still_theirs(user, details)
        or not is_for_user(user, client)
    ):
        return INACTIVE
    scope = _left_of(authorization.scope, authorization.user)
    if authorization.scope and not (scope or authorization.authorization_details):
        return INACTIVE
    members = _of_refresh_token(authorization, scope, used, issuer) | _audience(authorization.resources)
    members |= _person(authorization.user, caller)
    return claim_of(context) | members | {"exp": _seconds(ends)} | said(authorization.authorization_details)


@sensitive_variables()
def _about_dot(token: str, issuer: Issuer, caller: Client) -> dict[str, Any]:
    model = refresh_token_model()
    row = (
        model._base_manager.using(router.db_for_write(model))
        .select_related("user", "access_token", "application__oauth_policy")
        .filter(token_checksum=digest(token), revoked=None)
        .first()
    )
    now = authorization_now()
    if row is None or not is_live(row, now) or not getattr(row.user, "is_active", True):
        return INACTIVE
    if is_barred(row.application) or not is_for_user(row.user, as_client(row.application)):
        return INACTIVE
    # A refresh would begin an authorization as old as the row, and be refused where that is too old.
    limits = (ClientPolicy.of(row.application).limits, *find_limits(row.resource or ()))
    if Authorization(created_at=row.created).ends_at(now, limits) <= now:
        return INACTIVE
    scope = _left_of(row.access_token.scope, row.user)
    if row.access_token.scope and not scope:
        return INACTIVE
    members = _of_refresh_token(row, scope, row.created, issuer) | _audience(row.resource)
    return members | _person(row.user, caller)


def _of_refresh_token(row: Any, scope: str, issued_at: datetime, issuer: Issuer) -> dict[str, Any]:
    members = {"active": True, "client_id": row.application.client_id, "iat": _seconds(issued_at), "iss": issuer.name}
    members["token_use"] = "refresh_token"  # RFC 7662 has no member for it, and an API must not take it for its own
    return members | ({"scope": scope} if scope else {})


def _audience(resources: Sequence[str] | None) -> dict[str, Any]:
    """Return where its access tokens may be used: a scope by itself would say anywhere."""
    return {"aud": list(resources)} if resources else {}


def _person(user: Any, caller: Client) -> dict[str, Any]:
    """Return who it is, in the words of the client that asks: a name that all know would undo the pairwise one."""
    name = {} if caller.policy.subject_type == PAIRWISE else {"username": username_of(user)}
    return {"sub": subject_of(user, caller), **name}


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
