"""Invalidation of remembered access tokens (RFC 7009 §2): Django tells of every row saved or deleted in this process.

A queryset's ``update()`` tells nobody. Our own verbs see to it themselves; after a project's own, tokens go on for
the rest of ``VERIFICATION_CACHE_LIFETIME``.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import ClientPolicy
from oauth_provider.sql.model import ignores_new_rows
from oauth_provider.sql.set_delete import ignores_expired_rows
from oauth_provider.tokens.verification_cache import CLIENT, TOKEN, USER, Name, verification_cache


def connect() -> None:
    """Called once, when every model is loaded."""
    for model in (get_user_model(), application_model(), access_token_model(), ClientPolicy):
        for kind in family(model):
            uid = f"oauth_provider.forgetting.{kind._meta.label}"
            for before, after in ((pre_save, post_save), (pre_delete, post_delete)):
                before.connect(hold, sender=kind, dispatch_uid=uid)
                after.connect(release, sender=kind, dispatch_uid=uid)


def family(model: type[Model]) -> list[type[Model]]:
    """``model``, its proxies and its children: Django names the class that was saved, and not the row's."""
    return [kind for kind in apps.get_models() if issubclass(kind, model)]


@ignores_expired_rows  # nobody believes one from memory either
@ignores_new_rows
def hold(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Before it is written."""
    if not instance._state.adding:
        verification_cache.hold([name_of(instance)])


@ignores_expired_rows  # nobody believes one from memory either
@ignores_new_rows
def release(sender: Any, instance: Any, using: str, created: bool = False, **kwargs: Any) -> None:
    """After it was written."""
    if not created:
        verification_cache.release([name_of(instance)], using=using)


def name_of(instance: Any) -> Name:
    """Return the name by which tokens depend on ``instance``."""
    if isinstance(instance, access_token_model()):
        return TOKEN, instance.token_checksum
    if isinstance(instance, ClientPolicy):
        return CLIENT, instance.application_id
    return (USER if isinstance(instance, get_user_model()) else CLIENT), instance.pk
