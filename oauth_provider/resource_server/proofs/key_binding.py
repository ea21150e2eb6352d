"""The key that a token request proves (RFC 9449 §5, RFC 8705 §3), and what proofs add to the answers of a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest, HttpResponseBase

from oauth_provider.resource_server.proofs.table import key_proofs

Response = TypeVar("Response", bound=HttpResponseBase)


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """The key that a token is bound to: ``cnf`` has one member (RFC 7800 §3.1); ``token_type`` is RFC 6749's."""

    cnf: Mapping[str, str]
    token_type: str


def find_binding(request: HttpRequest) -> KeyBinding | None:
    """Return the key that the first of ``KEY_PROOFS`` finds in ``request``; None where it proves none.

    Raises what a proof raises that is bad, an ``OAuthError``.
    """
    for proof in key_proofs():
        found = proof.find(request)
        if found is not None:
            return KeyBinding({proof.confirmation: found}, proof.scheme)
    return None


def proof_headers(request: HttpRequest) -> dict[str, str]:
    """Return what the proofs that are taken here add to any answer to ``request``."""
    return {name: value for proof in key_proofs() for name, value in proof.headers(request).items()}


def add_proof_headers(response: Response, request: HttpRequest) -> Response:
    """Return ``response`` with them."""
    for name, value in proof_headers(request).items():
        response.headers[name] = value
    return response
