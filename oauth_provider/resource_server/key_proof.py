"""Proofs of a key (RFC 7800 §3): the interface that DPoP (RFC 9449), mutual TLS (RFC 8705) and others plug into.

A token that is bound to a key says so in ``cnf``, whose one member is a confirmation method. For each method that
is to be taken here, ``OAUTH_RESOURCE_SERVER["KEY_PROOFS"]`` names a ``KeyProof``.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, cast

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from oauth_provider.resource_server.presented import Presented
from oauth_provider.resource_server.token import AccessToken

SCHEME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2


class KeyProof(Protocol):
    """The contract of ``KEY_PROOFS``: a class, of which one instance serves the process, or an object."""

    confirmation: str
    """The member of ``cnf`` that this is about (IANA JWT Confirmation Methods): ``jkt``, ``x5t#S256``."""

    scheme: str
    """The authentication scheme that such a token is presented with: ``DPoP``, or ``Bearer``."""

    def check(self, token: AccessToken, presented: Presented) -> None:
        """Is the request of ``presented`` proof of the key in ``token.cnf``?

        The token is good, is bound by this method alone, and came with this scheme. Raises ``InvalidToken``, or a
        subclass of it with an error code of its own. What comes from the request is untrusted.
        """

    def challenge(self) -> Mapping[str, str]:
        """Parameters of the challenge that asks for this scheme, such as ``algs``."""

    def metadata(self) -> Mapping[str, Any]:
        """Members of the protected resource metadata that tell of it (RFC 9728 §2)."""


@cache
def load_proofs(paths: tuple[str, ...]) -> tuple[KeyProof, ...]:
    """What the dotted ``paths`` name, each made once. Raises ``ImproperlyConfigured``."""
    proofs = [_load_proof(path) for path in paths]
    methods = [proof.confirmation for proof in proofs]
    if len(set(methods)) != len(methods):
        raise ImproperlyConfigured(f"Several key proofs are about the same: {', '.join(methods)}.")
    return tuple(proofs)


def _load_proof(path: str) -> KeyProof:
    try:
        proof: Any = import_string(path)
        proof = proof() if isinstance(proof, type) else proof
    except Exception as error:  # a class of the project's own may raise anything
        raise ImproperlyConfigured(f"The key proof {path!r} cannot be made: {error}") from error
    named = [getattr(proof, name, None) for name in ("confirmation", "scheme")]
    if not all(isinstance(name, str) and SCHEME.fullmatch(name) for name in named):
        raise ImproperlyConfigured(f"The key proof {path!r} names no confirmation method or no scheme.")
    if not all(callable(getattr(proof, name, None)) for name in ("check", "challenge", "metadata")):
        raise ImproperlyConfigured(f"The key proof {path!r} lacks check, challenge or metadata.")
    return cast(KeyProof, proof)
