"""Check of the client registry (RFC 6749 §2): deleting a user must not delete a client."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning
from django.db import DatabaseError, router

from oauth_provider.checks.registration import register
from oauth_provider.dot.names import application_model


@register(Tags.database)
def check_application_user(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W002: ``Application.user`` is set, and cascades.

    Rows written in bulk or by SQL bypass the signal that clears it.
    """
    model = application_model()
    alias = router.db_for_read(model)
    if alias not in (databases or ()):
        return []
    try:
        owned = model._base_manager.using(alias).exclude(user=None).count()
    except DatabaseError:  # not migrated yet
        return []
    if not owned:
        return []
    return [
        Warning(
            f"{owned} applications have a user; deleting that user would delete the application and every token.",
            hint="Save each of them once: the user then becomes a member (ClientMember) and the column is emptied.",
            id="oauth_provider.W002",
        )
    ]
