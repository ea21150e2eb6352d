"""Codes that nobody redeems (RFC 6819 §4.4.1.11): a page that sends a browser here over and over stores few of them."""

from collections import OrderedDict
from typing import Any

from django.db import connections, router

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row
from oauth_provider.models import Authorization
from oauth_provider.resource_server.process_lock import ProcessLock
from oauth_provider.sql.transaction import run

# Only each so many-th answer of a process to one person for one client looks, so that the others cost no statement.
LOOK_EVERY = 8
MOST_COUNTED = 1024


class _Counts:
    """Numbers of answers that this process gave of late, by person and client; the longest unused are forgotten."""

    def __init__(self) -> None:
        self._counts: OrderedDict[Any, int] = OrderedDict()
        self._lock = ProcessLock()

    def add(self, key: Any) -> int:
        """One more; how many there are now."""
        with self._lock:
            count = self._counts.pop(key, 0) + 1
            self._counts[key] = count
            if len(self._counts) > MOST_COUNTED:
                self._counts.popitem(last=False)
            return count


_counts = _Counts()


def forget_surplus(user: Any, application: Row) -> None:
    """Delete the oldest of too many codes of ``user`` for ``application`` that wait to be redeemed.

    A client redeems a code within seconds, so that the newest are those that somebody waits for.
    """
    using = router.db_for_write(Authorization)
    if _counts.add((using, user.pk, application.pk)) % LOOK_EVERY:
        return
    waiting = Authorization.objects.using(using).filter(
        user=user, application=application, redeemed_at=None, code_expires_at__isnull=False
    )
    oldest = waiting.order_by("-pk").values_list("pk", flat=True)[provider_settings.UNREDEEMED_CODES_PER_USER :]

    def work() -> None:
        # Whoever is redeeming one at this moment holds it, and keeps it.
        left = waiting.filter(pk__in=surplus)
        if connections[using].features.has_select_for_update_skip_locked:
            left = left.select_for_update(of=("self",), skip_locked=True)
        waiting.filter(pk__in=list(left.values_list("pk", flat=True))).delete()

    surplus = run(lambda: list(oldest.all()), using=using, single=True)
    if surplus:
        run(work, using=using)
