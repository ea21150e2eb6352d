"""Registering and changing a client (RFC 7591 §3.1, RFC 7592 §2.2): one verb, whatever the door.

Forms and endpoints fill in ``Metadata``, and the rules below judge it. A form asks ``find_faults`` first, and saves its
proposal later; ``register`` and ``change`` do both. No secret is made here: that is for whoever can show one.
"""

import logging
from collections.abc import Callable, Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db import router, transaction
from django.utils.translation import gettext as _

from oauth_provider.clients.registration import door_rules, key_rules, policy_rules, uri_rules
from oauth_provider.clients.registration.kinds import Kind
from oauth_provider.clients.registration.metadata import OF_APPLICATION, OF_POLICY, Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, Fault, MetadataRefused, Proposal
from oauth_provider.clients.registration.quotas import check_quotas, take_from_address
from oauth_provider.clients.registration.status import event_of
from oauth_provider.clients.registration.team_notice import tell_team
from oauth_provider.dot.names import Row, application_model
from oauth_provider.dot.secret import make_secret_unusable, unusable_secret
from oauth_provider.events.event import ClientChanged, ClientRegistered, Event
from oauth_provider.models import AuditEvent
from oauth_provider.models.client import Client, ClientPolicy
from oauth_provider.models.client_member import ClientMember
from oauth_provider.models.client_secret import ClientSecret

__all__ = ["By", "Fault", "MetadataRefused", "change", "find_faults", "find_warnings", "propose", "register"]

logger = logging.getLogger("oauth_provider.clients")

# DOT's own words for how an application came to be; it calls all others made by hand.
SOURCES = {Door.ENDPOINT: "dcr", Door.DOCUMENT: "cimd"}

Rule = Callable[[Proposal], Iterable[Fault]]

RULES: tuple[Rule, ...] = (
    door_rules.check_who,
    door_rules.check_kind_of_door,
    door_rules.check_scopes,
    door_rules.check_operators_members,
    door_rules.check_hosts,
    door_rules.check_reserved,
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


def register(metadata: Metadata, by: By, *, kind: Kind | None = None, client_id: str = "") -> Client:
    """Register a new client, and return it. It has no secret yet. Raises ``MetadataRefused``.

    Its status, and which scopes wait for an operator, is said by the policy of the door. Whoever comes through a door
    that is no operator's owns it. ``client_id`` is one that was made before, for a form that may be sent twice.
    """
    given = {"client_id": client_id} if client_id else {}
    proposal = propose(metadata, application_model()(**given), by, kind=kind)
    check_proposal(proposal)
    take_from_address(by)
    return save_new(proposal, by)


def change(client: Client, metadata: Metadata, by: By) -> Client:
    """Have all that is registered of ``client`` be ``metadata``, and return it. Raises ``MetadataRefused``.

    Only what differs is judged and written, by the policy of registration, too. The secrets of a client whose type
    changes end.
    """
    proposal = propose(metadata, client.application, by, before=Metadata.of(client), policy=client.policy)
    check_proposal(proposal)
    save_change(proposal, by)
    return Client(proposal.application, proposal.policy)


def propose(
    metadata: Metadata,
    application: Row,
    by: By,
    *,
    before: Metadata | None = None,
    policy: ClientPolicy | None = None,
    kind: Kind | None = None,
) -> Proposal:
    """Write ``metadata`` to the rows, without saving them: a new client's where there is nothing ``before``."""
    policy = ClientPolicy(door=by.door.value) if policy is None else policy
    metadata = door_rules.settle(metadata, before, by)
    metadata.write_to(application, policy)
    return Proposal(metadata, before, application, policy, by, kind)


def find_faults(proposal: Proposal, *, is_refused: bool = False) -> tuple[Fault, ...]:
    """Return all that is wrong, so that it can be told at once. Nothing is fetched where it ``is_refused`` anyway."""
    faults = [fault for rule in RULES for fault in rule(proposal)]
    if not (faults or is_refused):
        faults = [fault for rule in LATER_RULES for fault in rule(proposal)]
    # What is wrong by itself need not fit with the rest, too.
    named = {fault.member for fault in faults}
    return (*faults, *(one for one in policy_rules.check_contradictions(proposal) if one.member not in named))


def find_warnings(proposal: Proposal) -> tuple[Fault, ...]:
    """Return what an operator should know, and may do all the same: a name that looks like a reserved one."""
    return tuple(door_rules.find_look_alikes(proposal)) if proposal.by.is_operator else ()


def save_new(proposal: Proposal, by: By) -> Client:
    """Save a new client that has no faults. No secret of DOT's is made and hashed for nobody."""
    application, policy = proposal.application, proposal.policy
    using = router.db_for_write(application_model())
    with transaction.atomic(using=using):
        check_quotas(by, using=using)
        application.client_secret = unusable_secret()
        if by.door in SOURCES:
            application.registration_source = SOURCES[by.door]
        application.save(force_insert=True)
        make_secret_unusable(application)
        policy.application, policy.door = application, by.door.value
        policy.save()
        if by.user is not None and not by.is_operator:
            ClientMember.objects.create(application=application, user=by.user)
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
        before = _check_status(proposal, using)
        of_policy = [column for member, column in OF_POLICY.items() if member in changed]
        if "status" in changed:
            policy.suspended_from = before if policy.is_suspended else ""
            of_policy.append("suspended_from")
        if of_policy:
            policy.application = application
            is_new = policy._state.adding
            policy.save(update_fields=None if is_new else [*of_policy, "updated_at"])
        ended = ClientSecret.objects.revoke_all(application, by=by.actor) if "is_public" in changed else 0
        events: list[Event] = [ClientChanged(application, tuple(sorted(changed)))] if changed else []
        if "status" in changed:
            events += event_of(application, before, policy.status)
            tell_team(application, by, before=before, status=policy.status, using=using)
        AuditEvent.objects.record(events, using=using, by=by.actor)
    logger.info("Client %s was changed through %s by %s.", application.client_id, by.door, by.user or "nobody")
    return ended


def _check_status(proposal: Proposal, using: str) -> str:
    """Return the status until now, by a row that is held. Raises ``MetadataRefused`` if a developer's change is late.

    An operator may have suspended the client while somebody else filled a form in, or approved what it was before.
    """
    if proposal.before is None or (proposal.by.is_operator and "status" not in proposal.changed):
        return proposal.policy.status
    rows = ClientPolicy.objects.using(using).select_for_update().filter(application=proposal.application.pk)
    status = rows.values_list("status", flat=True).first() or proposal.before.status
    if not proposal.by.is_operator and status != proposal.before.status:
        raise MetadataRefused((Fault("", _("An operator has changed its status meanwhile. Look at it again.")),))
    return str(status)


def check_proposal(proposal: Proposal) -> None:
    """Raise ``MetadataRefused`` for all that is wrong. What has to be fetched is fetched now."""
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
