"""Compact JWS (RFC 7515 §5 and §7.1, RFC 8725 §3): signed, and verified strictly against given keys.

A key is only ever one that the caller handed in: ``jwk``, ``jku``, ``x5u`` and ``x5c`` are never looked at.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol.jose import ALGORITHMS, JoseError, Key, decode, encode
from oauth_provider.protocol.strict_json import dump, parse_object

MAX_LENGTH = 65_536


class UnknownKey(JoseError):
    """No key that was handed in has the ``kid`` of the token: it may be worth it to fetch them again."""


@dataclass(frozen=True, slots=True)
class Jws:
    """A compact JWS taken apart; nothing in it is proven yet."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any] = field(repr=False)
    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def sign(claims: Mapping[str, Any], key: Key, *, typ: str = "JWT") -> str:
    """``claims`` as a compact JWS by ``key``, whose ``alg`` and ``kid`` its header names.

    Raises ``JoseError``, also for claims that are no JSON.
    """
    header = {"alg": key.alg, "kid": key.kid, "typ": typ}
    message = f"{_encode_json(header)}.{_encode_json(claims)}".encode()
    return f"{message.decode()}.{encode(key.sign(message))}"


def verify(token: str, keys: Iterable[Key], *, algorithms: Collection[str], typ: str = "") -> Jws:
    """The JWS that ``token`` is, proven by one of ``keys`` with one of ``algorithms``.

    ``typ`` is asked for where it is given (RFC 8725 §3.11). Raises ``JoseError``; ``UnknownKey`` where no key
    has its ``kid``.
    """
    jws = parse(token)
    alg = jws.header["alg"]
    if alg not in ALGORITHMS or alg not in algorithms:
        raise JoseError("The algorithm is not accepted.")
    if typ and str(jws.header.get("typ", "")).lower().removeprefix("application/") != typ.lower():
        raise JoseError("The token is of another type.")
    if not any(key.verifies(jws.message, jws.signature) for key in _candidates(jws, keys)):
        raise JoseError("The signature is wrong.")
    return jws


def parse(token: str) -> Jws:
    """``token`` taken apart, unproven. Raises ``JoseError`` for what is no plain compact JWS of JSON objects."""
    if not isinstance(token, str) or len(token) > MAX_LENGTH:
        raise JoseError("The token is too long.")
    parts = token.split(".")
    if len(parts) != 3:
        raise JoseError("The token is no compact JWS.")
    header, claims, signature = (decode(part) for part in parts)
    try:
        members = parse_object(header.decode()), parse_object(claims.decode())
    except ValueError as error:
        raise JoseError(f"The token is malformed: {error}") from None
    _check_header(members[0])
    return Jws(*members, ".".join(parts[:2]).encode(), signature)


def _candidates(jws: Jws, keys: Iterable[Key]) -> list[Key]:
    kid = jws.header.get("kid")
    fitting = [key for key in keys if key.alg == jws.header["alg"] and kid in (None, key.kid)]
    if not fitting:
        raise UnknownKey("No key of this kid and algorithm is known.")
    return fitting


def _check_header(header: Mapping[str, Any]) -> None:
    # No extension is understood here, so whatever is critical is not (RFC 7515 §4.1.11, RFC 7797 §6).
    if "crit" in header or "b64" in header:
        raise JoseError("The token asks for an extension.")
    if not isinstance(header.get("alg"), str):
        raise JoseError("The token names no algorithm.")
    if "kid" in header and not isinstance(header["kid"], str):
        raise JoseError("The kid is no text.")


def _encode_json(value: Mapping[str, Any]) -> str:
    try:
        return encode(dump(dict(value)))
    except ValueError as error:
        raise JoseError(f"The claims are no JSON: {error}") from None
