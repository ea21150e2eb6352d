"""Dynamic registration (RFC 7591 §3, RFC 7592 §2): a program registers itself, changes that, and goes.

It comes by the same verb and the same policy as everybody else. Whatever is refused leaves nothing behind.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import router
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.logo import Logo
from oauth_provider.clients.registration.fetched_logo import fetch_logo
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door, door_policy
from oauth_provider.clients.registration.proposal import By, MetadataRefused, Proposal
from oauth_provider.clients.registration.quotas import take_from_address
from oauth_provider.clients.registration.register import check_proposal, find_faults, propose, save_change, save_new
from oauth_provider.clients.registration.requested import Offer, Requested, requested
from oauth_provider.clients.registration.statement import claims_of
from oauth_provider.clients.registration.told import told_as_errors
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import application_model
from oauth_provider.events.event import ClientDeleted
from oauth_provider.models import AuditEvent, ClientLogo, ClientSecret, DynamicRegistration, InitialAccessToken
from oauth_provider.models.client import Client, ClientPolicy, as_client
from oauth_provider.protocol.client_metadata import read_members, refusal
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import AccessDenied, InvalidToken, UnapprovedSoftwareStatement
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.software_statement import STATEMENT
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.transaction import run

# What this server alone says of a client (RFC 7592 §2.2).
OURS = ("registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at")
WITH_SECRET = "client_secret_"
# A change of these may have us fetch something, and counts as a registration does.
FETCHED = frozenset({"jwks_uri", "sector_identifier_uri", "id_token_encrypted_response_alg", "redirect_uris"})


@dataclass(frozen=True, slots=True)
class Registered:
    """A client as it is registered now. ``token`` is for managing it; ``secret`` is "" where there is no new one."""

    client: Client
    registration: DynamicRegistration
    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    secret_expires_at: int = 0


@sensitive_variables()
def register_itself(
    document: Mapping[str, Any], by: By, *, initial: InitialAccessToken | None, algorithms: Collection[str]
) -> Registered:
    """Register the client that ``document`` describes, with the ``initial`` access token that it came with.

    ``algorithms`` are those that this server signs with. Raises ``OAuthError``.
    """
    scopes = None if initial is None or initial.scopes is None else tuple(initial.scopes)
    members, vouched = _read(document, {})
    asked = requested(members, Offer(door_policy(by.door), scopes, algorithms))
    proposal = propose(asked.metadata, application_model()(), by)
    _check(proposal, counted=by if initial is None else None)
    logo = fetch_logo(asked.logo_uri) if asked.logo_uri else None
    if logo is not None:
        proposal = propose(replace(proposal.metadata, logo=logo.digest), proposal.application, by)

    @sensitive_variables()
    def work() -> Registered:
        if initial is not None and not InitialAccessToken.objects.spend(initial):
            raise InvalidToken(Reason.INITIAL_TOKEN_NOT_GOOD)
        proposal.application.pk = None  # it may have had one that was taken back
        client = save_new(proposal, by)
        if logo is not None:
            ClientLogo.objects.keep(client.application, logo.digest, logo.image)
        registration, token = DynamicRegistration.objects.begin(
            client.application,
            metadata=dict(asked.own),
            vouched=dict(vouched),
            scopes=None if scopes is None else list(scopes),
            initial_access_token=initial,
        )
        return _with_secret(Registered(client, registration, token), by)

    with told_as_errors():
        return run(work, using=router.db_for_write(application_model()), durable=False)


@sensitive_variables()
def change_registration(
    registration: DynamicRegistration, token: str, document: Mapping[str, Any], by: By, *, algorithms: Collection[str]
) -> Registered:
    """Have ``document`` be all that the client says of itself (RFC 7592 §2.2), and return it with its next token.

    Raises ``OAuthError``.
    """
    client = as_client(registration.application)
    check_open(client)
    _check_identity(client, document)
    members, vouched = _read({name: document[name] for name in document if name not in OURS}, registration.vouched)
    scopes = None if registration.scopes is None else tuple(registration.scopes)
    asked = requested(members, Offer(door_policy(by.door), scopes, algorithms), Metadata.of(client))
    proposal, logo = _judged(asked, client, registration.metadata.get("logo_uri", ""), by)

    @sensitive_variables()
    def work() -> Registered:
        columns = {"metadata": dict(asked.own), "vouched": dict(vouched)}
        rotated = DynamicRegistration.objects.rotate(registration, token, **columns)
        if rotated is None:
            raise InvalidToken(Reason.REGISTRATION_TOKEN_NOT_GOOD)
        save_change(proposal, by)
        if logo is not None:
            ClientLogo.objects.keep(client.application, logo.digest, logo.image)
        elif not proposal.metadata.logo:
            ClientLogo.objects.filter(application=client.application).delete()
        registration.metadata, registration.vouched = columns["metadata"], columns["vouched"]
        changed = Client(proposal.application, proposal.policy)
        return _with_secret(Registered(changed, registration, rotated), by)

    with told_as_errors():
        return run(work, using=router.db_for_write(application_model()), durable=False)


def delete_registration(registration: DynamicRegistration, by: By) -> None:
    """Delete the client and all that hangs on it (RFC 7592 §2.3). Raises ``AccessDenied``."""
    check_open(as_client(registration.application))
    using, application = router.db_for_write(application_model()), registration.application
    pk = application.pk

    def work() -> None:
        # It may have been suspended since: whoever is looked into does not get away.
        policies = ClientPolicy.objects.using(using).select_for_update()
        check_open(Client(application, policies.filter(application=pk).first() or ClientPolicy.of(application)))
        AuditEvent.objects.record([ClientDeleted(application)], using=using, by=by.actor)
        application.pk = pk  # Django takes it away with the row
        application.delete(using=using)

    run(work, using=using, durable=False)


def check_open(client: Client) -> None:
    """RFC 7592 §2.1: a client that an operator suspended neither reads nor changes anything, nor gets away."""
    if client.is_barred:
        error = AccessDenied(Reason.REGISTRATION_CLOSED_TO_CLIENT)
        error.client_id = client.client_id
        raise error


def _read(document: Mapping[str, Any], vouched: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return the members of ``document``, and those that a software statement vouches for, which come first."""
    members = read_members(document)
    if STATEMENT in members:
        vouched = claims_of(members[STATEMENT])
    elif not vouched and door_policy(Door.ENDPOINT).needs_statement:
        raise UnapprovedSoftwareStatement(Reason.METADATA_REFUSED, member=STATEMENT, why="it is missing")
    if not vouched:
        return members, {}
    return read_members({**document, **vouched}), vouched


