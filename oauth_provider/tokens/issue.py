"""Issuing tokens (RFC 6749 §5.1): the one place where a token comes to be.

Nothing is written here: each function returns the outcome that ``sql.commit`` writes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import router
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row, access_token_model
from oauth_provider.events.event import TokenIssued, TokenRefreshed
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.client import Client
from oauth_provider.protocol import token_string
from oauth_provider.protocol.authorization_details import Detail, canonical
from oauth_provider.protocol.bearer import BEARER
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidGrant, ServerError
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.scope import format_scope
from oauth_provider.protocol.sealed import seal, unseal
from oauth_provider.registry.authorization_details import is_allowed
from oauth_provider.registry.scope import allowed_scopes
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.outcome import Add, Change, Outcome, Write
from oauth_provider.tokens.authorization_details import said
from oauth_provider.tokens.terms import Terms
from oauth_provider.tokens.unsigned import Unsigned


@dataclass(frozen=True, slots=True)
class Issued:
    """A successful token response. ``expires`` is when the access token ends; the wire says it in seconds.

    ``authorization`` is the sign-in that it hangs on, None where the client acts for itself. One that is
    ``unsigned`` has an empty ``access_token`` until ``tokens.access_token`` signs it. ``claims`` are what the ID token
    is to say about the person, and ``nonce`` belongs to the first of them alone (OpenID Connect Core §12.2).
    ``refresh_ends`` is when the refresh token ends if it is not used, and ``sign_in_ends`` when the sign-in
    does however often it is; None where nothing ends it then (draft-ietf-oauth-refresh-token-expiration).
    """

    access_token: str = field(repr=False)
    expires: datetime
    scope: tuple[str, ...]
    refresh_token: str | None = field(default=None, repr=False)
    token_type: str = BEARER
    id_token: str | None = field(default=None, repr=False)
    authorization: Authorization | None = field(default=None, repr=False)
    unsigned: Unsigned | None = field(default=None, repr=False)
    details: tuple[Detail, ...] = field(default=(), repr=False)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    nonce: str = field(default="", repr=False)
    cnf: Mapping[str, Any] | None = None
    act: Mapping[str, Any] | None = field(default=None, repr=False)
    issued_token_type: str = ""
    refresh_ends: datetime | None = None
    sign_in_ends: datetime | None = None

    def answer(self) -> dict[str, Any]:
        """The members of the JSON answer; ``expires_in`` is counted at this moment."""
        if not self.access_token:
            raise ServerError(Reason.NOT_SIGNED, detail="an access token was to be signed and was not")
        members: dict[str, Any] = {"access_token": self.access_token, "token_type": self.token_type}
        members["expires_in"] = _seconds_to(self.expires)
        if self.issued_token_type:
            members["issued_token_type"] = self.issued_token_type
        if self.scope:  # RFC 6749 §3.3 has no empty one
            members["scope"] = format_scope(self.scope)
        if self.refresh_token is not None:
            members["refresh_token"] = self.refresh_token
            if self.refresh_ends is not None:
                members["refresh_token_expires_in"] = _seconds_to(self.refresh_ends)
            if self.sign_in_ends is not None:
                members["authorization_expires_in"] = _seconds_to(self.sign_in_ends)
        if self.id_token is not None:
            members["id_token"] = self.id_token
        return members | said(self.details)


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh: the token that was presented, by whom, and the terms that were asked for."""

    presented: str = field(repr=False)
    client: Client
    asked: Terms

    def context(self, authorization: Authorization) -> str:
        """The terms to which a sealed answer is bound: row, client, key, scope, resource and details."""
        row = [str(authorization.public_id), self.client.client_id, authorization.cnf or self.asked.cnf]
        asked = [self.asked.scope, self.asked.resources, *map(canonical, self.asked.details)]
        return json.dumps([*row, *asked], sort_keys=True)


