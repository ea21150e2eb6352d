"""Revoking tokens (RFC 7009 §2.1): whichever token of a sign-in is presented, the sign-in ends."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import router
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import Row, access_token_model, refresh_token_model
from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.emit import emit
from oauth_provider.events.event import AccessTokensRevoked
from oauth_provider.models import Authorization, RevokedToken
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.client import Client
from oauth_provider.protocol import token_string
from oauth_provider.protocol.access_token import JwtAccessToken
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.commit import GuardFailed, settle
from oauth_provider.sql.guard import Guard
from oauth_provider.sql.outcome import Outcome
from oauth_provider.sql.transaction import run
from oauth_provider.tokens.authorization_lookup import find_by_access_token, find_by_family
from oauth_provider.tokens.denylist import deny_token
from oauth_provider.tokens.ending import revocation, revoke_authorizations
from oauth_provider.tokens.jwt_lookup import moment, uuid_of
from oauth_provider.tokens.verification_cache import TOKEN, verification_cache
from oauth_provider.tokens.verifier import read_own_jwt


@sensitive_variables()
def revoke_token(token: str, client: Client, guard: Guard | None = None, by: Actor = NOBODY) -> None:
    """Revoke ``token`` if it is one of ``client``'s; anything else changes nothing and is no error.

    With the ``guard`` of a client that was remembered only sign-ins of ours end, whose rows prove it. Raises
    ``GuardFailed`` for all else.
    """
    if token_string.is_broken(token):
        return
    parts = token_string.parse_refresh_token(token)
    is_opaque = token_string.is_token(token, token_string.ACCESS_TOKEN)
    if parts is not None:
        _end(client, lambda: find_by_family(parts.family), guard, by)
    elif is_opaque:
        _revoke_access_token(digest(token), client, guard, by)
    elif (said := read_own_jwt(token)) is not None:
        _revoke_jwt(said, client, guard, by)
    elif guard is not None:
        raise GuardFailed
    else:
        _revoke_dot_token(digest(token), client, by)


def revoke_user(user: Any, by: Actor = NOBODY) -> int:
    """End every sign-in of ``user`` at every client, and what DOT gave out itself; how many sign-ins of ours.

    To be called, and committed, before deleting a user.
    """
    revoke_tokens_of_dot(by, user=user)
    return revoke_authorizations(Authorization.objects.filter(user=user), Authorization.Reason.OPERATOR, by)


def live_people(application: Row) -> int:
    """Return how many people are signed in at a client now."""
    live = Authorization.objects.filter(application=application, revoked_at=None, expires_at__gt=authorization_now())
    return live.values("user").distinct().count()


def revoke_tokens_of_dot(by: Actor, **whose: Any) -> None:
    """End the tokens that DOT gave out itself and that hang on no sign-in of ours. Joins a transaction.

    Before sign-ins of the same person end: one that is being adopted is locked until its authorization can be seen.
    """
    live = refresh_token_model()._base_manager.filter(revoked=None, **whose)
    alone = access_token_model()._base_manager.filter(oauth_binding=None, **whose)
    revoke_refresh_tokens(live)
    revoke_access_tokens(alone, by)


def revoke_access_tokens(rows: QuerySet[Any, Any], by: Actor = NOBODY) -> int:
    """An operator revokes these rows of DOT's table, and each sign-in that one hangs on; how many were live."""
    using = router.db_for_write(rows.model)
    now = database_now(using)
    live = dict(rows.using(using).filter(expires__gt=now).values_list("pk", "token_checksum"))
    keys = list(live)

    def work() -> None:
        standing = Authorization.objects.filter(token_bindings__access_token__in=keys)
        revoke_authorizations(standing, Authorization.Reason.OPERATOR, by)
        refresh_tokens = refresh_token_model()._base_manager.using(using)
        refresh_tokens.filter(access_token__in=keys, revoked=None).update(revoked=now)
        _expire_rows(rows.model._base_manager.filter(pk__in=keys), live.values(), using)

    run(work, using=using, durable=False)
    return len(keys)


