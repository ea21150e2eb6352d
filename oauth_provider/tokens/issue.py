"""Issuing tokens (RFC 6749 §5.1): the one place where a token comes to be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import router
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row, access_token_model
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.authorization_details import is_allowed
from oauth_provider.models.client import Client
from oauth_provider.models.compare_and_set import insert_for, write
from oauth_provider.models.compiled_save import insert
from oauth_provider.models.database_clock import database_now
from oauth_provider.models.rotation import Retry, Rotation
from oauth_provider.models.scope import allowed_scopes
from oauth_provider.models.transaction import run
from oauth_provider.protocol import token_string
from oauth_provider.protocol.authorization_details import Detail, canonical
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidGrant, ServerError
from oauth_provider.protocol.scope import format_scope
from oauth_provider.protocol.sealed import seal, unseal
from oauth_provider.signals import send_after_commit, token_issued
from oauth_provider.tokens.authorization_details import said
from oauth_provider.tokens.terms import Terms
from oauth_provider.tokens.unsigned import Unsigned

KEPT = ("expires_at", "sealed_answer", "rotated_at")
REDEEMED = ("redeemed_at", "expires_at", "family_digest", "refresh_token_digest")
ROTATED = ("expires_at", "refresh_token_digest", "previous_digest", "sealed_answer", "rotated_at")


@dataclass(frozen=True, slots=True)
class Issued:
    """A successful token response. ``expires`` is when the access token ends; the wire says it in seconds.

    ``authorization`` is the sign-in that it hangs on, None where the client acts for itself. One that is
    ``unsigned`` has an empty ``access_token`` until ``tokens.access_token`` signs it. ``claims`` are what the ID token
    is to say about the person.
    """

    access_token: str = field(repr=False)
    expires: datetime
    scope: tuple[str, ...]
    refresh_token: str | None = field(default=None, repr=False)
    token_type: str = "Bearer"
    id_token: str | None = field(default=None, repr=False)
    authorization: Authorization | None = field(default=None, repr=False)
    unsigned: Unsigned | None = field(default=None, repr=False)
    details: tuple[Detail, ...] = field(default=(), repr=False)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def answer(self) -> dict[str, Any]:
        """The members of the JSON answer; ``expires_in`` is counted at this moment."""
        if not self.access_token:
            raise ServerError("The server did not sign.", detail="an access token was to be signed and was not")
        members: dict[str, Any] = {
            "access_token": self.access_token,
            "token_type": self.token_type,
            "expires_in": max(1, round((self.expires - authorization_now()).total_seconds())),
        }
        if self.scope:  # RFC 6749 §3.3 has no empty one
            members["scope"] = format_scope(self.scope)
        if self.refresh_token is not None:
            members["refresh_token"] = self.refresh_token
        if self.id_token is not None:
            members["id_token"] = self.id_token
        return members | said(self.details)


@dataclass(frozen=True, slots=True)
class Refresh:
    """One refresh: the token that was presented, by whom, and the terms that were asked for."""

    presented: str = field(repr=False)
    client: Client
    asked: Terms

    def context(self, authorization: Authorization) -> str:
        """The terms to which a sealed answer is bound: row, client, key, scope, resource and details."""
        row = [str(authorization.public_id), self.client.client_id, authorization.cnf]
        asked = [self.asked.scope, self.asked.resources, *map(canonical, self.asked.details)]
        return json.dumps([*row, *asked], sort_keys=True)


@sensitive_variables()
def issue_for_code(authorization: Authorization, client: Client, terms: Terms, *, refreshable: bool = True) -> Issued:
    """The first tokens of an authorization whose row is locked and whose code was just redeemed."""
    now = authorization_now()
    refresh_token = None
    authorization.extend(now, terms.limits)
    if refreshable and client.allows_grant_type("refresh_token"):
        family = token_string.make_family()
        refresh_token = token_string.make_refresh_token(family)
        authorization.family_digest = digest(family)
        authorization.refresh_token_digest = digest(refresh_token)
    else:
        authorization.expires_at = _expires(authorization, client, terms, now)
    issued = _new_access_token(authorization, client, terms, now)
    _store(issued, authorization, REDEEMED, client, terms)
    return replace(issued, refresh_token=refresh_token)


@sensitive_variables()
def issue_for_refresh(authorization: Authorization, refresh: Refresh, terms: Terms) -> Issued:
    """The next tokens of an authorization whose row is locked: the refresh token is rotated (RFC 9700 §4.14.2).

    A client whose policy keeps its refresh token (FAPI 2.0 §5.3.2.1) gets the same one again.
    """
    now = authorization_now()
    authorization.extend(now, terms.limits)
    issued = _new_access_token(authorization, refresh.client, terms, now)
    ours = token_string.parse_refresh_token(refresh.presented)
    if ours is not None and keeps_refresh_token(refresh.client):
        authorization.keep(now)
        issued = replace(issued, refresh_token=refresh.presented)
        _store(issued, authorization, KEPT, refresh.client, terms)
    else:
        family = ours.family if ours is not None else token_string.make_family()
        issued = replace(issued, refresh_token=token_string.make_refresh_token(family))
        changed = _rotate(authorization, refresh, issued, family, now)
        _store(issued, authorization, changed, refresh.client, terms)
    return issued


def keeps_refresh_token(client: Client) -> bool:
    """FAPI 2.0 §5.3.2.1 wants no rotation. A public client's token, bound to nothing, always rotates."""
    return not client.policy.rotate_refresh_tokens and not client.is_public


