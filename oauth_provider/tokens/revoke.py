"""Revoking tokens (RFC 7009 §2.1): whichever token of a sign-in is presented, the sign-in ends."""

from typing import Any

from django.db import router
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import access_token_model, refresh_token_model
from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.models.transaction import run
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import digest


@sensitive_variables()
def revoke_token(token: str, client: Client) -> None:
    """Revoke ``token`` if it is one of ``client``'s; anything else changes nothing and is no error."""
    if token_string.is_broken(token):
        return
    parts = token_string.parse_refresh_token(token)
    if parts is not None:
        _revoke(client, family_digest=digest(parts.family))
    elif token_string.is_token(token, token_string.ACCESS_TOKEN):
        _revoke_access_token(digest(token), client)
    else:
        _revoke_dot_token(digest(token), client)


def revoke_user(user: Any) -> int:
    """End every sign-in of ``user`` at every client; how many. To be called, and committed, before deleting one."""
    return Authorization.objects.revoke(Authorization.objects.filter(user=user), Authorization.Reason.OPERATOR)


def _revoke(client: Client, **lookup: Any) -> int:
    theirs = Authorization.objects.filter(application_id=client.application.pk, **lookup)
    return Authorization.objects.revoke(theirs, Authorization.Reason.CLIENT)


def _revoke_access_token(checksum: str, client: Client) -> None:
    """One of ours: the sign-in that it hangs on ends, or the token alone where it hangs on none."""
    if not _revoke(client, token_bindings__access_token__token_checksum=checksum):
        using = router.db_for_write(access_token_model())
        run(lambda: _expire(client, using, token_checksum=checksum), using=using, single=True)


def _revoke_dot_token(checksum: str, client: Client) -> None:
    """One that DOT issued, access or refresh: both end, as DOT itself would have it.

    DOT's rows come first: one that is being adopted is locked until its authorization can be seen.
    """
    model = refresh_token_model()
    using = router.db_for_write(model)

    def work() -> None:
        live = model._base_manager.using(using).filter(application_id=client.application.pk, revoked=None)
        if live.filter(token_checksum=checksum).update(revoked=timezone.now()):
            _expire(client, using, refresh_token__token_checksum=checksum)
        live.filter(access_token__token_checksum=checksum).update(revoked=timezone.now())
        _expire(client, using, token_checksum=checksum)

    run(work, using=using, durable=False)
    _revoke(client, adopted_digest=checksum)
    _revoke(client, token_bindings__access_token__token_checksum=checksum)


def _expire(client: Client, using: str, **lookup: Any) -> None:
    now = timezone.now()
    theirs = access_token_model()._base_manager.using(using).filter(application_id=client.application.pk, **lookup)
    theirs.filter(expires__gt=now).update(expires=now)
