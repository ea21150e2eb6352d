"""Requests that wait as rows (RFC 9126 §2.2): pushed, on their way through a login page, or before a person."""

from oauth_provider.authorization.request import AuthorizationRequest, Pairs, Source, from_pairs, known_pairs
from oauth_provider.models.stored_request import StoredRequest
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason


def to_stored(request: AuthorizationRequest) -> StoredRequest:
    """Return ``request`` for a row: its name where it has one, else its parameters and how it came to us."""
    if request.name:
        return StoredRequest(tuple(request.name))
    pairs = tuple(known_pairs(request))
    return StoredRequest(pairs, source=request.source.value, pushed=request.pushed, signed=request.signed)


def from_stored(stored: StoredRequest, *, name: Pairs = ()) -> AuthorizationRequest:
    """Return the request that ``to_stored`` was given, called ``name``. Raises ``InvalidRequest``."""
    try:
        source = Source(stored.source)
    except ValueError:
        detail = f"stored request: source {stored.source[:64]!r}"
        raise InvalidRequest(Reason.REQUEST_STORED_OTHERWISE, detail=detail) from None
    return from_pairs(stored.pairs, source=source, pushed=stored.pushed, name=tuple(name), signed=stored.signed)
