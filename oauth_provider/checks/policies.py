"""Check of clients' policies (RFC 7591 §2): what they name is there."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, router

from oauth_provider.checks.registration import register
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.spelling import with_guess
from oauth_provider.registry.policy_names import known_names, unknown_names

# More of the same say no more.
MAX_MESSAGES = 10
# Clients are many, and what they may do is alike: each different list is looked at once.
MAX_LISTS = 1_000
EFFECT = {
    "grant_types": "it is refused whatever it asks for by it",
    "response_types": "it is refused whatever it asks for by it",
    "scopes": "it never gets it",
}


@register(Tags.database)
def check_policies(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W121: the policy of a client names a grant type, response type or scope that there is not."""
    alias = router.db_for_read(ClientPolicy)
    if alias not in (databases or ()):
        return []
    try:
        return list(islice(_messages(alias), MAX_MESSAGES))
    except (ImproperlyConfigured, DatabaseError):  # another check says so, or it is not migrated yet
        return []


def _messages(alias: str) -> Iterator[CheckMessage]:
    rows = ClientPolicy.objects.using(alias).order_by()
    for column, known in known_names().items():
        for names in rows.values_list(column, flat=True).distinct()[:MAX_LISTS]:
            unknown = unknown_names(names, known)
            if not unknown:
                continue
            bearers = rows.filter(**{column: names}).values_list("application__client_id", flat=True)
            for client_id in bearers.order_by("application__client_id")[:MAX_MESSAGES]:
                yield Warning(
                    f"The policy of the client {client_id!r} has {unknown[0]!r} in {column}, which there is not: "
                    f"{EFFECT[column]}.",
                    hint=with_guess(unknown[0], known, "Mend the client in the admin, or its ClientPolicy."),
                    id="oauth_provider.W121",
                )
