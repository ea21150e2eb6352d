"""Check of encrypted ID tokens (OpenID Connect Core §10.2): each client that wants them has a key for it."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags
from django.db import DatabaseError, router

from oauth_provider.checks.registration import register
from oauth_provider.clients.keys.encryption import is_equipped
from oauth_provider.models import ClientPolicy

# More of the same say no more.
MAX_MESSAGES = 10


@register(Tags.database)
def check_encryption_keys(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """E088: a client that wants encrypted ID tokens has no key, so it gets none at all.

    Nothing is fetched for this check.
    """
    alias = router.db_for_read(ClientPolicy)
    if alias not in (databases or ()):
        return []
    wanting = ClientPolicy.objects.using(alias).exclude(id_token_encrypted_response_alg="")
    try:
        rows = list(wanting.select_related("application").order_by("pk"))
    except DatabaseError:  # not migrated yet
        return []
    return [_unequipped(row) for row in rows if not is_equipped(row)][:MAX_MESSAGES]


def _unequipped(policy: ClientPolicy) -> CheckMessage:
    alg = policy.id_token_encrypted_response_alg
    return Error(
        f"The client {policy.application.client_id!r} has no key for {alg}, so it gets no ID tokens.",
        hint="Add a key with use=enc to its jwks, name its jwks_uri, or take id_token_encrypted_response_alg out.",
        id="oauth_provider.E088",
    )
