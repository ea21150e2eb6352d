"""Table of the accepted key proofs (RFC 7800 §3), from ``OAUTH_RESOURCE_SERVER["KEY_PROOFS"]``."""

import re
from functools import cache
from typing import Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.proofs.key_proof import KeyProof

METHODS = ("find", "check", "headers", "challenge", "metadata")
SCHEME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2


def key_proofs() -> tuple[KeyProof, ...]:
    """Return the proofs that ``KEY_PROOFS`` names, in its order. Raises ``ImproperlyConfigured``."""
    paths = conf.key_proofs
    return load_proofs(paths) if paths else ()


@cache
def load_proofs(paths: tuple[str, ...]) -> tuple[KeyProof, ...]:
    """Return the proofs at the dotted ``paths``, each made once. Raise ``ImproperlyConfigured``."""
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
    missing = [name for name in METHODS if not callable(getattr(proof, name, None))]
    if missing:
        raise ImproperlyConfigured(f"The key proof {path!r} lacks {', '.join(missing)}.")
    return cast(KeyProof, proof)
