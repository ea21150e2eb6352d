"""Receivers of Django's signals about DOT's rows: a deleted token ends its sign-in; users own no client by cascade."""

from contextlib import suppress
from typing import Any

from django.db import DatabaseError
from django.db.models.signals import post_save, pre_delete, pre_save
from django.views.decorators.debug import sensitive_variables

from oauth_provider.dot.names import Row, access_token_model, application_model
from oauth_provider.dot.secret import is_hashed
from oauth_provider.models import Authorization, ClientMember, ClientSecret
from oauth_provider.models.client_secret import is_machine_made
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.set_delete import ignores_expired_rows
from oauth_provider.tokens.deletion import deleted_together
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.expiry import expire_access_tokens

# Where a row that is being saved has the secret that DOT is about to hash.
NEW_SECRET = "_oauth_provider_new_secret"


def connect() -> None:
    """Called once, when every model is loaded."""
    uid = "oauth_provider.%s"
    pre_delete.connect(end_with_access_token, sender=access_token_model(), dispatch_uid=uid % "access_token")
    pre_delete.connect(end_access_tokens, sender=Authorization, dispatch_uid=uid % "authorization")
    post_save.connect(adopt_member, sender=application_model(), dispatch_uid=uid % "application")
    pre_save.connect(keep_new_secret, sender=application_model(), dispatch_uid=uid % "new_secret")
    post_save.connect(adopt_new_secret, sender=application_model(), dispatch_uid=uid % "secret")


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


@sensitive_variables()
def keep_new_secret(sender: Any, instance: Row, raw: bool = False, **kwargs: Any) -> None:
    """Keep a machine-made secret until its hash is saved: afterwards nobody can tell what it was."""
    instance.__dict__.pop(NEW_SECRET, None)
    secret = instance.client_secret
    if not raw and instance.client_type == "confidential" and is_machine_made(secret):
        instance.__dict__[NEW_SECRET] = secret


@sensitive_variables()
def adopt_new_secret(sender: Any, instance: Row, **kwargs: Any) -> None:
    """Copy a secret that DOT has just hashed, so that neither a right nor a wrong one costs that hash."""
    secret = instance.__dict__.pop(NEW_SECRET, "")
    if secret and is_hashed(instance.client_secret):
        with suppress(DatabaseError):  # our tables may not be there yet; the first authentication copies it as well
            ClientSecret.objects.adopt(instance, secret)