def _judged(asked: Requested, client: Client, logo_uri: str, by: By) -> tuple[Proposal, Logo | None]:
    """Return the change that is asked for once it was found to break no rule, and the logo if it is another one.

    What the client named at ``logo_uri``, and names no more, goes. A logo that an operator gave it stays.
    """
    before = Metadata.of(client)
    is_new = asked.logo_uri not in ("", logo_uri)
    wanted = replace(asked.metadata, logo="") if logo_uri and not asked.logo_uri else asked.metadata

    def proposed(metadata: Metadata) -> Proposal:
        return propose(metadata, client.application, by, before=before, policy=client.policy)

    proposal = proposed(wanted)
    _check(proposal, counted=by if is_new or not FETCHED.isdisjoint(proposal.changed) else None)
    if not is_new:
        return proposal, None
    logo = fetch_logo(asked.logo_uri)
    return proposed(replace(wanted, logo=logo.digest)), logo


def _check(proposal: Proposal, *, counted: By | None = None) -> None:
    """Judge ``proposal``; whoever is ``counted`` is counted before anything is fetched."""
    with told_as_errors():
        if faults := find_faults(proposal, is_refused=True):
            raise MetadataRefused(faults)
        if counted is not None:
            take_from_address(counted)
        check_proposal(proposal)


def _check_identity(client: Client, document: Mapping[str, Any]) -> None:
    """RFC 7592 §2.2: the client names itself, shows no secret but its own, and leaves to us what is ours."""
    if document.get("client_id") != client.client_id:
        raise refusal("client_id", "it must be that of the client that is changed.")
    for member in OURS:
        if member in document:
            raise refusal(member, "this is for the server to say.")
    secret = document.get("client_secret")
    if secret is None:
        return
    live = ClientSecret.objects.live().filter(application=client.application)
    if not isinstance(secret, str) or not live.filter(digest=digest(secret)).exists():
        raise refusal("client_secret", "it must be one that serves, or be left out.")


@sensitive_variables()
def _with_secret(registered: Registered, by: By) -> Registered:
    """Make a secret for a client that proves itself with one, and has none that serves for long enough."""
    client, lifetime = registered.client, provider_settings.REGISTERED_SECRET_LIFETIME
    method = client.policy.token_endpoint_auth_method
    if client.is_public or (method and not method.startswith(WITH_SECRET)):
        return registered
    now = database_now(router.db_for_write(ClientSecret))
    lasting = ClientSecret.objects.filter(application=client.application, expires_at=None)
    if lifetime is not None:
        soon = now + timedelta(seconds=lifetime / 2)
        lasting = lasting | ClientSecret.objects.filter(application=client.application, expires_at__gt=soon)
    if lasting.exists():
        return registered
    row, secret = ClientSecret.objects.create_secret(
        client.application, label="registration", lifetime=lifetime, by=by.actor
    )
    ends = 0 if row.expires_at is None or lifetime is None else int(now.timestamp()) + lifetime
    return replace(registered, secret=secret, secret_expires_at=ends)
