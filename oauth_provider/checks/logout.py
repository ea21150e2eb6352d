"""Checks of back-channel logout (OpenID Connect Back-Channel Logout 1.0 §2.5): clients can be reached, and are told."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning
from django.db import DatabaseError, router
from django.utils import timezone

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.models import LogoutDelivery

# What has waited this long since it was due waits for a deliverer that is not there.
MAX_DELAY = timedelta(minutes=15)


@register(Tags.security)
def check_internal_hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E060: ``INTERNAL_HOSTS`` is not a list of host names. A URL or a port in it would never match."""
    hosts = provider_settings.INTERNAL_HOSTS
    if isinstance(hosts, list | tuple | set | frozenset) and all(_is_host(host) for host in hosts):
        return []
    return [
        Error(
            'OAUTH_PROVIDER["INTERNAL_HOSTS"] is no list of host names.',
            hint='Write names alone, in lower case, without scheme and port: ["mail.internal", "10.0.0.7"].',
            id="oauth_provider.E060",
        )
    ]


@register(Tags.database)
def check_outbox(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W060: messages are due and nothing delivers them. W061: messages were given up."""
    using = router.db_for_write(LogoutDelivery)
    if using not in (databases or ()):
        return []
    rows, status = LogoutDelivery.objects.using(using), LogoutDelivery.Status
    try:
        late = rows.filter(status=status.PENDING, next_attempt_at__lt=timezone.now() - MAX_DELAY).count()
        dead = rows.filter(status=status.DEAD).count()
    except DatabaseError:  # not migrated yet
        return []
    return [*([_late(late)] if late else []), *([_dead(dead)] if dead else [])]


def _is_host(host: Any) -> bool:
    return isinstance(host, str) and bool(host) and host == host.lower() and not set(host) & set("/@ ")


def _late(count: int) -> CheckMessage:
    return Warning(
        f"{count} messages in the outbox are due and nobody sends them.",
        hint="Run manage.py oauth_deliver as a service, or manage.py oauth_deliver --once every minute.",
        id="oauth_provider.W060",
    )


def _dead(count: int) -> CheckMessage:
    return Warning(
        f"{count} messages in the outbox were given up: clients go on with sessions that are over, or nobody was told.",
        hint="The admin says why. Mend it and try again, there or by manage.py oauth_deliver --retry-dead --once.",
        id="oauth_provider.W061",
    )
