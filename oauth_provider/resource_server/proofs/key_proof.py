"""Proofs of a key (RFC 7800 §3): the interface that DPoP (RFC 9449), mutual TLS (RFC 8705) and others plug into.

A token that is bound to a key says so in ``cnf``, whose one member is a confirmation method. For each method that
is to be taken here, ``OAUTH_RESOURCE_SERVER["KEY_PROOFS"]`` names a ``KeyProof``.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from oauth_provider.resource_server.presented import Presented
from oauth_provider.resource_server.token import AccessToken


class KeyProof(Protocol):
    """Contract of ``KEY_PROOFS``: a class, of which one instance serves the process, or an object."""

    confirmation: str
    """The member of ``cnf`` that this is about (IANA JWT Confirmation Methods): ``jkt``, ``x5t#S256``."""

    scheme: str
    """The authentication scheme that such a token is presented with: ``DPoP``, or ``Bearer``."""

    def check(self, token: AccessToken, presented: Presented) -> None:
        """Raise ``InvalidToken`` unless the request of ``presented`` proves the key in ``token.cnf``.

        The token is valid, is bound by this method only, and came with this scheme. A subclass of
        ``InvalidToken`` may have an error code of its own. Everything in the request is untrusted.
        """

    def challenge(self) -> Mapping[str, str]:
        """Return the parameters of the challenge of this scheme, such as ``algs``."""

    def metadata(self) -> Mapping[str, Any]:
        """Return the members of the protected resource metadata about this proof (RFC 9728 §2)."""
