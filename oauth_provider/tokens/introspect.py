"""Introspection (RFC 7662 §2.2): what a token says, or that it is not active, and never why."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import refresh_token_model
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.models.adoption import is_live
from oauth_provider.models.client import is_barred
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import digest, equal

INACTIVE: dict[str, Any] = {"active": False}


@sensitive_variables()
def introspect(token: str, issuer: str) -> dict[str, Any]:
    """The members of the answer about an access or refresh token of ours or of DOT's."""
    parts = token_string.parse_refresh_token(token)
    if parts is not None:
        return _about_refresh_token(token, parts.family, issuer)
    if token_string.is_broken(token):
        return INACTIVE
    found = TokenBinding.objects.find(digest(token))
    if found is None:
        return INACTIVE if token_string.is_token(token, token_string.ACCESS_TOKEN) else _about_dot(token, issuer)
    if found.refusal(timezone.now()):
        return INACTIVE
    facts = found.facts
    members: dict[str, Any] = {
        "active": True,
        "scope": facts["scope"],
        "client_id": found.client["client_id"],
        "token_type": "Bearer",
        "exp": _seconds(facts["expires"]),
        "iat": _seconds(facts["issued_at"]),
        "iss": issuer,
    }
    if found.user is not None:
        members |= {"sub": str(found.user.pk), "username": found.user.get_username()}
    if facts["resources"]:
        members["aud"] = facts["resources"]
    if facts["cnf"]:
        members["cnf"] = facts["cnf"]
    return members


@sensitive_variables()
def _about_refresh_token(token: str, family: str, issuer: str) -> dict[str, Any]:
    authorization = (
        Authorization.objects.select_related("user", "application__oauth_policy")
        .filter(family_digest=digest(family))
        .first()
    )
    if authorization is None or not equal(authorization.refresh_token_digest, digest(token)):
        return INACTIVE
    if not authorization.is_alive() or is_barred(authorization.application):
        return INACTIVE
    began = authorization.rotated_at or authorization.redeemed_at or authorization.created_at
    members = _of_refresh_token(authorization, authorization.scope, began, issuer)
    return members | {"exp": _seconds(authorization.expires_at)}


@sensitive_variables()
def _about_dot(token: str, issuer: str) -> dict[str, Any]:
    row = (
        refresh_token_model()
        ._base_manager.select_related("user", "access_token", "application__oauth_policy")
        .filter(token_checksum=digest(token), revoked=None)
        .first()
    )
    if row is None or not is_live(row) or not getattr(row.user, "is_active", True):
        return INACTIVE
    if is_barred(row.application):
        return INACTIVE
    return _of_refresh_token(row, row.access_token.scope, row.created, issuer)


def _of_refresh_token(row: Any, scope: str, issued_at: datetime, issuer: str) -> dict[str, Any]:
    return {
        "active": True,
        "scope": scope,
        "client_id": row.application.client_id,
        "iat": _seconds(issued_at),
        "iss": issuer,
        "sub": str(row.user.pk),
        "username": row.user.get_username(),
    }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
