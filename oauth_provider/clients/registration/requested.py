"""Requested metadata (RFC 7591 §2): what a program asks to be registered as, and what this server makes of it.

Only what a client may say of itself is read; whatever an operator decides stays as it was.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import MEMBERS, Metadata
from oauth_provider.clients.registration.policy import DoorPolicy
from oauth_provider.protocol.client_metadata import (
    DEFAULT_METHOD,
    NATIVE,
    READERS,
    application_type,
    refusal,
    with_defaults,
)
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.origin import origin_of
from oauth_provider.protocol.registration import NO_AUTHENTICATION
from oauth_provider.protocol.response_type import CODE
from oauth_provider.protocol.scope import parse_scope
from oauth_provider.registry.grant import grant_types
from oauth_provider.registry.scope import all_scopes

# What a client says of itself, and reads again; nothing here follows from it.
OWN = (
    "application_type", "contacts", "default_acr_values", "initiate_login_uri", "logo_uri", "software_id",
    "software_statement", "software_version",
)  # fmt: skip
# What it says of itself that has a column. Operators alone let clients ask in full (RFC 9396 §10).
SAID = tuple(name for name in MEMBERS if name in READERS and name != "authorization_details_types")
SIGNED_FOR_IT = (
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "authorization_signed_response_alg",
)


@dataclass(frozen=True, slots=True)
class Requested:
    """Metadata that a client asked for, to be judged by the rules, and its ``own``, which is kept for it as it is."""

    metadata: Metadata
    own: Mapping[str, Any] = field(default_factory=dict)

    @property
    def logo_uri(self) -> str:
        """Return where its logo is, or "" (RFC 7591 §2)."""
        return str(self.own.get("logo_uri", ""))


@dataclass(frozen=True, slots=True)
class Offer:
    """Limits of what may be given: the scopes of ``policy`` and, of those, the ones in ``scopes`` (None: all).

    ``algorithms`` are those that this server signs with.
    """

    policy: DoorPolicy
    scopes: tuple[str, ...] | None
    algorithms: Collection[str]


def requested(members: Mapping[str, Any], offer: Offer, before: Metadata | None = None) -> Requested:
    """Return what ``members`` ask for, in place of all that the client said ``before`` (RFC 7592 §2.2).

    Raises ``InvalidClientMetadata`` and ``InvalidRedirectUri``.
    """
    own = {name: members[name] for name in OWN if name in members}
    own["application_type"] = application_type(members)
    chosen = with_defaults(members, grant_types())
    for member in SIGNED_FOR_IT:
        if chosen.get(member) and chosen[member] not in offer.algorithms:
            raise refusal(member, "this server does not sign with it.")
    is_public = chosen["token_endpoint_auth_method"] == NO_AUTHENTICATION
    said = {name: chosen[name] for name in SAID if name in chosen}
    said |= {"scope": _scope(chosen.get("scope"), offer, before), "response_types": chosen["response_types"] or (CODE,)}
    usual = Metadata()
    said["token_endpoint_auth_method"] = _method(chosen["token_endpoint_auth_method"], members, before)
    kept = usual if before is None else replace(before, **{name: getattr(usual, name) for name in SAID})
    metadata = replace(kept, **said, is_public=is_public)
    metadata = replace(metadata, allowed_origins=_origins(metadata, before), kind=_kind(metadata, own, before))
    return Requested(metadata, own)


def given_scopes(offer: Offer) -> tuple[str, ...] | None:
    """Return the scopes that clients get without review; None for every scope, those that are still to come, too."""
    policy = offer.policy
    if policy.scopes is None and not policy.review_scopes and offer.scopes is None:
        return None
    given = [one for one in all_scopes() if policy.gives(one)]
    return tuple(one for one in given if offer.scopes is None or one in offer.scopes)


def _scope(asked: str | None, offer: Offer, before: Metadata | None) -> tuple[str, ...] | None:
    """Return what is asked for, as far as it may be had: most clients ask for all that they find in our metadata.

    The answer says which scopes are left (RFC 7591 §3.2.1). One that there is not is refused by a rule.
    """
    given = given_scopes(offer)
    if asked is None:
        return given
    try:
        tokens = parse_scope(" ".join(asked.split()))
    except OAuthError as error:
        raise refusal("scope", error.description) from None
    had = (before.scope if before is not None else ()) or ()
    known = all_scopes()
    may_wait = [one for one in offer.policy.review_scopes if offer.scopes is None or one in offer.scopes]
    kept = tuple(
        one for one in tokens if given is None or one in given or one in had or one in may_wait or one not in known
    )
    if tokens and not kept:
        raise refusal("scope", "none of it is given here.")
    return kept


def _method(chosen: str, members: Mapping[str, Any], before: Metadata | None) -> str:
    """Return "" for whoever did not choose one: any with its secret, since some libraries send that in the body.

    It reads the default of RFC 7591 §2 in the answer, and may say it again in an update.
    """
    was_open = before is not None and not before.is_public and not before.token_endpoint_auth_method
    is_said = members.get("token_endpoint_auth_method") is not None
    return "" if chosen == DEFAULT_METHOD and (was_open or not is_said) else chosen


def _origins(metadata: Metadata, before: Metadata | None) -> tuple[str, ...]:
    """Return the origins whose scripts may read our answers: those of a public client's redirect URIs.

    What an operator added stays. A client that keeps a secret is called from no page.
    """
    followed = set(_of_redirects(before)) if before is not None and before.is_public else set()
    added: Iterable[str] = [one for one in before.allowed_origins if one not in followed] if before is not None else []
    return tuple(dict.fromkeys([*added, *(_of_redirects(metadata) if metadata.is_public else ())]))


def _of_redirects(metadata: Metadata) -> list[str]:
    return list(filter(None, map(origin_of, metadata.redirect_uris)))


def _kind(metadata: Metadata, own: Mapping[str, Any], before: Metadata | None) -> str:
    known = KINDS.get(before.kind) if before is not None else None
    if known is not None and known.fits(metadata.is_public, metadata.grant_types):
        return known.name
    is_native = own["application_type"] == NATIVE
    fitting = [kind.name for kind in KINDS.values() if kind.fits(metadata.is_public, metadata.grant_types)]
    return "native" if is_native and "native" in fitting else next(iter(fitting), "")
