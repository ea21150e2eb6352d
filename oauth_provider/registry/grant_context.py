"""Contexts: the organisations, workspaces or accounts that people let an application act in.

A project that has such subclasses ``GrantContexts`` and names it in ``GRANT_CONTEXTS``. There is no standard for them;
what an API is told is a claim of the project's choosing (RFC 9068 §2.2, RFC 7662 §2.2).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from oauth_provider.conf import provider_settings
from oauth_provider.protocol.access_token import NAMES
from oauth_provider.protocol.strict_json import is_storable

MAX_LENGTH = 200
# Names that a token or an answer of introspection says something else by.
RESERVED = NAMES | {
    "active",
    "at_hash",
    "azp",
    "c_hash",
    "events",
    "nbf",
    "nonce",
    "s_hash",
    "sid",
    "token_type",
    "token_use",
    "typ",
    "username",
}


@dataclass(frozen=True, slots=True)
class GrantContext:
    """A context that a person may grant in.

    ``key`` is what tokens say and rows hold, so it has to stay, and to be never another's; ``name`` is for people.
    """

    key: str
    name: str | Promise

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a key that no row can hold."""
        if not (isinstance(self.key, str) and 0 < len(self.key) <= MAX_LENGTH and is_storable(self.key)):
            raise ValueError(f"The key of a context is a text of 1 to {MAX_LENGTH} characters, and not {self.key!r}.")


class GrantContexts:
    """The contexts of a project's people and clients. This one has none: all act for themselves alone."""

    #: The claim in JWTs and ID tokens, and the member of introspection, that holds the key.
    claim: str = "context"
    #: Is a context asked about at every call of an API in this project, not only at introspection and refresh?
    check_every_call: bool = False

    def contexts_of(self, user: Any, client_id: str) -> Sequence[GrantContext]:
        """Return the contexts in which ``user`` may let this client act, in the order in which they are shown.

        Where there are none, the person acts for themselves.
        """
        return ()

    def is_open(self, user: Any, client_id: str, key: str) -> bool:
        """May this client still act for ``user`` in the context ``key``?

        ``user`` is None where a client acts for itself, in the context that an operator gave it.
        """
        return user is None or any(one.key == key for one in self.contexts_of(user, client_id))


def grant_contexts() -> GrantContexts:
    """Return the object that ``GRANT_CONTEXTS`` names. Raises ``ImportError`` and ``TypeError`` where it cannot."""
    path = provider_settings.GRANT_CONTEXTS
    made = import_string(path)() if path else _NONE
    if not isinstance(made, GrantContexts):
        raise TypeError(f"{path} is no subclass of GrantContexts.")
    if not isinstance(made.claim, str) or not made.claim or made.claim in RESERVED:
        raise TypeError(f"{path} has a claim {made.claim!r}, which is no name that is free.")
    return made


def distinct(contexts: Iterable[GrantContext]) -> tuple[GrantContext, ...]:
    """Return ``contexts``, the first of those with one key. Raises ``TypeError`` for anything else among them."""
    found: dict[str, GrantContext] = {}
    for one in contexts:
        if not isinstance(one, GrantContext):
            raise TypeError(f"{one!r} is no GrantContext.")
        found.setdefault(one.key, one)
    return tuple(found.values())


_NONE = GrantContexts()
