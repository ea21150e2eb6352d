"""Tokens bound to a key (RFC 7800 §3, RFC 9449 §7.1): the check of the proof, and the authentication schemes.

``KEY_PROOFS`` names the confirmation methods that are accepted. Without it a bound token is refused.
"""

from collections.abc import Mapping
from typing import Any

from oauth_provider.protocol.bearer import BEARER, scheme_of
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.presented import Presented
from oauth_provider.resource_server.proofs.key_proof import KeyProof
from oauth_provider.resource_server.proofs.table import key_proofs
from oauth_provider.resource_server.token import AccessToken


def check_key(token: AccessToken, presented: Presented) -> None:
    """Raise ``InvalidToken`` for a token bound to a key that the caller does not prove (RFC 9449 §7.1, RFC 8705 §3)."""
    if token.cnf is None:
        if presented.scheme != BEARER:
            raise InvalidToken(Reason.TOKEN_NOT_BOUND)
        return
    proof = proof_for(token.cnf)
    if proof is None or proof.scheme != presented.scheme:
        used = "a bearer token" if presented.scheme == BEARER else f"a {presented.scheme} token"
        raise InvalidToken(Reason.TOKEN_BOUND_OTHERWISE, used=used)
    proof.check(token, presented)


def proof_for(cnf: Any) -> KeyProof | None:
    """Return the proof for the key in ``cnf``, or None for an unknown method or several methods.

    RFC 7800 §3.1 has unknown members ignored. In a token for APIs its issuer may rely on such a member.
    """
    if not isinstance(cnf, Mapping) or len(cnf) != 1:
        return None
    return next((proof for proof in key_proofs() if proof.confirmation in cnf), None)


def token_type_of(cnf: Any) -> str:
    """The ``token_type`` of a token that is bound so (RFC 9449 §5); ``Bearer`` for one that is not bound."""
    proof = proof_for(cnf) if cnf else None
    return BEARER if proof is None else proof.scheme


def schemes() -> tuple[str, ...]:
    """Return the authentication schemes that are accepted, ``Bearer`` first."""
    proofs = key_proofs()
    return tuple(dict.fromkeys((BEARER, *(proof.scheme for proof in proofs)))) if proofs else (BEARER,)


def challenge_of(scheme: str) -> dict[str, str]:
    """Return the challenge parameters that belong to ``scheme`` alone."""
    parameters: dict[str, str] = {}
    for proof in key_proofs():
        if proof.scheme == scheme:
            parameters |= proof.challenge()
    return parameters


def presented_scheme(authorization: str) -> str:
    """Return the scheme of an Authorization header if it is accepted, else ``Bearer``."""
    return scheme_of(authorization, schemes()) or BEARER
