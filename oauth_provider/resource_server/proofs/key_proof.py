"""Proofs of a key (RFC 7800 §3): the interface that DPoP (RFC 9449), mutual TLS (RFC 8705) and others plug into.

A token that is bound to a key says so in ``cnf``, whose one member is a confirmation method. For each method that
is to be taken here, ``OAUTH_RESOURCE_SERVER["KEY_PROOFS"]`` names a ``KeyProof``: the token endpoint binds what it
issues to the key that the first of them finds, and an API takes a bound token from nobody without the key.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from django.http import HttpRequest

from oauth_provider.resource_server.presented import Presented
from oauth_provider.resource_server.token import AccessToken


class KeyProof(Protocol):
    """Contract of ``KEY_PROOFS``: a class, of which one instance serves the process, or an object.

    A class that derives from this one has ``find``, ``headers``, ``challenge`` and ``metadata`` of a method that finds
    nothing, and says nothing.
    """

    confirmation: str
    """The member of ``cnf`` that this is about (IANA JWT Confirmation Methods): ``jkt``, ``x5t#S256``."""

    scheme: str
    """The authentication scheme that such a token is presented with: ``DPoP``, or ``Bearer``. Its ``token_type``."""

    def find(self, request: HttpRequest) -> str | None:
        """Return the value of ``confirmation`` for the key that a token request proves (RFC 9449 §5, RFC 8705 §3).

        None where it proves none. The client is authenticated, and this is called once for a request, so it may consume
        what serves once. Raises an ``OAuthError`` for a proof that is bad.
        """
        return None

    def check(self, token: AccessToken, presented: Presented) -> None:
        """Raise ``InvalidToken`` unless the request of ``presented`` proves the key in ``token.cnf``.

        The token is valid, is bound by this method only, and came with this scheme. A subclass of
        ``InvalidToken`` may have an error code of its own. Everything in the request is untrusted.
        """

    def headers(self, request: HttpRequest) -> Mapping[str, str]:
        """Return headers for the answer to ``request``, be it good or bad: a fresh nonce (RFC 9449 §8.2)."""
        return {}

    def challenge(self) -> Mapping[str, str]:
        """Return the parameters of the challenge of this scheme, such as ``algs``."""
        return {}

    def metadata(self) -> Mapping[str, Any]:
        """Return members for the metadata of APIs (RFC 9728 §2) and of the provider (RFC 8414 §2)."""
        return {}
