"""Revoking tokens (RFC 7009 §2.1): whichever token of a sign-in is presented, the sign-in ends."""

import time
from collections.abc import Iterable
from typing import Any

from django.db import router
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization, RevokedToken
from oauth_provider.models.client import Client
from oauth_provider.models.database_clock import database_now
from oauth_provider.models.jwt_token import moment, uuid_of
from oauth_provider.models.transaction import run
from oauth_provider.models.verification_cache import TOKEN, verification_cache
from oauth_provider.protocol import token_string
from oauth_provider.protocol.access_token import JwtAccessToken
from oauth_provider.protocol.digest import digest
from oauth_provider.signals import access_tokens_revoked, send_after_commit
from oauth_provider.tokens.access_token import read_access_token
from oauth_provider.tokens.denylist import deny_token


@sensitive_variables()
def revoke_token(token: str, client: Client) -> None:
    """Revoke ``token`` if it is one of ``client``'s; anything else changes nothing and is no error."""
    if token_string.is_broken(token):
        return
    parts, said = token_string.parse_refresh_token(token), read_access_token(token)
    if said is not None:
        _revoke_jwt(said, client)
    elif parts is not None:
        _revoke(client, family_digest=digest(parts.family))
    elif token_string.is_token(token, token_string.ACCESS_TOKEN):
        _revoke_access_token(digest(token), client)
    else:
        _revoke_dot_token(digest(token), client)


def revoke_user(user: Any) -> int:
    """End every sign-in of ``user`` at every client; how many. To be called, and committed, before deleting one."""
    return Authorization.objects.revoke(Authorization.objects.filter(user=user), Authorization.Reason.OPERATOR)


def revoke_access_tokens(rows: QuerySet[Any, Any]) -> int:
    """An operator revokes these rows of DOT's table, and each sign-in that one hangs on; how many were live."""
    using = router.db_for_write(rows.model)
    now = database_now(using)
    live = dict(rows.using(using).filter(expires__gt=now).values_list("pk", "token_checksum"))
    keys = list(live)

    def work() -> None:
        standing = Authorization.objects.filter(token_bindings__access_token__in=keys)
        Authorization.objects.revoke(standing, Authorization.Reason.OPERATOR)
        refresh_tokens = refresh_token_model()._base_manager.using(using)
        refresh_tokens.filter(access_token__in=keys, revoked=None).update(revoked=now)
        _end(rows.model._base_manager.filter(pk__in=keys), live.values(), using)

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
        _end(beside, _checksums(beside, using), using)

    run(work, using=using, durable=False)
    return len(keys)


def _revoke(client: Client, **lookup: Any) -> int:
    theirs = Authorization.objects.filter(application_id=client.application.pk, **lookup)
    return Authorization.objects.revoke(theirs, Authorization.Reason.CLIENT)


def _revoke_access_token(checksum: str, client: Client) -> None:
    """One of ours: the sign-in that it hangs on ends, or the token alone where it hangs on none."""
    if not _revoke(client, token_bindings__access_token__token_checksum=checksum):
        using = router.db_for_write(access_token_model())
        run(lambda: _expire(client, checksum, using), using=using, single=True)


def _revoke_jwt(said: JwtAccessToken, client: Client) -> None:
    """One that we signed: its sign-in ends, or the token alone where the client acts for itself."""
    if said.client_id != client.client_id or said.expires <= time.time():
        return
    if not said.authorization_id:
        RevokedToken.objects.add_token(said.jti, moment(said.expires), said.client_id)
        deny_token(said.jti, moment(said.expires), using=router.db_for_write(RevokedToken), client=said.client_id)
    elif public_id := uuid_of(said.authorization_id):
        _revoke(client, public_id=public_id)


def _revoke_dot_token(checksum: str, client: Client) -> None:
    """One that DOT issued, access or refresh: both end, as DOT itself would have it.

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
    _revoke(client, adopted_digest=checksum)
    _revoke(client, token_bindings__access_token__token_checksum=checksum)


def _expire(client: Client, checksum: str, using: str) -> None:
    theirs = access_token_model()._base_manager.filter(application_id=client.application.pk, token_checksum=checksum)
    _end(theirs, [checksum], using)


def _checksums(rows: QuerySet[Any, Any], using: str) -> list[str]:
    return list(rows.using(using).filter(expires__gt=database_now(using)).values_list("token_checksum", flat=True))


def _end(rows: QuerySet[Any, Any], checksums: Iterable[str], using: str) -> None:
    """Let the access tokens in ``rows`` expire now, which have these ``checksums``, and tell whoever remembers them."""
    now, names = database_now(using), list(checksums)
    with verification_cache.changing([(TOKEN, name) for name in names], using=using):
        ended = rows.using(using).filter(expires__gt=now).update(expires=now)
    if ended:
        send_after_commit(access_tokens_revoked, using=using, sender=rows.model, checksums=names)
