"""Receivers of Django's signals about DOT's rows: a deleted token ends its sign-in; users own no client by cascade."""

from typing import Any

from django.db.models.signals import post_save, pre_delete

from oauth_provider.dot.names import Row, access_token_model, application_model
from oauth_provider.models import Authorization, ClientMember
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.set_delete import ignores_expired_rows
from oauth_provider.tokens.deletion import deleted_together
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.expiry import expire_access_tokens


def connect() -> None:
    """Called once, when every model is loaded."""
    uid = "oauth_provider.%s"
    pre_delete.connect(end_with_access_token, sender=access_token_model(), dispatch_uid=uid % "access_token")
    pre_delete.connect(end_access_tokens, sender=Authorization, dispatch_uid=uid % "authorization")
    post_save.connect(adopt_member, sender=application_model(), dispatch_uid=uid % "application")


@ignores_expired_rows
def end_with_access_token(sender: Any, instance: Row, using: str, origin: Any = None, **kwargs: Any) -> None:
    """An unexpired access token that DOT's code or admin deletes was meant to be revoked: so is its sign-in."""
    if instance.expires > database_now(using):
        keys = deleted_together(origin, instance, using=using)
        standing = Authorization.objects.using(using).filter(token_bindings__access_token__in=keys)
        if keys:
            revoke_authorizations(standing, Authorization.Reason.TOKEN_DELETED)


@ignores_expired_rows
def end_access_tokens(sender: Any, instance: Authorization, using: str, origin: Any = None, **kwargs: Any) -> None:
    """Without its authorization a token would look like one that never had any: it ends first."""
    keys = deleted_together(origin, instance, using=using)
    if keys:
        expire_access_tokens(keys, database_now(using), using=using)


def adopt_member(sender: Any, instance: Row, raw: bool = False, **kwargs: Any) -> None:
    """``Application.user`` cascades: whoever stands there becomes a member instead. Fixtures are left alone."""
    if not raw:
        ClientMember.objects.adopt(instance)
