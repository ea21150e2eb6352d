"""Leeway (RFC 6749 §3.3): what of a request a person may leave out, and what only reads in the place of the rest."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oauth_provider.authorization.question import Asked
from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.models.client import Client
from oauth_provider.registry.scope import Registry, registry
from oauth_provider.tokens.scope_rules import withheld_from


def with_leeway(asked: Asked, request: AuthorizationRequest, client: Client, user: Any) -> Asked:
    """Return ``asked`` of ``user`` with the scopes that no yes goes without, and those that only read.

    So far only those are required without which ``request`` could not be answered.
    """
    known = registry()
    return replace(
        asked,
        required=_required(asked, request, client, known),
        twins=_twins(asked, client, user, known),
    )


def _required(asked: Asked, request: AuthorizationRequest, client: Client, known: Registry) -> frozenset[str]:
    """The registry says what people may leave out. The client's policy and the request may add to it, and take nothing
    away; nor may anybody leave out what comes with a scope that is required."""
    optional = {one for one in asked.scope if one in known.entries and known.entries[one].optional}
    optional.update(client.policy.optional_scope.split(), request.optional_scope.split())
    required = tuple(one for one in asked.scope if one in asked.required or one not in optional)
    return frozenset(known.with_implied(required)).intersection(asked.scope)


def _twins(asked: Asked, client: Client, user: Any, known: Registry) -> Mapping[str, tuple[str, ...]]:
    """For each scope that can do harm, by itself or by what it implies, those that only read. Empty where one of them
    has none that the client may have, that the person may grant, and that is of use where it is asked for; and beside
    details, of which nobody says that they only read."""
    if asked.details:
        return {}
    risky = [one for one in asked.scope if known.may_harm(one)]
    twins = {one: known.with_implied((known.entries[one].read_twin,)) for one in risky}
    reading = tuple({one for instead in twins.values() for one in instead})
    is_offered = (
        set(reading) <= set(known.allowed(client.policy))
        and not any(map(known.may_harm, reading))
        and asked.audience.served(reading) == reading
        and not withheld_from(user, reading, known)
    )
    return twins if is_offered else {}