def revoke_refresh_tokens(rows: QuerySet[Any, Any]) -> int:
    """An operator revokes these refresh tokens of DOT's, and the access token beside each; how many were live."""
    using = router.db_for_write(rows.model)
    now = database_now(using)
    keys = list(rows.using(using).filter(revoked=None).values_list("pk", flat=True))

    def work() -> None:
        rows.model._base_manager.using(using).filter(pk__in=keys, revoked=None).update(revoked=now)
        beside = access_token_model()._base_manager.filter(refresh_token__in=keys)
        _expire_rows(beside, _checksums(beside, using), using)

    run(work, using=using, durable=False)
    return len(keys)


def _end(
    client: Client, find: Callable[[], Authorization | None], guard: Guard | None = None, by: Actor = NOBODY
) -> bool:
    """End the sign-in that ``find`` finds, if it is the client's and live; did it hang on one of the client's?"""

    def decide(found: Authorization | None) -> Outcome[bool]:
        if found is None or found.application_id != client.application.pk:
            return Outcome(False)
        if found.revoked_at is not None:
            return Outcome(True)
        return revocation(found, client, Authorization.Reason.CLIENT, authorization_now(), True, by=by)

    return settle(find, decide, using=router.db_for_write(Authorization), guard=guard, durable=False)


def _revoke_access_token(checksum: str, client: Client, guard: Guard | None, by: Actor) -> None:
    """End the sign-in that one of our access tokens hangs on, or the token alone where it hangs on none."""
    if not _end(client, lambda: find_by_access_token(checksum), guard, by):
        using = router.db_for_write(access_token_model())
        run(lambda: _expire(client, checksum, using), using=using, single=True)


def _revoke_jwt(said: JwtAccessToken, client: Client, guard: Guard | None, by: Actor) -> None:
    """End the sign-in of a JWT that we signed, or the token alone where the client acts for itself."""
    is_live = said.client_id == client.client_id and said.expires > time.time()
    public_id = uuid_of(said.authorization_id) if is_live and said.authorization_id else None
    if public_id is not None:
        _end(client, lambda: Authorization.objects.with_user(public_id=public_id).first(), guard, by)
    elif guard is not None:
        raise GuardFailed
    elif is_live and not said.authorization_id:
        RevokedToken.objects.add_token(said.jti, moment(said.expires), said.client_id)
        deny_token(said.jti, moment(said.expires), using=router.db_for_write(RevokedToken), client=said.client_id)


def _revoke_dot_token(checksum: str, client: Client, by: Actor) -> None:
    """End a token that DOT issued, access or refresh, and the one beside it, as DOT itself would.

    DOT's rows come first: one that is being adopted is locked until its authorization can be seen.
    """
    model = refresh_token_model()
    using = router.db_for_write(model)

    def work() -> None:
        live = model._base_manager.using(using).filter(application_id=client.application.pk, revoked=None)
        if live.filter(token_checksum=checksum).update(revoked=database_now(using)):
            beside = access_token_model()._base_manager.filter(refresh_token__token_checksum=checksum)
            for its in _checksums(beside, using):
                _expire(client, its, using)
        live.filter(access_token__token_checksum=checksum).update(revoked=database_now(using))
        _expire(client, checksum, using)

    run(work, using=using, durable=False)
    _end(client, lambda: Authorization.objects.with_user(adopted_digest=checksum).first(), by=by)
    _end(client, lambda: find_by_access_token(checksum), by=by)


def _expire(client: Client, checksum: str, using: str) -> None:
    theirs = access_token_model()._base_manager.filter(application_id=client.application.pk, token_checksum=checksum)
    _expire_rows(theirs, [checksum], using)


def _checksums(rows: QuerySet[Any, Any], using: str) -> list[str]:
    return list(rows.using(using).filter(expires__gt=database_now(using)).values_list("token_checksum", flat=True))


def _expire_rows(rows: QuerySet[Any, Any], checksums: Iterable[str], using: str) -> None:
    """Let the access tokens in ``rows`` expire now, which have these ``checksums``, and tell whoever remembers them."""
    now, names = database_now(using), list(checksums)
    with verification_cache.changing([(TOKEN, name) for name in names], using=using):
        ended = rows.using(using).filter(expires__gt=now).update(expires=now)
    if ended:
        emit(AccessTokensRevoked(names), using=using)
