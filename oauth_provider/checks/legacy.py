"""Checks of exceptions (RFC 9700 §2.1), of one client or of all: each is reported until it is removed."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning
from django.db import DatabaseError, router
from django.utils import timezone

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.response_type import LEGACY

# More of the same say no more.
MAX_MESSAGES = 10


@register(Tags.security)
def check_response_types(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E085: unknown legacy response types. W086: legacy response types are on, which is a risk."""
    listed = provider_settings.LEGACY_RESPONSE_TYPES
    known = isinstance(listed, list | tuple) and all(one in LEGACY for one in listed)
    if not known:
        return [
            Error(
                'OAUTH_PROVIDER["LEGACY_RESPONSE_TYPES"] is no list of response types.',
                hint=f"Those there are: {list(LEGACY)}.",
                id="oauth_provider.E085",
            )
        ]
    if not listed:
        return []
    return [
        Warning(
            f"Tokens are put into URLs and browsers by the response types {list(listed)}.",
            hint="Move the clients that use them to response_type=code with PKCE (RFC 9700 §2.1.2), and empty "
            "LEGACY_RESPONSE_TYPES.",
            id="oauth_provider.W086",
        )
    ]


@register(Tags.database)
def check_excuses(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W085: a client is excused from PKCE, until a certain day."""
    alias = router.db_for_read(ClientPolicy)
    if alias not in (databases or ()):
        return []
    rows = ClientPolicy.objects.using(alias).filter(pkce_excused_until__gte=timezone.now().date())
    try:
        found = [
            row for row in rows.select_related("application").order_by("pk")[:MAX_MESSAGES] if row.is_excused_from_pkce
        ]
    except DatabaseError:  # not migrated yet
        return []
    return [
        Warning(
            f"The client {row.application.client_id!r} is excused from PKCE until {row.pkce_excused_until}.",
            hint="Have it send code_challenge, and empty pkce_excused_until in its policy.",
            id="oauth_provider.W085",
        )
        for row in found
    ]
