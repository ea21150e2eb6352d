"""The terms of a token (RFC 6749 §6, RFC 8707 §2.2, RFC 9396 §6): what is asked for, narrowed to what was granted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.models.lifetimes import Limits
from oauth_provider.protocol.access_token import JWT, OPAQUE
from oauth_provider.protocol.authorization_details import Detail, at_resources
from oauth_provider.protocol.bearer import BEARER
from oauth_provider.protocol.errors import InvalidGrant, InvalidTarget
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.resource_indicator import narrow
from oauth_provider.protocol.scope import downscope
from oauth_provider.registry.resource import find_audience, find_limits
from oauth_provider.registry.scope import Registry, registry
from oauth_provider.resource_server.proofs.key_binding import KeyBinding
from oauth_provider.tokens.authorization_details import check_served, details_of


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a token: scope tokens, the resources it is meant for (none: anywhere), and details.

    ``cnf`` is the key that it is bound to (RFC 7800 §3.1), ``act`` who acts for its subject (RFC 8693 §4.1).
    ``issued_token_type`` is for answers that say what they hold (RFC 8693 §2.2.1); empty: this one does not.
    """

    scope: tuple[str, ...]
    resources: tuple[str, ...] = ()
    lifetime: int | None = None  # the shortest of the resources', in seconds
    limits: tuple[Limits, ...] = ()  # what the client and every resource of the sign-in set to it
    format: str = (
        ""  # what it has to be, by whoever asks or else by the resources; empty: what the client's policy says
    )
    details: tuple[Detail, ...] = field(default=(), repr=False)
    cnf: Mapping[str, Any] | None = None
    act: Mapping[str, Any] | None = field(default=None, repr=False)
    token_type: str = BEARER
    issued_token_type: str = ""

    def bound_to(self, key: KeyBinding | None) -> "Terms":
        """Return these terms for a token that is bound to ``key``, if there is one (RFC 9449 §5)."""
        return self if key is None else replace(self, cnf=dict(key.cnf), token_type=key.token_type)

    def narrowed_from(
        self,
        authorization: Authorization,
        client: Client,
        withheld: frozenset[str] = frozenset(),
        known: Registry | None = None,
    ) -> "Terms":
        """These terms where they ask for part of what was granted, else all of it (RFC 6749 §6, RFC 8707 §2.2).

        What the client may not ask for any more is not granted any more, nor what is ``withheld``, which its user may
        not grant any more. A part that is asked for brings along what it implies of what was granted, and nothing that
        was not: the person was shown all of that. ``known`` is the registry of scopes, where it was read already.
        Raises ``InvalidScope``, ``InvalidTarget`` and ``InvalidAuthorizationDetails`` where more is asked for, and
        ``InvalidGrant`` where nothing is left.
        """
        agreed = tuple(authorization.scope.split())
        known = known or registry()
        allowed = known.allowed(client.policy)
        granted = tuple([scope for scope in agreed if scope in allowed and scope not in withheld])
        details = details_of(self.details, authorization, client)
        if (agreed or authorization.authorization_details) and not (granted or details):
            raise InvalidGrant(Reason.GRANT_NOT_ON_OFFER)
        resources = narrow(self.resources, tuple(authorization.resources))
        scope = downscope(self.scope, granted)
        if known.implies:
            scope = tuple(one for one in known.with_implied(scope) if one in granted)
        terms = replace(self, scope=scope, resources=resources, details=details)
        terms = replace(terms, cnf=self.cnf or authorization.cnf)
        terms = terms.within_resources(authorization, client.policy.limits)
        if self.details:
            check_served(details, terms.resources)
        return terms

    def within_resources(self, authorization: Authorization, *limits: Limits) -> "Terms":
        """These terms as far as the resources serve them, by their registered names (RFC 8707 §2.2).

        The resources' own limits are added to ``limits``. Raises ``InvalidTarget`` for one that is not registered; what
        DOT granted is left as it is.
        """
        if authorization.adopted_digest is not None:
            return replace(self, limits=(*limits, *find_limits(authorization.resources)))
        audience = find_audience(self.resources, granted=authorization.resources)
        scope = audience.served(self.scope)
        details = at_resources(self.details, audience.identifiers)
        if (self.scope or self.details) and not (scope or details):
            raise InvalidTarget(Reason.RESOURCE_WITHOUT_GRANT)
        kind = self.format or audience.format
        return replace(
            self,
            scope=scope,
            resources=audience.identifiers,
            lifetime=audience.lifetime,
            limits=(*limits, *audience.limits),
            format=kind,
            details=details,
        )

    def is_jwt(self, client: Client) -> bool:
        """Is the access token to be a JWT (RFC 9068)? Its resources decide, or else the client's policy."""
        return (self.format or client.policy.access_token_format) == JWT


def for_response(authorization: Authorization, client: Client) -> Terms:
    """Return the terms of the access token in an authorization response: all that was granted.

    It is never a JWT: what stands in a URL says nothing to whoever reads it there.
    """
    return Terms((), format=OPAQUE).narrowed_from(authorization, client)
