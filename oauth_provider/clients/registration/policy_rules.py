"""Rules of what a client may do (RFC 7591 §2): names that are known, parts that fit together, limits that hold."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from oauth_provider.clients.authentication.table import methods
from oauth_provider.clients.registration.metadata import OF_POLICY
from oauth_provider.clients.registration.proposal import Fault, Proposal
from oauth_provider.clients.registration.words import explain
from oauth_provider.conf import provider_settings
from oauth_provider.models.validation import check_unsealed_name
from oauth_provider.protocol.registration import Contradiction, Registration, find_contradictions
from oauth_provider.protocol.response_type import CODE
from oauth_provider.protocol.strict_json import is_storable
from oauth_provider.registry.authorization_details import all_types
from oauth_provider.registry.grant import grant_types
from oauth_provider.registry.grant_context import grant_contexts
from oauth_provider.registry.scope import all_scopes

PLACES = {
    Contradiction.NO_REDIRECT_URI: "redirect_uris",
    Contradiction.PUBLIC_CLIENT_CREDENTIALS: "grant_types",
    Contradiction.PUBLIC_SECRET: "token_endpoint_auth_method",
    Contradiction.CONFIDENTIAL_NONE: "token_endpoint_auth_method",
    Contradiction.PUBLIC_INTROSPECTION: "may_introspect",
    Contradiction.PUBLIC_WITHOUT_ROTATION: "rotate_refresh_tokens",
    Contradiction.PUBLIC_WITHOUT_PKCE: "pkce_excused_until",
}
# What contradictions are looked for in.
REGISTERED = frozenset({"is_public", "redirect_uris", *PLACES.values()})
LIFETIMES = {
    "access_token_lifetime": "ACCESS_TOKEN_LIFETIME",
    "authorization_idle_lifetime": "AUTHORIZATION_IDLE_LIFETIME",
    "authorization_lifetime": "AUTHORIZATION_LIFETIME",
}
# Who needs longer has to look at it again.
MAX_EXCUSE = timedelta(days=366)


def check_name(proposal: Proposal) -> Iterator[Fault]:
    """Refuse a new name that people would read in another order than it is stored in, or that vouches for itself."""
    if "client_name" in proposal.changed:
        try:
            check_unsealed_name(proposal.metadata.client_name)
        except ValidationError as error:
            yield Fault("client_name", error.messages[0])


def check_vouching(proposal: Proposal) -> Iterator[Fault]:
    """Refuse a verified publisher without a host, or a host without a publisher: people are told both."""
    if not {"publisher", "verified_host"} & proposal.changed:
        return
    if proposal.metadata.verified_host and not proposal.metadata.publisher.strip():
        yield Fault("publisher", _("Name the publisher, too: people are told whose host it is."))
    if proposal.metadata.publisher and not proposal.metadata.verified_host:
        yield Fault(
            "verified_host", _("Name the publisher's host, too: people can recognise it, and a name is free to choose.")
        )


def check_known(proposal: Proposal) -> Iterator[Fault]:
    """Find new names that nothing here has. Those that the client had before stay, so that none is lost in silence."""
    known: dict[str, Collection[str]] = {
        "grant_types": grant_types(),
        "response_types": (CODE, *provider_settings.LEGACY_RESPONSE_TYPES),
        "authorization_details_types": all_types(),
        "scope": all_scopes(),
    }
    for member, names in known.items():
        for name in proposal.new_values(member):
            if name not in names:
                yield Fault(member, _("%(name)s: there is no such one.") % {"name": name})
    method = proposal.metadata.token_endpoint_auth_method
    if "token_endpoint_auth_method" in proposal.changed and method and method not in methods():
        yield Fault("token_endpoint_auth_method", _("%(name)s: there is no such one.") % {"name": method})


def check_kind(proposal: Proposal) -> Iterator[Fault]:
    """Refuse a client without a name, or without scopes if its kind asks for tokens; and an excuse from PKCE."""
    if proposal.kind is None:
        return
    if not proposal.metadata.client_name.strip():
        yield Fault("client_name", _("Give it a name: people read it when they are asked for consent."))
    if proposal.kind.asks_for_scopes and proposal.metadata.scope == () and not proposal.metadata.requested_scope:
        yield Fault("scope", _("Choose at least one scope, or every scope."))
    if proposal.kind.requires_pkce and proposal.metadata.pkce_excused_until is not None:
        yield Fault("pkce_excused_until", _("A client of this type is not excused from PKCE."))


def check_lifetimes(proposal: Proposal) -> Iterator[Fault]:
    """Refuse lifetimes that are longer than the server's."""
    for member, setting in LIFETIMES.items():
        lifetime, longest = getattr(proposal.metadata, member), getattr(provider_settings, setting)
        if member in proposal.changed and None not in (lifetime, longest) and lifetime > longest:
            text = _("It can only shorten: %(setting)s is %(longest)d seconds.")
            yield Fault(member, text % {"setting": setting, "longest": longest})


def check_excuse(proposal: Proposal) -> Iterator[Fault]:
    """Refuse an excuse from PKCE whose end is past, or not near (OAuth 2.1 §7.5.1)."""
    until: date | None = proposal.metadata.pkce_excused_until
    today = timezone.now().date()
    if "pkce_excused_until" not in proposal.changed or until is None or today <= until <= today + MAX_EXCUSE:
        return
    if until < today:
        yield Fault("pkce_excused_until", _("This day is over. Empty the field to end the excuse."))
    else:
        yield Fault("pkce_excused_until", _("At most a year from now: an excuse is looked at again."))


def check_context(proposal: Proposal) -> Iterator[Fault]:
    """Refuse a new context that is closed to the client: none of its own tokens would be good."""
    key = proposal.metadata.context
    if not key or "context" not in proposal.changed:
        return
    if not is_storable(key) or not grant_contexts().is_open(None, proposal.application.client_id, key):
        yield Fault("context", _("This client may act in no such context."))


def check_columns(proposal: Proposal) -> Iterator[Fault]:
    """Find changed values that the columns of the policy do not take."""
    # Lists are judged name by name, and an empty one is right: who only introspects has no grant.
    lists = {name for name in OF_POLICY if isinstance(getattr(proposal.metadata, name), tuple)}
    unchanged = [column for name, column in OF_POLICY.items() if name not in proposal.changed - lists]
    try:
        proposal.policy.clean_fields(exclude=["application", *unchanged])
    except ValidationError as error:
        for column, errors in error.error_dict.items():
            for one in errors:
                yield from (Fault(column, text) for text in one.messages)


def check_contradictions(proposal: Proposal) -> Iterator[Fault]:
    """Find parts that cannot be meant together, and tell it where it is mended."""
    if not REGISTERED & proposal.changed:
        return
    metadata = proposal.metadata
    registration = Registration(
        is_public=metadata.is_public,
        grant_types=metadata.grant_types,
        redirect_uris=metadata.redirect_uris,
        token_endpoint_auth_method=metadata.token_endpoint_auth_method,
        may_introspect=metadata.may_introspect,
        rotate_refresh_tokens=metadata.rotate_refresh_tokens,
        is_excused_from_pkce=metadata.pkce_excused_until is not None,
    )
    for contradiction in find_contradictions(registration):
        yield Fault(PLACES[contradiction], explain(contradiction))
