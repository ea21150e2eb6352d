"""Tokens bound to a key (RFC 7800 §3, RFC 9449 §7.1): who may use one, and in which authentication scheme.

``KEY_PROOFS`` says which confirmation methods are taken here. Where it names none, a bound token is worth nothing.
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
    """RFC 9449 §7.1, RFC 8705 §3: a token bound to a key is worth nothing without proof of the key."""
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
    """What proves the key that ``cnf`` names; None where that is not known here, or where there are several.

    RFC 7800 §3.1 has unknown members ignored. In a token for APIs one could be what its issuer relies on.
    """
    if not isinstance(cnf, Mapping) or len(cnf) != 1:
        return None
    return next((proof for proof in key_proofs() if proof.confirmation in cnf), None)


def schemes() -> tuple[str, ...]:
    """The authentication schemes that are taken here, ``Bearer`` first."""
    proofs = key_proofs()
    return tuple(dict.fromkeys((BEARER, *(proof.scheme for proof in proofs)))) if proofs else (BEARER,)


def challenge_of(scheme: str) -> dict[str, str]:
    """The parameters that ``scheme`` has of its own."""
    parameters: dict[str, str] = {}
    for proof in key_proofs():
        if proof.scheme == scheme:
            parameters |= proof.challenge()
    return parameters


def presented_scheme(authorization: str) -> str:
    """The scheme of an Authorization header, if that is taken here; else ``Bearer``."""
    return scheme_of(authorization, schemes()) or BEARER
