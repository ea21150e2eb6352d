"""The policy of registration (RFC 7591 §5): through which door who may register which clients, and what those get.

``OAUTH_PROVIDER["REGISTRATION"]`` is read here and nowhere else, at each use.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from oauth_provider.conf import provider_settings
from oauth_provider.models import client_registration
from oauth_provider.models.client import ClientPolicy
from oauth_provider.protocol.look_alike import is_host_below
from oauth_provider.registry.who import is_one_of

EVERYBODY, SIGNED_IN = "everybody", "signed-in"
RESERVED_NAMES = "RESERVED_NAMES"


class Door(StrEnum):
    """The ways in which a client comes to be registered."""

    ADMIN = "admin"
    COMMAND = "command"
    QUICKSTART = "quickstart"
    PORTAL = client_registration.PORTAL
    ENDPOINT = "endpoint"  # dynamic client registration (RFC 7591)
    DOCUMENT = client_registration.DOCUMENT  # client ID metadata documents

    @property
    def is_operators(self) -> bool:
        """Does whoever comes through here run the server, and so may do anything?"""
        return self in OPERATORS


OPERATORS = frozenset({Door.ADMIN, Door.COMMAND, Door.QUICKSTART})
PUBLIC_DOORS = tuple(door for door in Door if not door.is_operators)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPolicy:
    """The rules of one door. An empty list of hosts is any host, and a quota that is None or empty has no end.

    ``who`` is ``"everybody"``, ``"signed-in"``, rules of ``registry.who`` (any of them suffices), or a function that
    takes the ``By``. ``scopes`` are given at once, None is every scope; ``review_scopes`` wait until an operator gives
    them. A change of one of ``review_members`` undoes an approval. ``per_address`` is in the notation of ``limits``;
    ``shared_addresses`` has networks that many people come from, as a vendor's servers are, each with its own limit.
    ``needs_token`` and ``needs_statement`` are for the endpoint: an initial access token, a software statement.
    """

    is_open: bool = True
    who: str | tuple[str, ...] | Callable[[Any], bool] = EVERYBODY
    kinds: tuple[str, ...] = ("web", "browser", "native", "mcp")
    scopes: tuple[str, ...] | None = None
    review_scopes: tuple[str, ...] = ()
    review_members: tuple[str, ...] = (
        "client_name", "redirect_uris", "logo", "client_uri", "policy_uri", "tos_uri", "is_public", "grant_types",
    )  # fmt: skip
    status: str = ClientPolicy.Status.UNAPPROVED
    allowed_hosts: tuple[str, ...] = ()
    refused_hosts: tuple[str, ...] = ()
    per_person: int | None = None
    per_address: str = ""
    total: int | None = None
    needs_token: bool = False
    needs_statement: bool = False
    shared_addresses: Mapping[str, str] = field(default_factory=dict)

    def lets_in(self, user: Any, by: Any) -> bool:
        """May ``user`` (None: nobody is signed in) come through, who is the person in ``by``?"""
        if not self.is_open:
            return False
        if callable(self.who):
            return bool(self.who(by))
        if self.who == EVERYBODY:
            return True
        if self.who == SIGNED_IN:
            return user is not None
        return is_one_of(user, (self.who,) if isinstance(self.who, str) else self.who, by)

    def gives(self, scope: str) -> bool:
        """Does a client get ``scope`` without anybody's review?"""
        return scope not in self.review_scopes and (self.scopes is None or scope in self.scopes)

    def allows_host(self, host: str) -> bool:
        """May a client's URIs be at ``host``? A host that is listed stands for those below it, too."""
        host = host.lower().rstrip(".")
        if any(is_host_below(host, one.rstrip(".")) for one in self.refused_hosts):
            return False
        return not self.allowed_hosts or any(is_host_below(host, one) for one in self.allowed_hosts)

    @property
    def status_after_review(self) -> str:
        """The status that an approved client falls back to when something is changed that was approved.

        Where new clients work for everybody it goes on, unapproved; where they do not it waits for an operator.
        """
        status = ClientPolicy.Status
        return status.UNAPPROVED if self.status in (status.UNAPPROVED, status.APPROVED) else status.PENDING


# The portal is for people who build something, and an operator looks at it. Programs come unknown, and stay marked.
DEFAULTS: Mapping[Door, DoorPolicy] = {
    **{
        door: DoorPolicy(
            kinds=("web", "browser", "native", "service", "mcp", "api"), status=ClientPolicy.Status.APPROVED
        )
        for door in OPERATORS
    },
    Door.PORTAL: DoorPolicy(is_open=False, who=SIGNED_IN, status=ClientPolicy.Status.DRAFT, per_person=20),
    Door.ENDPOINT: DoorPolicy(is_open=False, per_address="20/hour", total=10_000),
    Door.DOCUMENT: DoorPolicy(is_open=False, per_address="60/hour", total=10_000),
}
MEMBERS = {member.name.upper(): member.name for member in fields(DoorPolicy)}


def door_policy(door: Door) -> DoorPolicy:
    """Return the policy of ``door``: what the settings say of it, and its defaults. A check finds what is misspelt."""
    given = provider_settings.REGISTRATION.get(door.upper(), {})
    if door.is_operators or not given:
        return DEFAULTS[door]
    written = {MEMBERS[name]: _as_member(value) for name, value in given.items() if name in MEMBERS}
    default = DEFAULTS[door]
    return DoorPolicy(**{name: getattr(default, name) for name in MEMBERS.values()} | written)


def reserved_names() -> tuple[str, ...]:
    """Return the names and hosts that no client may look as if it had, the server's own host among them."""
    own = provider_settings.ISSUER.partition("://")[2].partition("/")[0].rpartition("@")[2]
    host = own.partition(":")[0]
    named = tuple(provider_settings.REGISTRATION.get(RESERVED_NAMES, ()))
    return (*named, host) if "." in host and host not in named and not host.replace(".", "").isdigit() else named


def _as_member(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | set | frozenset) else value
