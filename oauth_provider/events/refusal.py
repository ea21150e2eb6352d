"""Refusals (RFC 6749 §5.2), each told once, where it is answered."""

from collections.abc import Iterator
from contextlib import contextmanager

from oauth_provider.events.emit import emit
from oauth_provider.events.event import RequestRefused
from oauth_provider.protocol.errors import OAuthError


def tell_refusal(error: OAuthError, *, path: str, address: str, client_id: str = "", reference: str = "") -> None:
    """Tell that a request to ``path`` from ``address`` was refused with ``error``.

    ``client_id`` is of the client that sent it; where it could not prove itself, ``error`` names it.
    """
    emit(
        RequestRefused(
            reason=error.reason.code,
            error=error.error,
            description=error.description,
            detail=error.detail,
            client_id=client_id or error.client_id,
            path=path,
            address=address,
            reference=reference,
        )
    )


@contextmanager
def naming_client(client_id: str) -> Iterator[None]:
    """Let every error from here say which client it is about, which is known and may not be who asks."""
    try:
        yield
    except OAuthError as error:
        error.client_id = client_id
        raise