@sensitive_variables()
def repeat(authorization: Authorization, refresh: Refresh, retry: Retry) -> Issued:
    """The answer to a refresh that is being repeated on the same terms. Raises ``InvalidGrant``, ``ClientChanged``."""
    refresh.client.confirm()
    text = unseal(retry.sealed_answer, secret=refresh.presented, context=refresh.context(authorization))
    if text is None:
        raise InvalidGrant("The refresh token was used before, and not for this.", detail="retry on other terms")
    kept = json.loads(text)
    if not set(kept["scope"]) <= set(allowed_scopes(refresh.client.policy)):
        raise InvalidGrant("The client may not ask for this scope any more.")
    details = tuple(kept.get("authorization_details", ()))
    if not all(is_allowed(detail["type"], refresh.client) for detail in details):
        raise InvalidGrant("The client may not ask for these authorization details any more.")
    expires = datetime.fromisoformat(kept["expires"])
    issued = Issued(kept["access_token"], expires, tuple(kept["scope"]), kept["refresh_token"], kept["token_type"])
    return replace(issued, authorization=authorization, details=details, unsigned=Unsigned.of(kept.get("unsigned")))


@sensitive_variables()
def issue_for_client(client: Client, terms: Terms) -> Issued:
    """A token of the client's own (RFC 6749 §4.4.3): no user, no refresh token, no binding but to details."""
    using = router.db_for_write(access_token_model())
    now = database_now(using)
    issued = _new(client, terms, now, now + timedelta(seconds=_lifetime(client, terms)))

    def work() -> None:
        row = _access_token_row(issued, client, terms)
        insert_for(client, row, using=using)
        if terms.details:
            insert(TokenBinding(access_token=row, authorization_details=list(terms.details)), using=using)

    if issued.unsigned is None:
        run(work, using=using, single=not terms.details)
    client.confirm()
    _tell(issued, client, None, "client_credentials", using)
    return issued


def _rotate(
    authorization: Authorization, refresh: Refresh, issued: Issued, family: str, now: datetime
) -> tuple[str, ...]:
    """What is left to save of the authorization."""
    sealed = seal(_as_text(issued), secret=refresh.presented, context=refresh.context(authorization))
    authorization.apply(Rotation(digest(issued.refresh_token or ""), sealed), now)
    if authorization.pk is not None:
        return ROTATED
    # DOT issued the token: this is where its authorization begins.
    authorization.family_digest = digest(family)
    authorization.save(force_insert=True)
    return ()


def _new_access_token(authorization: Authorization, client: Client, terms: Terms, now: datetime) -> Issued:
    return _new(client, terms, now, _expires(authorization, client, terms, now), authorization)


def _new(
    client: Client, terms: Terms, now: datetime, expires: datetime, authorization: Authorization | None = None
) -> Issued:
    unsigned = Unsigned.new(now, terms.resources) if terms.is_jwt(client) else None
    token = "" if unsigned else token_string.make_token(token_string.ACCESS_TOKEN)
    return Issued(token, expires, terms.scope, details=terms.details, unsigned=unsigned, authorization=authorization)


def _store(issued: Issued, authorization: Authorization, names: tuple[str, ...], client: Client, terms: Terms) -> None:
    """Save the columns ``names`` of the authorization, and the access token that hangs on it, unless it has no row."""
    using = router.db_for_write(Authorization)
    pair = None
    if issued.unsigned is None:
        row = _access_token_row(issued, client, terms)
        row.user_id = authorization.user_id
        pair = (
            row,
            TokenBinding(authorization=authorization, cnf=authorization.cnf, authorization_details=list(terms.details)),
        )
    write(authorization, names, pair, client, using=using)
    _tell(issued, client, authorization, authorization.grant_type, using)


def _access_token_row(issued: Issued, client: Client, terms: Terms) -> Row:
    checksum = digest(issued.access_token)
    if len(checksum) != DIGEST_LENGTH:  # DOT stores "" without a word where it is forgotten
        raise ValueError("an access token needs its checksum")
    return access_token_model()(
        application_id=client.application.pk,
        token="",
        token_checksum=checksum,
        expires=issued.expires,
        scope=format_scope(issued.scope),
        resource=list(terms.resources),
    )


def _lifetime(client: Client, terms: Terms) -> int:
    limits = (provider_settings.ACCESS_TOKEN_LIFETIME, client.policy.access_token_lifetime, terms.lifetime)
    return min(limit for limit in limits if limit is not None)


def _expires(authorization: Authorization, client: Client, terms: Terms, now: datetime) -> datetime:
    return min(now + timedelta(seconds=_lifetime(client, terms)), authorization.expires_at)


def _as_text(issued: Issued) -> str:
    return json.dumps(
        {
            "access_token": issued.access_token,
            "expires": issued.expires.isoformat(),
            "scope": issued.scope,
            "refresh_token": issued.refresh_token,
            "token_type": issued.token_type,
            "unsigned": None if issued.unsigned is None else issued.unsigned.as_list(),
            **said(issued.details),
        }
    )


def _tell(issued: Issued, client: Client, authorization: Authorization | None, grant_type: str, using: str) -> None:
    send_after_commit(
        token_issued,
        using=using,
        sender=Authorization,
        application=client.application,
        user=authorization.user if authorization is not None else None,
        grant_type=grant_type,
        scope=format_scope(issued.scope),
        authorization=authorization,
    )
