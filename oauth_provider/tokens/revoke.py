"""Revoking tokens (RFC 7009 §2.1): whichever token of a sign-in is presented, the sign-in ends."""

from typing import Any

from django.db import router
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.models.transaction import run
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import digest


def revoke_token(token: str, client: Client) -> None:
    """Revoke ``token`` if it is one of ``client``'s; anything else changes nothing and is no error."""
    parts = token_string.parse_refresh_token(token)
    if parts is not None:
        _revoke(client, family_digest=digest(parts.family))
    elif not _revoke_access_token(digest(token), client):
        _revoke_dot_refresh_token(digest(token), client)


def revoke_user(user: Any) -> int:
    """End every sign-in of ``user`` at every client; how many. To be called, and committed, before deleting one."""
    return Authorization.objects.revoke(Authorization.objects.filter(user=user), Authorization.Reason.OPERATOR)


def _revoke(client: Client, **lookup: Any) -> int:
    theirs = Authorization.objects.filter(application_id=client.application.pk, **lookup)
    return Authorization.objects.revoke(theirs, Authorization.Reason.CLIENT)


def _revoke_access_token(checksum: str, client: Client) -> bool:
    """True if there was such a live access token of this client's."""
    if _revoke(client, token_bindings__access_token__token_checksum=checksum):
        return True
    model = access_token_model()
    now = timezone.now()
    rows = model._base_manager.using(router.db_for_write(model)).filter(
        token_checksum=checksum, application_id=client.application.pk, expires__gt=now
    )
    if not rows.update(expires=now):
        return False
    # DOT issued it: the refresh token beside it ends with it, as DOT itself would have it.
    _revoke_dot_refresh_tokens(access_token__token_checksum=checksum)
    return True


def _revoke_dot_refresh_token(checksum: str, client: Client) -> None:
    """One that DOT issued: adopted, it is an authorization; not yet, DOT's row and its access token end."""
    _revoke(client, adopted_digest=checksum)
    _revoke_dot_refresh_tokens(token_checksum=checksum, application_id=client.application.pk)


def _revoke_dot_refresh_tokens(**lookup: Any) -> None:
    model = refresh_token_model()
    using = router.db_for_write(model)

    def work() -> None:
        now = timezone.now()
        live = model._base_manager.using(using).filter(revoked=None, **lookup)
        access_tokens = list(live.values_list("access_token_id", flat=True))
        if live.update(revoked=now):
            tokens = access_token_model()._base_manager.using(using)
            tokens.filter(pk__in=access_tokens, expires__gt=now).update(expires=now)

    run(work, using=using, durable=False)