@sensitive_variables()
def issue_for_code(
    authorization: Authorization, client: Client, terms: Terms, now: datetime, claims: Mapping[str, Any]
) -> Outcome[Issued]:
    """Redeem the code of ``authorization``: its first tokens, and a refresh token for who may use one."""
    ends = authorization.ends_at(now, terms.limits)
    values: dict[str, Any] = {"redeemed_at": now, "expires_at": ends}
    issued = _new(client, terms, now, ends, authorization)
    if client.allows_grant_type("refresh_token"):
        family = token_string.make_family()
        issued = replace(issued, refresh_token=token_string.make_refresh_token(family), refresh_ends=ends)
        values |= {"family_digest": digest(family), "refresh_token_digest": digest(issued.refresh_token or "")}
    else:
        values["expires_at"] = issued.expires
    values |= _binding_of(authorization, client, terms)
    issued = replace(issued, claims=claims, nonce=authorization.nonce)
    return _outcome(issued, client, terms, (Change(authorization, values),))


@sensitive_variables()
def issue_for_new_sign_in(authorization: Authorization, client: Client, terms: Terms, now: datetime) -> Outcome[Issued]:
    """Begin a sign-in: add ``authorization``, which is not saved, with an access token.

    There is no refresh token beside it: in an authorization response (RFC 6749 §4.2.2) nobody would have to
    authenticate to use one.
    """
    issued = _new(client, terms, now, authorization.ends_at(now, terms.limits), authorization)
    # A short-lived token must not take its code along with it.
    authorization.expires_at = max(authorization.expires_at, issued.expires)
    return _outcome(issued, client, terms, (Add(authorization),))


@sensitive_variables()
def issue_for_refresh(
    authorization: Authorization, refresh: Refresh, terms: Terms, now: datetime, claims: Mapping[str, Any]
) -> Outcome[Issued]:
    """The next tokens of a sign-in: the refresh token is rotated (RFC 9700 §4.14.2).

    A client whose policy keeps its refresh token (FAPI 2.0 §5.3.2.1) gets the same one again. A row that is new is of a
    token that DOT issued: this is where its authorization begins.
    """
    ends = authorization.ends_at(now, terms.limits)
    issued = replace(_new(refresh.client, terms, now, ends, authorization), claims=claims, refresh_ends=ends)
    ours = token_string.parse_refresh_token(refresh.presented)
    values = {"expires_at": ends, "rotated_at": now, **_binding_of(authorization, refresh.client, terms)}
    if ours is not None and refresh.client.keeps_refresh_token:
        issued = replace(issued, refresh_token=refresh.presented)
        values["sealed_answer"] = ""  # what was answered before is not said again
    else:
        family = ours.family if ours is not None else token_string.make_family()
        issued = replace(issued, refresh_token=token_string.make_refresh_token(family))
        values |= {
            "previous_digest": authorization.refresh_token_digest,
            "refresh_token_digest": digest(issued.refresh_token or ""),
            "sealed_answer": seal(_as_text(issued), secret=refresh.presented, context=refresh.context(authorization)),
        }
        if ours is None:
            values["family_digest"] = digest(family)
    return _outcome(issued, refresh.client, terms, (_written(authorization, values),), TokenRefreshed)


def _binding_of(authorization: Authorization, client: Client, terms: Terms) -> dict[str, Any]:
    """RFC 9449 §5: a public client's refresh token is bound to the key as well. Others authenticate to use theirs."""
    is_new = authorization.cnf is None and terms.cnf is not None
    return {"cnf": terms.cnf} if is_new and client.is_public else {}


