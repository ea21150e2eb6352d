"""Logout deliveries (OpenID Connect Back-Channel Logout 1.0 §2.5): the outbox of messages to clients.

A row is written in the transaction that ends the session, and sent outside of any request.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import connections, models, router
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.transaction import run

# After each failure, in seconds; after the last of them nobody tries any more.
BACKOFF = (10, 60, 300, 1800, 7200, 21600)
# Longer than an attempt takes: whoever dies with one in hand leaves it to the others after that.
LEASE = timedelta(seconds=120)
# Without SKIP LOCKED all deliverers see the same rows, and each takes the first that it is quick enough for.
CANDIDATES = 20
MAX_ERROR = 500


# The first kind of message, and the default of rows that code from before kinds writes.
BACKCHANNEL_LOGOUT = "backchannel_logout"


class LogoutDeliveryManager(PrimaryManager["LogoutDelivery"]):
    """The verbs of the outbox. No two deliverers ever hold the same row."""

    def enqueue(self, deliveries: Iterable["LogoutDelivery"], *, using: str) -> None:
        """Put ``deliveries`` into the outbox, in the transaction of the caller."""
        self.using(using).bulk_create(deliveries)

    def put(self, kind: str, payload: Any, *, using: str | None = None) -> "LogoutDelivery":
        """Put one message of a project's own ``kind`` into the outbox, in the transaction of the caller.

        ``payload`` is what JSON has. Who sends it stands under ``OUTBOX_KINDS``.
        """
        return self.using(using or self._write_alias()).create(kind=kind, payload=payload)

    def due(self) -> QuerySet["LogoutDelivery"]:
        """Return what is to be sent now, the longest due first."""
        pending = self._rows().filter(status=LogoutDelivery.Status.PENDING, next_attempt_at__lte=self.now())
        return pending.order_by("next_attempt_at", "pk")

    def claim(self) -> "LogoutDelivery | None":
        """Take one that is due, for as long as ``LEASE``; None if there is none."""
        using = self._write_alias()
        skips = connections[using].features.has_select_for_update_skip_locked

        def work() -> "LogoutDelivery | None":
            due = self.due().select_related("application__oauth_policy")
            locked = due.select_for_update(skip_locked=True, no_key=True, of=("self",))
            rows = locked[:1] if skips else due[:CANDIDATES]
            return next((row for row in rows if self._take(row)), None)

        return run(work, using=using, single=not skips)

    def retry_dead(self) -> int:
        """Try again, from the start, what was given up; how many there were."""
        return self.retry(self._rows().filter(status=LogoutDelivery.Status.DEAD))

    def retry(self, deliveries: QuerySet["LogoutDelivery"]) -> int:
        """Try those of ``deliveries`` again, from the start, that were given up or wait for later; how many they were.

        What is due within ``LEASE`` may be in somebody's hands, and is left there.
        """
        now, status = self.now(), LogoutDelivery.Status
        waits = Q(status=status.DEAD) | Q(status=status.PENDING, next_attempt_at__gt=now + LEASE)
        rows = deliveries.using(self._write_alias()).filter(waits)
        return rows.update(status=status.PENDING, attempts=0, next_attempt_at=now, ended_at=None)

    def now(self) -> datetime:
        """The time by the clock of the outbox, whichever machine delivers."""
        return database_now(self._write_alias())

    def _take(self, row: "LogoutDelivery") -> bool:
        taken = self._standing(row).update(attempts=row.attempts + 1, next_attempt_at=self.now() + LEASE)
        row.attempts += 1
        return bool(taken)

    def _standing(self, row: "LogoutDelivery") -> QuerySet["LogoutDelivery"]:
        """``row``, if nobody has tried it since."""
        return self._rows().filter(pk=row.pk, attempts=row.attempts, status=LogoutDelivery.Status.PENDING)

    def _rows(self) -> QuerySet["LogoutDelivery"]:
        return self.using(self._write_alias())

    def _write_alias(self) -> str:
        return router.db_for_write(self.model)


class LogoutDelivery(models.Model):
    """A message that must reach somebody else. The table is called after its first kind, the end of a session.

    Such a message holds no token: that is made at each attempt.
    """

    class Status(models.TextChoices):
        """From the outbox to the end."""

        PENDING = "pending", _("waiting")
        DELIVERED = "delivered", _("delivered")
        DEAD = "dead", _("given up")

    kind = models.CharField(
        _("kind"), max_length=64, default=BACKCHANNEL_LOGOUT, db_default=BACKCHANNEL_LOGOUT, editable=False
    )
    # What a message of a project's own says; of a logout, the columns below say it.
    payload = models.JSONField(_("payload"), null=True, editable=False)
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="+", null=True)
    issuer = models.TextField(editable=False)
    subject = models.CharField(max_length=255, editable=False)
    sid = models.CharField(max_length=64, editable=False)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    created_at = models.DateTimeField(_("logged out"), default=timezone.now, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)

    objects: ClassVar[LogoutDeliveryManager] = LogoutDeliveryManager()

    class Meta:
        verbose_name = _("undelivered message")
        verbose_name_plural = _("undelivered messages")
        indexes = (
            models.Index(fields=["status", "next_attempt_at"], name="oauth_provider_outbox"),
            models.Index(
                fields=["ended_at"], name="oauth_provider_delivered", condition=models.Q(ended_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        """Say what it is, and whom it is for; for the log, it is named by its key."""
        if self.kind != BACKCHANNEL_LOGOUT or self.application is None:
            return f"{self.kind} {self.pk}"
        return _("%(client)s, of a logout") % {"client": self.application}

    @property
    def reference(self) -> str:
        """Return how the log calls it, which asks the database nothing."""
        return f"{self.kind} {self.pk}"

    def delivered(self) -> None:
        """The client has it, whatever another deliverer says about it later."""
        self._change(type(self).objects._rows().filter(pk=self.pk), self.Status.DELIVERED, "", type(self).objects.now())

    def failed(self, error: str, *, for_good: bool = False) -> None:
        """Try again after a while that grows, or give up: at once with ``for_good``, else after the last."""
        now = type(self).objects.now()
        rows = type(self).objects._standing(self)
        if for_good or self.attempts > len(BACKOFF):
            self._change(rows, self.Status.DEAD, error, now)
        else:
            self.next_attempt_at = now + timedelta(seconds=BACKOFF[self.attempts - 1])
            self._change(rows, self.Status.PENDING, error, None)

    def _change(self, rows: "QuerySet[LogoutDelivery]", status: Status, error: str, ended_at: datetime | None) -> None:
        self.status, self.ended_at = status, ended_at
        # NUL, above all, is in no text of a database.
        self.last_error = "".join(character for character in error if character.isprintable())[:MAX_ERROR]
        rows.update(
            status=self.status,
            ended_at=self.ended_at,
            last_error=self.last_error,
            next_attempt_at=self.next_attempt_at,
        )
