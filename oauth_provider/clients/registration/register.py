"""Registering and changing a client (RFC 7591 §3.1, RFC 7592 §2.2): one verb, whatever the door.

Forms and endpoints fill in ``Metadata``, and the rules below judge it. A form asks ``find_faults`` first, and saves its
proposal later; ``register`` and ``change`` do both. No secret is made here: that is for whoever can show one.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import router, transaction

from oauth_provider.clients.registration import key_rules, policy_rules, uri_rules
from oauth_provider.clients.registration.kinds import Kind
from oauth_provider.clients.registration.metadata import OF_APPLICATION, OF_POLICY, Metadata
from oauth_provider.clients.registration.proposal import Fault, Proposal
from oauth_provider.dot.names import Row, application_model
from oauth_provider.dot.secret import make_secret_unusable, unusable_secret
from oauth_provider.events.actor import Actor
from oauth_provider.events.event import ClientChanged, ClientRegistered, ClientSuspended, Event
from oauth_provider.models import AuditEvent
from oauth_provider.models.client import Client, ClientPolicy
from oauth_provider.models.client_secret import ClientSecret

logger = logging.getLogger("oauth_provider.clients")

Rule = Callable[[Proposal], Iterable[Fault]]

RULES: tuple[Rule, ...] = (
    policy_rules.check_name,
    policy_rules.check_vouching,
    uri_rules.check_redirect_uris,
    uri_rules.check_origins,
    uri_rules.check_numbers,
    uri_rules.check_redirects_of_kind,
    policy_rules.check_known,
    policy_rules.check_kind,
    policy_rules.check_lifetimes,
    policy_rules.check_excuse,
    policy_rules.check_context,
    policy_rules.check_columns,
)
# These are looked at where all else is well: some fetch.
LATER_RULES: tuple[Rule, ...] = (key_rules.check_keys, key_rules.check_subjects, key_rules.check_frames)


@dataclass(frozen=True, slots=True)
class By:
    """The one who registers: through which ``door``, and the person and the address, where they are known."""

    door: str
    user: Any = None
    address: str = ""

    @property
    def actor(self) -> Actor:
        """Return who the audit names."""
        return Actor("" if self.user is None else str(self.user.pk), self.address)


class MetadataRefused(Exception):
    """The metadata cannot be registered: each of ``faults`` says of which member, and why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.member}: {fault.text}" for fault in faults))
        self.faults = faults


def register(metadata: Metadata, by: By, *, kind: Kind | None = None) -> Client:
    """Register a new client, and return it. It has no secret yet. Raises ``MetadataRefused``."""
    proposal = propose(metadata, application_model()(), kind=kind)
    _check(proposal)
    return save_new(proposal, by)


def change(client: Client, metadata: Metadata, by: By) -> Client:
    """Have all that is registered of ``client`` be ``metadata``, and return it. Raises ``MetadataRefused``.

    Only what differs is judged and written. The secrets of a client whose type changes end.
    """
    proposal = propose(metadata, client.application, before=Metadata.of(client), policy=client.policy)
    _check(proposal)
    save_change(proposal, by)
    return Client(proposal.application, proposal.policy)


def propose(
    metadata: Metadata,
    application: Row,
    *,
    before: Metadata | None = None,
    policy: ClientPolicy | None = None,
    kind: Kind | None = None,
) -> Proposal:
    """Write ``metadata`` to the rows, without saving them: a new client's where there is nothing ``before``."""
    policy = ClientPolicy() if policy is None else policy
    metadata.write_to(application, policy)
    return Proposal(metadata, before, application, policy, kind)


def find_faults(proposal: Proposal, *, is_refused: bool = False) -> tuple[Fault, ...]:
    """Return all that is wrong, so that it can be told at once. Nothing is fetched where it ``is_refused`` anyway."""
    faults = [fault for rule in RULES for fault in rule(proposal)]
    if not (faults or is_refused):
        faults = [fault for rule in LATER_RULES for fault in rule(proposal)]
    # What is wrong by itself need not fit with the rest, too.
    named = {fault.member for fault in faults}
    return (*faults, *(one for one in policy_rules.check_contradictions(proposal) if one.member not in named))


def save_new(proposal: Proposal, by: By) -> Client:
    """Save a new client that has no faults. No secret of DOT's is made and hashed for nobody."""
    application, policy = proposal.application, proposal.policy
    using = router.db_for_write(application_model())
    with transaction.atomic(using=using):
        application.client_secret = unusable_secret()
        application.save(force_insert=True)
        make_secret_unusable(application)
        policy.application = application
        policy.save()
        AuditEvent.objects.record([ClientRegistered(application)], using=using, by=by.actor)
    logger.info("Client %s was registered through %s by %s.", application.client_id, by.door, by.user or "nobody")
    return Client(application, policy)


def save_change(proposal: Proposal, by: By, *, columns: Iterable[str] = ()) -> int:
    """Save what is changed, and ``columns`` of the project's own; return how many secrets ended with the client's type.

    Nothing else is written: a secret may be rotated meanwhile.
    """
    application, policy, changed = proposal.application, proposal.policy, proposal.changed
    using = router.db_for_write(application_model())
    with transaction.atomic(using=using):
        own = {column for member, column in OF_APPLICATION.items() if member in changed} | set(columns)
        application.save(update_fields=[*own, "authorization_grant_type", "updated"])
        of_policy = [column for member, column in OF_POLICY.items() if member in changed]
        if of_policy:
            policy.application = application
            is_new = policy._state.adding
            policy.save(update_fields=None if is_new else [*of_policy, "updated_at"])
        ended = ClientSecret.objects.revoke_all(application, by=by.actor) if "is_public" in changed else 0
        events: list[Event] = [ClientChanged(application, tuple(sorted(changed)))] if changed else []
        if "status" in changed and policy.is_suspended:
            events.append(ClientSuspended(application))
        AuditEvent.objects.record(events, using=using, by=by.actor)
    logger.info("Client %s was changed through %s by %s.", application.client_id, by.door, by.user or "nobody")
    return ended


def _check(proposal: Proposal) -> None:
    faults = find_faults(proposal) or tuple(_dots_faults(proposal))
    if faults:
        raise MetadataRefused(faults)


def _dots_faults(proposal: Proposal) -> Iterator[Fault]:
    """Find what DOT's own rules refuse, or those of the project's model."""
    members = {column: member for member, column in OF_APPLICATION.items()}
    try:
        proposal.application.full_clean(exclude=["client_secret"])
    except ValidationError as error:
        for column, errors in error.error_dict.items():
            for one in errors:
                if not uri_rules.is_ours_to_judge(one, column, proposal.application):
                    yield from (Fault(members.get(column, ""), text) for text in one.messages)
