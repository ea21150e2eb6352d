"""Checks of ``REGISTRATION`` (RFC 7591 §5): a misspelt member would silently leave a door as it is by default."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError
from limits import parse

from oauth_provider.checks.missing_scopes import missing_scopes
from oauth_provider.checks.registration import register
from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import MEMBERS as METADATA
from oauth_provider.clients.registration.policy import (
    EVERYBODY,
    MEMBERS,
    PUBLIC_DOORS,
    RESERVED_NAMES,
    SIGNED_IN,
    door_policy,
)
from oauth_provider.conf import provider_settings
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.address import is_network
from oauth_provider.protocol.host import is_host
from oauth_provider.protocol.spelling import with_guess
from oauth_provider.registry.who import why_no_rule

SETTING = 'OAUTH_PROVIDER["REGISTRATION"]'
# Names of doors, beside which stands one list.
NAMES = (*(door.upper() for door in PUBLIC_DOORS), RESERVED_NAMES)
STATUSES = tuple(status for status in ClientPolicy.Status.values if status != ClientPolicy.Status.SUSPENDED)


@register()
def check_registration(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E140: a door has a member that there is not, or one that cannot be used."""
    return [Error(message, hint=hint, id="oauth_provider.E140") for message, hint in _faults()]


@register()
def check_strangers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W141: anybody may register services, which act without a person's consent, with every scope there is."""
    return [
        Warning(
            f"Anybody who comes through {SETTING}[{door.upper()!r}] may register a service with every scope.",
            hint='No person is asked what a service may do. Name its scopes in "SCOPES", or take it out of "KINDS".',
            id="oauth_provider.W141",
        )
        for door in PUBLIC_DOORS
        if not list(_faults())
        and (policy := door_policy(door)).is_open
        and policy.scopes is None
        and any("client_credentials" in KINDS[kind].grant_types for kind in policy.kinds)
        and policy.status in (ClientPolicy.Status.APPROVED, ClientPolicy.Status.UNAPPROVED)
    ]


def _faults() -> Iterator[tuple[str, str]]:
    given = provider_settings.REGISTRATION
    for name, members in given.items():
        if name not in NAMES:
            yield f"{SETTING} has no door {name!r}.", with_guess(str(name), NAMES, f"There are {', '.join(NAMES)}.")
        elif name == RESERVED_NAMES:
            if not _are_texts(members):
                yield f"{SETTING}[{name!r}] is no list of texts.", "Write each name, or host, as a text of its own."
        elif not isinstance(members, Mapping):
            yield f"{SETTING}[{name!r}] is no dictionary.", 'Write {"IS_OPEN": True} to open it.'
        else:
            yield from _faults_of_door(name, members)


def _faults_of_door(door: str, members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in members.items():
        if name not in MEMBERS:
            yield (
                f"{SETTING}[{door!r}] has no member {name!r}.",
                with_guess(str(name), MEMBERS, f"The members are {', '.join(MEMBERS)}."),
            )
        elif why := RULES[MEMBERS[name]](value):
            yield f"{SETTING}[{door!r}][{name!r}] is {value!r}: {why}.", "Correct it, or leave it out for its default."


def _are_texts(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(isinstance(one, str) and one for one in value)


def _why_nobody(value: Any) -> str:
    if callable(value) or value in (EVERYBODY, SIGNED_IN):
        return ""
    if not (isinstance(value, str) or _are_texts(value)):
        return f"it is neither {EVERYBODY!r} nor {SIGNED_IN!r}, nor a rule, a list of rules or a function"
    rules = (value,) if isinstance(value, str) else value
    return next((f"{rule!r}: {why}" for rule in rules if (why := why_no_rule(rule))), "")


def _why_none_of(names: Callable[[], Any]) -> Callable[[Any], str]:
    def why(value: Any) -> str:
        if not _are_texts(value):
            return "it is no list of texts"
        try:
            known = names()
        except DatabaseError:  # not migrated yet, so that nobody knows the scopes in it
            return ""
        return next((f"there is no {one!r}" for one in value if one not in known), "")

    return why


def _why_no_scopes(value: Any) -> str:
    """Say what is wrong; which scopes the database has cannot be known before there is one."""
    if not _are_texts(value):
        return "it is no list of texts"
    unknown = sorted(missing_scopes(value))
    return f"there is no {unknown[0]!r}" if unknown else ""


def _why_no_shared_addresses(value: Any) -> str:
    if not isinstance(value, Mapping):
        return "it is no dictionary of networks, each with its limit"
    for network, rate in value.items():
        if not is_network(network):
            return f"{network!r} is no network as in '198.51.100.0/24'"
        if not rate or (why := _why_no_rate(rate)):
            return f"{network!r}: {why if rate else 'it has no limit'}"
    return ""


def _why_no_switch(value: Any) -> str:
    return "" if isinstance(value, bool) else "it is neither True nor False"


def _why_no_hosts(value: Any) -> str:
    if not _are_texts(value):
        return "it is no list of texts"
    wrong = (one for one in value if not is_host(one) or one != one.lower())
    return next((f"{one!r} is no host in lower case, without port and path" for one in wrong), "")


def _why_no_number(value: Any) -> str:
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return "" if value is None or is_number else "it is neither None nor a whole number from 1"


def _why_no_rate(value: Any) -> str:
    try:
        _ = parse(value) if value != "" else None
    except (ValueError, TypeError):
        return 'it is no rate as in "20/hour"'
    return ""


def _why_no_status(value: Any) -> str:
    return "" if value in STATUSES else f"it is none of {', '.join(STATUSES)}"


RULES: Mapping[str, Callable[[Any], str]] = {
    "is_open": _why_no_switch,
    "who": _why_nobody,
    "kinds": _why_none_of(lambda: KINDS),
    "scopes": lambda value: "" if value is None else _why_no_scopes(value),
    "review_scopes": _why_no_scopes,
    "review_members": _why_none_of(lambda: METADATA),
    "status": _why_no_status,
    "allowed_hosts": _why_no_hosts,
    "refused_hosts": _why_no_hosts,
    "per_person": _why_no_number,
    "per_address": _why_no_rate,
    "total": _why_no_number,
    "needs_token": _why_no_switch,
    "needs_statement": _why_no_switch,
    "shared_addresses": _why_no_shared_addresses,
}
