"""Compact JWS (RFC 7515 §5 and §7.1, RFC 8725 §3): signing, and strict verification with given keys.

Only keys that the caller hands in are used: ``jwk``, ``jku``, ``x5u`` and ``x5c`` are never read.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol.jose import ALGORITHMS, JoseError, Key, decode, encode
from oauth_provider.protocol.strict_json import dump, parse_object

MAX_LENGTH = 65_536


class UnknownKey(JoseError):
    """No given key has the ``kid`` of the token: it may help to fetch the keys again."""


@dataclass(frozen=True, slots=True)
class Jws:
    """Parts of a compact JWS. Nothing in it is verified yet, unless ``verify`` returned it."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any] = field(repr=False)
    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)


def sign(claims: Mapping[str, Any], key: Key, *, typ: str = "JWT") -> str:
    """Return ``claims`` as a compact JWS signed with ``key``; the header has its ``alg`` and ``kid``.

    Raises ``JoseError``, also for claims that are not JSON.
    """
    header = {"alg": key.alg, "kid": key.kid, "typ": typ}
    message = f"{_encode_json(header)}.{_encode_json(claims)}".encode()
    return f"{message.decode()}.{encode(key.sign(message))}"


def verify(token: str, keys: Iterable[Key], *, algorithms: Collection[str], typ: str = "") -> Jws:
    """Return the parts of ``token``, verified with one of ``keys`` by one of ``algorithms``.

    ``typ``, where it is given, must be that of the token (RFC 8725 §3.11). Raises ``JoseError``, and ``UnknownKey``
    where no key has its ``kid``.
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
    """Split ``token`` into its parts, unverified. Raise ``JoseError`` unless it is a compact JWS of JSON objects."""
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
