"""Rules of the door that a client comes through (RFC 7591 §5): each creation and each change passes them.

Operators are bound by none of them; of a name that is reserved they are warned.
"""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import DoorPolicy, door_policy, reserved_names
from oauth_provider.clients.registration.proposal import By, Fault, Proposal
from oauth_provider.clients.registration.publisher_host import VOUCHED, without_lost_host
from oauth_provider.models.client import ClientPolicy
from oauth_provider.protocol.look_alike import host_looks_like, looks_like
from oauth_provider.protocol.redirect_uri import LOOPBACK_HOSTS

# What an operator alone decides.
OPERATORS_MEMBERS = (
    "publisher", "verified_host", "context", "may_introspect", "usable_by", "response_types", "rotate_refresh_tokens",
    "authorization_details_types", "pkce_excused_until", "takes_older_assertions", "scope_claims_in_id_token",
    "refresh_token_retry_window",
)  # fmt: skip
NAMES = ("client_name",)
LISTS = ("redirect_uris", "post_logout_redirect_uris", "allowed_origins")
ADDRESSES = (
    "client_uri", "policy_uri", "tos_uri", "jwks_uri", "sector_identifier_uri", "backchannel_logout_uri",
    "frontchannel_logout_uri",
)  # fmt: skip


def settle(metadata: Metadata, before: Metadata | None, by: By) -> Metadata:
    """Return ``metadata`` with what its door decides: the status, and which scopes wait for an operator.

    What somebody writes there counts for nothing, unless they are an operator. Scopes that are given wait no more.
    """
    if by.is_operator:
        given = metadata.scope
        left = [one for one in metadata.requested_scope.split() if given is not None and one not in given]
        return replace(metadata, requested_scope=" ".join(left))
    policy = door_policy(by.door)
    waiting = before.requested_scope.split() if before is not None else []
    had = before.scope if before is not None else ()
    scope = metadata.scope
    if scope is None and had is not None and before is not None and policy.scopes is None and not policy.review_scopes:
        scope = had  # all that it may have stays all that an operator left it
    if scope is not None and had is not None:
        asked = [one for one in scope if one not in had and _waits(one, before, policy)]
        scope = tuple(one for one in scope if one not in asked)
    else:
        asked = []
    kept = [one for one in waiting if one in metadata.requested_scope.split()]
    settled = replace(metadata, scope=scope, requested_scope=" ".join(dict.fromkeys([*kept, *asked])))
    if before is None:
        return replace(settled, status=policy.status)
    settled = without_lost_host(settled, before)
    is_approved = before.status == ClientPolicy.Status.APPROVED
    undoes = is_approved and not settled.differs_in(before).isdisjoint(policy.review_members)
    return replace(settled, status=policy.status_after_review if undoes else before.status)


def _waits(scope: str, before: Metadata | None, policy: DoorPolicy) -> bool:
    """Does a scope wait for an operator? Whatever needs a review does; and of an approved client every new one that the
    settings do not name, or that no person is asked for."""
    if scope in policy.review_scopes:
        return True
    if before is None or before.status != ClientPolicy.Status.APPROVED:
        return False
    return policy.scopes is None or "client_credentials" in before.grant_types


def check_who(proposal: Proposal) -> Iterator[Fault]:
    """Refuse whoever may not come through this door."""
    by = proposal.by
    if not by.is_operator and not door_policy(by.door).lets_in(by.user, by):
        yield Fault("", _("You may not register applications here. Ask an operator of this server."))


def check_kind_of_door(proposal: Proposal) -> Iterator[Fault]:
    """Refuse a kind of client that is not for this door, and grants that its kind does not have."""
    if proposal.by.is_operator or not {"kind", "is_public", "grant_types"} & proposal.changed:
        return
    kind = proposal.kind or proposal.metadata.guess_kind()
    if kind is None or kind.name not in door_policy(proposal.by.door).kinds:
        words = kind.words if kind is not None else ", ".join(proposal.metadata.grant_types)
        yield Fault("grant_types", _("Only an operator registers this: %(kind)s.") % {"kind": words})
        return
    for grant_type in proposal.new_values("grant_types"):
        if grant_type not in kind.grant_types:
            yield Fault("grant_types", _("%(name)s: only an operator gives it.") % {"name": grant_type})


def check_scopes(proposal: Proposal) -> Iterator[Fault]:
    """Refuse scopes that this door does not give, and that no review would give either."""
    if proposal.by.is_operator or "scope" not in proposal.changed:
        return
    policy = door_policy(proposal.by.door)
    if proposal.metadata.scope is None and (policy.scopes is not None or policy.review_scopes):
        yield Fault("scope", _("Only an operator gives every scope. Choose those that you need."))
    for scope in proposal.new_values("scope"):
        if not policy.gives(scope):
            yield Fault("scope", _("%(name)s: only an operator gives it.") % {"name": scope})


def check_operators_members(proposal: Proposal) -> Iterator[Fault]:
    """Refuse what an operator alone decides."""
    if proposal.by.is_operator:
        return
    kind = proposal.kind
    usual = proposal.before or (Metadata() if kind is None else Metadata.of_kind(kind))
    for member in OPERATORS_MEMBERS:
        value = getattr(proposal.metadata, member)
        # A host that is lost was taken by ``settle``, and may be given up, too.
        if value != getattr(usual, member) and not (member in VOUCHED and not value):
            yield Fault(member, _("Only an operator of this server may set this."))


def check_hosts(proposal: Proposal) -> Iterator[Fault]:
    """Refuse URIs at hosts that are not for clients of this door. The person's own machine always is."""
    if proposal.by.is_operator:
        return
    policy = door_policy(proposal.by.door)
    for member, host in _new_hosts(proposal):
        if host not in LOOPBACK_HOSTS and not policy.allows_host(host):
            yield Fault(member, _("%(host)s: applications at this host are not registered here.") % {"host": host})


def check_reserved(proposal: Proposal) -> Iterator[Fault]:
    """Refuse names and hosts that look like reserved ones (Unicode Technical Standard #39 §4)."""
    if not proposal.by.is_operator:
        yield from find_look_alikes(proposal)


def find_look_alikes(proposal: Proposal) -> Iterator[Fault]:
    """Find new names and hosts that people would take for reserved ones; operators are warned of them."""
    reserved = reserved_names()
    if not reserved:
        return
    for member in NAMES:
        if member in proposal.changed and (like := looks_like(getattr(proposal.metadata, member), reserved)):
            yield Fault(member, _("People would read “%(name)s” in it, which is reserved.") % {"name": like})
    for member, host in _new_hosts(proposal):
        if like := host_looks_like(host, reserved):
            text = _("%(host)s: people would take it for “%(name)s”, which is reserved.")
            yield Fault(member, text % {"host": host, "name": like})


def _new_hosts(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Yield each host of a URI that was not registered before, with its member; apps' own schemes have none."""
    for member in LISTS:
        for uri in proposal.new_values(member):
            yield from ((member, host) for host in _host_of(uri))
    for member in ADDRESSES:
        if member in proposal.changed:
            yield from ((member, host) for host in _host_of(getattr(proposal.metadata, member)))


def _host_of(uri: str) -> list[str]:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return []
    return [parts.hostname] if parts.scheme in ("http", "https") and parts.hostname else []