@sensitive_variables()
def repeat(authorization: Authorization, refresh: Refresh, terms: Terms) -> Issued:
    """The answer to a refresh that is being repeated on the same ``terms``. Raises ``InvalidGrant``."""
    text = unseal(authorization.sealed_answer, secret=refresh.presented, context=refresh.context(authorization))
    if text is None:
        raise InvalidGrant(Reason.REFRESH_REPEATED_ON_OTHER_TERMS, detail="retry on other terms")
    kept = json.loads(text)
    if not set(kept["scope"]) <= set(allowed_scopes(refresh.client.policy)):
        raise InvalidGrant(Reason.SCOPE_NOT_ALLOWED_ANY_MORE)
    details = tuple(kept.get("authorization_details", ()))
    if not all(is_allowed(detail["type"], refresh.client) for detail in details):
        raise InvalidGrant(Reason.DETAILS_NOT_ALLOWED_ANY_MORE)
    expires = datetime.fromisoformat(kept["expires"])
    issued = Issued(kept["access_token"], expires, tuple(kept["scope"]), kept["refresh_token"], kept["token_type"])
    unsigned, cnf = Unsigned.of(kept.get("unsigned")), refresh.asked.cnf
    issued = replace(issued, authorization=authorization, details=details, unsigned=unsigned, cnf=cnf)
    # A limit may have become stricter since.
    ends = min(authorization.expires_at, authorization.ends_at(authorization.last_used_at, terms.limits))
    return replace(issued, refresh_ends=ends, sign_in_ends=authorization.latest_end(terms.limits))


@sensitive_variables()
def issue_for_client(client: Client, terms: Terms, *, grant_type: str = "client_credentials") -> Outcome[Issued]:
    """A token of the client's own (RFC 6749 §4.4.3): no user, no refresh token, no binding but to details."""
    now = database_now(router.db_for_write(access_token_model()))
    return _outcome(_new(client, terms, now), client, terms, grant_type=grant_type)


def _new(
    client: Client,
    terms: Terms,
    now: datetime,
    ends: datetime | None = None,
    authorization: Authorization | None = None,
) -> Issued:
    """A new access token, which lives no longer than the sign-in that it hangs on: until ``ends``."""
    unsigned = Unsigned.new(now, terms.resources) if terms.is_jwt(client) else None
    token = "" if unsigned else token_string.make_token(token_string.ACCESS_TOKEN)
    expires = now + timedelta(seconds=_lifetime(client, terms))
    expires = expires if ends is None else min(expires, ends)
    return Issued(
        token,
        expires,
        terms.scope,
        sign_in_ends=None if authorization is None else authorization.latest_end(terms.limits),
        token_type=terms.token_type,
        authorization=authorization,
        unsigned=unsigned,
        details=terms.details,
        cnf=terms.cnf,
        act=terms.act,
        issued_token_type=terms.issued_token_type,
    )


def _seconds_to(end: datetime) -> int:
    return max(1, round((end - authorization_now()).total_seconds()))


def _lifetime(client: Client, terms: Terms) -> int:
    limits = (provider_settings.ACCESS_TOKEN_LIFETIME, client.policy.access_token_lifetime, terms.lifetime)
    return min(limit for limit in limits if limit is not None)


def _outcome(
    issued: Issued,
    client: Client,
    terms: Terms,
    first: tuple[Write, ...] = (),
    kind: type[TokenIssued] = TokenIssued,
    *,
    grant_type: str = "",
) -> Outcome[Issued]:
    authorization = issued.authorization
    event = kind(
        application=client.application,
        user=authorization.user if authorization is not None else None,
        grant_type=authorization.grant_type if authorization is not None else grant_type,
        scope=format_scope(issued.scope),
        authorization=authorization,
    )
    return Outcome(issued, (*first, *_rows(issued, client, terms)), events=(event,))


def _rows(issued: Issued, client: Client, terms: Terms) -> tuple[Add, ...]:
    """The rows of the access token: none for a JWT, and no binding for a client's own that is like any other."""
    if issued.unsigned is not None:
        return ()
    authorization, details = issued.authorization, list(terms.details)
    row = _access_token_row(issued, client, terms)
    if authorization is None and not (details or terms.cnf or terms.act):
        return (Add(row),)
    row.user_id = None if authorization is None else authorization.user_id
    binding = TokenBinding(access_token=row, authorization=authorization, cnf=terms.cnf, act=terms.act)
    binding.authorization_details = details
    return Add(row), Add(binding)


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


def _written(authorization: Authorization, values: Mapping[str, Any]) -> Write:
    if not authorization._state.adding:
        return Change(authorization, values)
    vars(authorization).update(values)
    return Add(authorization)


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
