"""The status of a client: one verb for each step between draft, pending, approved and suspended (RFC 7591 §5).

Every change of a status goes through ``event_of``, from a form of the admin, too: whoever listens is told the same.
"""

from dataclasses import dataclass
from enum import Enum

from django.db import router, transaction
from django.utils.translation import gettext as _

from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.proposal import By, Fault, MetadataRefused
from oauth_provider.clients.registration.team_notice import tell_team
from oauth_provider.dot.names import Row, application_model
from oauth_provider.events.event import ClientChanged, Event
from oauth_provider.events.status import (
    ClientApproved,
    ClientResumed,
    ClientReturned,
    ClientSubmitted,
    ClientSuspended,
    ClientUnapproved,
    StatusChanged,
)
from oauth_provider.models import AuditEvent
from oauth_provider.models.client import Client, ClientPolicy
from oauth_provider.protocol.digest import digest

Status = ClientPolicy.Status
EVENTS: dict[str, type[StatusChanged]] = {
    Status.DRAFT: ClientReturned,
    Status.PENDING: ClientSubmitted,
    Status.UNAPPROVED: ClientUnapproved,
    Status.APPROVED: ClientApproved,
    Status.SUSPENDED: ClientSuspended,
}
MAX_NOTE = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One step: ``sources`` are where it begins, ``target`` where it ends; "" is the status before a suspension."""

    sources: frozenset[str]
    target: str
    is_operators: bool = True


class Step(Enum):
    """The steps, which are all there are."""

    SUBMIT = Change(frozenset({Status.DRAFT}), Status.PENDING, is_operators=False)
    WITHDRAW = Change(frozenset({Status.PENDING}), Status.DRAFT, is_operators=False)
    RETURN = Change(frozenset({Status.PENDING}), Status.DRAFT)
    APPROVE = Change(frozenset({Status.DRAFT, Status.PENDING, Status.UNAPPROVED}), Status.APPROVED)
    SUSPEND = Change(frozenset(Status.values) - {Status.SUSPENDED}, Status.SUSPENDED)
    RESUME = Change(frozenset({Status.SUSPENDED}), "")


def possible_steps(policy: ClientPolicy, by: By) -> tuple[Step, ...]:
    """Return what ``by`` may do with a client that has this policy."""
    return tuple(
        step for step in Step if policy.status in step.value.sources and (by.is_operator or not step.value.is_operators)
    )


def review_digest(client: Client) -> str:
    """Return what stays the same while nothing of ``client`` changes that somebody looked at."""
    metadata = Metadata.of(client)
    return digest(f"{metadata!r} {metadata.jwks!r}")


def move(client: Client, step: Step, by: By, *, note: str = "", seen: str = "") -> Client:
    """Take a client one step on, and return it. ``note`` is for its developers.

    An approval gives the scopes that wait for it; ``seen`` is the ``review_digest`` of what was looked at. Raises
    ``MetadataRefused`` where its status, or what was seen, is another one by now, or the step is an operator's. Two at
    once are no harm: the second finds what the first did.
    """
    using = router.db_for_write(application_model())
    with transaction.atomic(using=using):
        rows = ClientPolicy.objects.using(using).select_for_update()
        policy = rows.filter(application=client.application.pk).first() or client.policy
        if step not in possible_steps(policy, by):
            raise MetadataRefused((Fault("status", _refusal(policy, step, by)),))
        if seen and seen != review_digest(Client(_read_again(client.application, using), policy)):
            raise MetadataRefused((Fault("", _("It has changed since it was looked at.")),))
        before, is_new = policy.status, policy._state.adding
        policy.status = step.value.target or policy.suspended_from or Status.UNAPPROVED
        policy.suspended_from = before if policy.is_suspended else ""
        policy.status_note = note[:MAX_NOTE]
        events = event_of(client.application, before, policy.status, note=policy.status_note)
        if step is Step.APPROVE and policy.requested_scope:
            events.append(_give_requested(client.application, policy))
        policy.application = client.application
        columns = ["status", "suspended_from", "status_note", "scopes", "requested_scope", "updated_at"]
        policy.save(update_fields=None if is_new else columns)
        AuditEvent.objects.record(events, using=using, by=by.actor)
        told = {"before": before, "status": policy.status, "note": policy.status_note}
        tell_team(client.application, by, **told, using=using)
    return Client(client.application, policy)


def give_scopes(client: Client, by: By, *, refused: bool = False) -> Client:
    """Give a client the scopes that wait for an operator, or take them off the list where they are ``refused``."""
    if not by.is_operator:
        raise MetadataRefused((Fault("requested_scope", _("Only an operator of this server does that.")),))
    using = router.db_for_write(application_model())
    with transaction.atomic(using=using):
        policy = ClientPolicy.objects.using(using).select_for_update().get(application=client.application.pk)
        if refused:
            policy.requested_scope = ""
            event: Event = ClientChanged(client.application, ("requested_scope",))
        else:
            event = _give_requested(client.application, policy)
        policy.save(update_fields=["scopes", "requested_scope", "updated_at"])
        AuditEvent.objects.record([event], using=using, by=by.actor)
    return Client(client.application, policy)


def event_of(application: Row, before: str, status: str, *, note: str = "") -> list[Event]:
    """Return the event of a status that is another one than ``before``; none where it is the same."""
    if before == status:
        return []
    kind = ClientResumed if before == Status.SUSPENDED else EVENTS[status]
    return [kind(application, before, status, note)]


def _give_requested(application: Row, policy: ClientPolicy) -> ClientChanged:
    if policy.scopes is not None:
        policy.scopes = list(dict.fromkeys([*policy.scopes, *policy.requested_scope.split()]))
    policy.requested_scope = ""
    return ClientChanged(application, ("requested_scope", "scope"))


def _read_again(application: Row, using: str) -> Row:
    return application_model()._base_manager.using(using).get(pk=application.pk)


def _refusal(policy: ClientPolicy, step: Step, by: By) -> str:
    if step.value.is_operators and not by.is_operator:
        return _("Only an operator of this server does that.")
    return _("This cannot be done: the application is now “%(status)s”.") % {"status": policy.get_status_display()}
