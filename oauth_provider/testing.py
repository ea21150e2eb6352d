"""Clients for the tests of a project (RFC 7591 §2), registered as the admin registers them. Nothing of DRF is needed.

The test kit for guarded views is ``oauth_provider.rest_framework.testing``; of an API that stands alone,
``oauth_provider.resource_server.testing``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.new_client import register_with_secret
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.dot.names import Row

__all__ = ["CreatedClient", "create_client"]


@dataclass(frozen=True, slots=True)
class CreatedClient:
    """A client that was registered: DOT's row, its identifier, and its secret, which is empty for a public client."""

    application: Row
    client_id: str
    client_secret: str = field(default="", repr=False)


def create_client(
    kind: str = "web",
    name: str = "Test client",
    redirect_uris: str | Iterable[str] = (),
    scopes: str | Iterable[str] | None = None,
    **metadata: Any,
) -> CreatedClient:
    """Register a client of ``kind``: ``web``, ``browser``, ``native``, ``service``, ``mcp`` or ``api``.

    ``redirect_uris`` and ``scopes`` are lists, or texts divided by spaces; without ``scopes`` the client may ask for
    every scope. ``metadata`` are further members of ``Metadata``, such as ``access_token_lifetime=60``. The same rules
    hold as in the admin: raises ``MetadataRefused`` with the member that is wrong, and ``ValueError`` for another kind.

    >>> client = create_client("service", scopes="notes:read")
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind of client called {kind!r}: {', '.join(KINDS)}.")
    proposed = Metadata.of_kind(
        KINDS[kind],
        client_name=name,
        redirect_uris=_split(redirect_uris),
        scope=None if scopes is None and KINDS[kind].asks_for_scopes else _split(scopes or ()),
        **metadata,
    )
    client, secret = register_with_secret(proposed, By(Door.COMMAND), kind=KINDS[kind])
    return CreatedClient(client.application, client.client_id, secret)


def _split(values: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values.split() if isinstance(values, str) else values))
