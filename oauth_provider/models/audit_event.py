"""The audit: what somebody must find again, written with what it tells of and never changed.

Rows name clients, people and sign-ins by their ids as text and hang on none of them: whoever is deleted stays told of.
Which events are audited is said by their classes. None holds a secret.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.emit import emit
from oauth_provider.events.event import Event
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.sql.outcome import Add, Outcome

T = TypeVar("T")


class AuditEventManager(PrimaryManager["AuditEvent"]):
    """Adding rows, which is all that is ever done with them."""

    def record(self, events: Iterable[Event], *, using: str, by: Actor = NOBODY) -> None:
        """Write the rows of those ``events`` that are audited, and tell all of them after the commit.

        It belongs into the transaction that makes them happen.
        """
        happened = list(events)
        self.using(using).bulk_create([AuditEvent.of(event, by) for event in happened if event.AUDITED])
        for event in happened:
            emit(event, using=using)

    def before(self, moment: datetime) -> models.QuerySet["AuditEvent"]:
        """Rows of what happened before ``moment``, oldest first."""
        return self.filter(occurred_at__lt=moment).order_by("occurred_at")


class AuditEvent(models.Model):
    """One thing that happened."""

    occurred_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    kind = models.CharField(_("what"), max_length=64, editable=False)
    reason = models.CharField(_("reason"), max_length=64, blank=True, editable=False)
    client_id = models.CharField(_("client"), max_length=255, blank=True, editable=False)
    user = models.CharField(_("user"), max_length=255, blank=True, editable=False)
    authorization = models.CharField(_("authorization"), max_length=36, blank=True, editable=False)
    actor = models.CharField(_("done by"), max_length=255, blank=True, editable=False)
    address = models.CharField(_("address"), max_length=255, blank=True, editable=False)
    facts = models.JSONField(_("facts"), default=dict, editable=False)

    objects: ClassVar[AuditEventManager] = AuditEventManager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = (
            models.Index(fields=["occurred_at"], name="oauth_provider_audit_when"),
            models.Index(fields=["client_id", "occurred_at"], name="oauth_provider_audit_client"),
            models.Index(fields=["user", "occurred_at"], name="oauth_provider_audit_user"),
        )

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')}, {self.occurred_at:%Y-%m-%d %H:%M}"

    @classmethod
    def of(cls, event: Event, by: Actor = NOBODY) -> "AuditEvent":
        """Return the row of ``event``, not saved."""
        facts = event.facts()
        named = {name: facts.pop(name, "") for name in ("reason", "client_id", "user", "authorization")}
        return cls(kind=event.kind(), actor=by.user, address=by.address[:255], facts=facts, **named)


def audited(outcome: Outcome[T], by: Actor = NOBODY) -> Outcome[T]:
    """Return ``outcome`` with the rows of those of its events that are audited."""
    rows = [Add(AuditEvent.of(event, by)) for event in outcome.events if event.AUDITED]
    return replace(outcome, writes=(*outcome.writes, *rows))
