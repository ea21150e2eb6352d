"""Check of signed requests (RFC 9101 §10.5): where all must be signed, every client has keys."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning
from django.db import DatabaseError, router
from django.db.models import Q

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import application_model
from oauth_provider.models.client import DOT_OF_GRANT_TYPE


@register(Tags.database)
def check_signing_clients(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W088: signed requests are required, and some clients have no keys, so all their requests are refused."""
    model = application_model()
    alias = router.db_for_read(model)
    if not provider_settings.REQUIRE_SIGNED_REQUEST_OBJECT or alias not in (databases or ()):
        return []
    keyless = Q(oauth_policy=None) | Q(oauth_policy__jwks__isnull=True, oauth_policy__jwks_uri="")
    asking = model._base_manager.using(alias).filter(authorization_grant_type=DOT_OF_GRANT_TYPE["authorization_code"])
    try:
        count = asking.filter(keyless).count()
    except DatabaseError:  # not migrated yet
        return []
    if not count:
        return []
    return [
        Warning(
            f"REQUIRE_SIGNED_REQUEST_OBJECT is on, and {count} clients have no keys to sign their requests with.",
            hint="Give each its jwks or jwks_uri, or require signed requests in the policies of single clients.",
            id="oauth_provider.W088",
        )
    ]
