"""Checks of pairwise subjects (OpenID Connect Core §8.1): every client that is to have them can."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.db import DatabaseError, router

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.models import ClientPolicy
from oauth_provider.models.client import as_client
from oauth_provider.protocol.errors import ServerError
from oauth_provider.protocol.subject import PAIRWISE
from oauth_provider.tokens.subject import check_subjects

MIN_LENGTH = 32
# More of the same say no more.
MAX_MESSAGES = 10


@register(Tags.security)
def check_pairwise_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E070: the secret can be guessed, or is ``SECRET_KEY``, which may be rotated."""
    secret = provider_settings.PAIRWISE_SECRET
    if not secret:
        return []
    if isinstance(secret, str) and len(secret) >= MIN_LENGTH and secret not in _rotated():
        return []
    return [
        Error(
            "PAIRWISE_SECRET is too short, or the very SECRET_KEY.",
            hint=f"Give it {MIN_LENGTH} random characters of its own. It can never be changed: all pairwise subjects "
            "would.",
            id="oauth_provider.E070",
        )
    ]


@register(Tags.database)
def check_pairwise_clients(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """E071: a client cannot have pairwise subjects, so it gets no ID tokens."""
    alias = router.db_for_read(ClientPolicy)
    if alias not in (databases or ()):
        return []
    rows = ClientPolicy.objects.using(alias).filter(subject_type=PAIRWISE).select_related("application")
    try:
        found = [_fault(row) for row in rows.order_by("pk")]
    except DatabaseError:  # not migrated yet
        return []
    return [fault for fault in found if fault is not None][:MAX_MESSAGES]


def _fault(policy: ClientPolicy) -> CheckMessage | None:
    client = as_client(policy.application)
    try:
        check_subjects(client)
    except ServerError as error:
        hint = "Set PAIRWISE_SECRET, and a sector_identifier_uri where the redirect URIs do not share one https host."
        message = f"The client {client.client_id!r} can be told of nobody: {error.detail}."
        return Error(message, hint=hint, id="oauth_provider.E071")
    return None


def _rotated() -> tuple[str | bytes, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
