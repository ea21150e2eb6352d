"""Checks of the client registry (RFC 6749 §2): clients that a user takes along, and secrets that cost a slow hash."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning
from django.db import DatabaseError, router
from django.db.models import Exists, OuterRef

from oauth_provider.checks.registration import register
from oauth_provider.dot.names import application_model
from oauth_provider.dot.secret import UNUSABLE, is_hashed
from oauth_provider.models.client_secret import ClientSecret

# Of the clients with a slow hash so many are looked at, and so many named.
MAX_COUNTED, MAX_NAMED = 100, 5


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


@register(Tags.database)
def check_slow_secrets(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W130: a slow hash is computed for each wrong secret of a client: a cost, and it tells that the client exists."""
    model = application_model()
    alias = router.db_for_read(model)
    if alias not in (databases or ()):
        return []
    copies = ClientSecret.objects.using(alias).filter(
        application=OuterRef("pk"), from_dot=True, encoded=OuterRef("client_secret")
    )
    hashed = model._base_manager.using(alias).filter(client_type="confidential", client_secret__contains="$")
    rows = hashed.exclude(client_secret__startswith=UNUSABLE).exclude(Exists(copies)).order_by("pk")
    try:
        found = rows.values_list("client_id", "client_secret")[: MAX_COUNTED + 1]
        slow = [client_id for client_id, stored in found if is_hashed(stored)]
    except DatabaseError:  # not migrated yet
        return []
    if not slow:
        return []
    number = f"more than {MAX_COUNTED}" if len(slow) > MAX_COUNTED else str(len(slow))
    named = ", ".join(slow[:MAX_NAMED]) + (", …" if len(slow) > MAX_NAMED else "")
    return [
        Warning(
            f"A wrong secret costs a slow hash at {number} of the clients: {named}.",
            hint=(
                "Rotate their secrets in the admin. One that django-oauth-toolkit generated is copied, and is slow no "
                "more, as soon as its client has used it once. Register clients in the admin, by oauth_quickstart, or "
                "by oauth_provider.testing.create_client."
            ),
            id="oauth_provider.W130",
        )
    ]
