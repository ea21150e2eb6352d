"""JOSE (RFC 7517 §4, RFC 7518 §3, RFC 8725 §3): the algorithms, and keys that sign and verify with one of them each.

What the library would accept too easily is refused here before it is called.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import errors as library_errors
from joserfc.jwe import JWERegistry, encrypt_compact
from joserfc.jwk import ECKey, OKPKey, RSAKey, thumbprint
from joserfc.jws import JWSRegistry

MAX_MEMBER_LENGTH = 4096
MAX_KEYS = 64
RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_EXPONENT_LENGTH = 6

BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
PUBLIC_MEMBERS = ("kty", "crv", "n", "e", "x", "y")
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

LibraryKey = RSAKey | ECKey | OKPKey
LIBRARY_KEYS: dict[str, type[LibraryKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
LIBRARY_ERRORS = (
    library_errors.JoseError,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One signature algorithm: its key type and curve, and the hash that ``at_hash`` is made with."""

    kty: str
    crv: str
    hash: str


# The only list of them. ``none`` and whatever is keyed with a shared secret are not in it.
ALGORITHMS: dict[str, Algorithm] = {
    "RS256": Algorithm("RSA", "", "sha256"),
    "ES256": Algorithm("EC", "P-256", "sha256"),
    "PS256": Algorithm("RSA", "", "sha256"),
    "EdDSA": Algorithm("OKP", "Ed25519", "sha512"),
}


class JoseError(Exception):
    """A key or a token cannot be trusted. The text is for the operator."""


class Signer(Protocol):
    """A private key that never leaves its place, such as a KMS or an HSM.

    ``public_jwk`` may have a ``kid``; without one its thumbprint (RFC 7638) is used.
    """

    alg: str
    public_jwk: Mapping[str, Any]

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``, which is not hashed yet, in the form of JWS.

        For ES256 these are the 64 bytes of R and S, not DER (RFC 7518 §3.4).
        """
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """One key for one algorithm. ``public_jwk`` is the only part that is ever published."""

    kid: str
    alg: str
    public_jwk: Mapping[str, str] = field(hash=False)
    _public: LibraryKey = field(repr=False, hash=False, compare=False)
    _sign: Callable[[bytes], bytes] | None = field(default=None, repr=False, hash=False, compare=False)

    @property
    def can_sign(self) -> bool:
        """Is its private half available?"""
        return self._sign is not None

    def sign(self, message: bytes) -> bytes:
        """Return the signature of ``message``. Raise ``JoseError`` for a public key."""
        if self._sign is None:
            raise JoseError(f"The key {self.kid} cannot sign.")
        return self._sign(message)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Is ``signature`` a signature of ``message`` by this key?"""
        if not _is_plausible(signature, self):
            return False
        try:
            return bool(_model(self.alg).verify(message, signature, self._public))
        except LIBRARY_ERRORS:
            return False


def encode(data: bytes) -> str:
    """Return ``data`` as base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of a base64url ``text`` without padding. Raise ``JoseError`` if it is not their encoding."""
    if not BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise JoseError("This is not base64url.")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise JoseError("This is not base64url.")
    return data


def left_half_hash(alg: str, text: str) -> str:
    """Return the left half of the hash of ``text``, as in ``at_hash`` and ``c_hash`` (OpenID Connect Core §3.1.3.6)."""
    whole = hashlib.new(ALGORITHMS[alg].hash, text.encode("utf-8", "surrogatepass")).digest()
    return encode(whole[: len(whole) // 2])


def generate_key(alg: str) -> tuple[Key, str]:
    """Return a new key, and its private JWK as JSON. Its ``kid`` is its thumbprint (RFC 7638)."""
    while True:
        made = _make(ALGORITHMS[alg].kty)
        key = _key(made, alg, kid="")
        if not key.kid.startswith("-"):  # an operator types it, and a command line takes that for an option
            break
    private = {name: value for name, value in made.as_dict(private=True).items() if isinstance(value, str)}
    return key, json.dumps(private)


def _make(kty: str) -> LibraryKey:
    if kty == "RSA":
        return RSAKey.generate_key(RSA_BITS)
    return ECKey.generate_key("P-256") if kty == "EC" else OKPKey.generate_key("Ed25519")


def parse_jwk(jwk: Mapping[str, Any], *, alg: str | None = None, private: bool | None = None) -> Key:
    """Return the key in a JWK (RFC 7517 §4): for ``alg``, else for its own ``alg``, else for the first that fits.

    ``private`` says whether it must be a private key (True) or must not (False). Raises ``JoseError``.
    """
    own_alg, kid = jwk.get("alg"), jwk.get("kid")
    if alg is not None and own_alg not in (None, alg):
        raise JoseError("The key is for another algorithm.")
    if not isinstance(kid, str | None) or not isinstance(own_alg, str | None):
        raise JoseError("kid or alg is no text.")
    if jwk.get("use", "sig") != "sig" or not _signs(jwk.get("key_ops", ["verify"])):
        raise JoseError("The key is not for signatures.")
    if private is False and PRIVATE_MEMBERS & set(jwk):
        raise JoseError("The key is private where a public one is due.")
    made = load_key(jwk)
    if private and not made.is_private:
        raise JoseError("The key is public where a private one is due.")
    named = own_alg if alg is None else alg
    return _key(made, _default_algorithm(made) if named is None else named, kid=kid or "")


def load_key(jwk: Mapping[str, Any]) -> LibraryKey:
    """Return the library's key, made of the key material in ``jwk`` and no other member. Raise ``JoseError``."""
    material = {name: jwk[name] for name in (*PUBLIC_MEMBERS, *PRIVATE_MEMBERS) if name in jwk}
    if not all(isinstance(value, str) and len(value) <= MAX_MEMBER_LENGTH for value in material.values()):
        raise JoseError("The key is malformed.")
    if material.get("kty") not in LIBRARY_KEYS:
        raise JoseError("The key is of no kind that is used here.")
    _check_strength(material)
    try:
        return LIBRARY_KEYS[material["kty"]].import_key(material)
    except LIBRARY_ERRORS:
        raise JoseError("The key is malformed.") from None


def encrypt(plaintext: bytes, key: LibraryKey, header: Mapping[str, str]) -> str:
    """Return a compact JWE (RFC 7516 §7.1) by ``alg`` and ``enc`` of ``header``. Raise ``JoseError``."""
    # Not strict: a header may replicate claims (RFC 7519 §5.3).
    registry = JWERegistry(algorithms=(header["alg"], header["enc"]), strict_check_header=False)
    try:
        return encrypt_compact(dict(header), plaintext, key, registry=registry)
    except LIBRARY_ERRORS:
        raise JoseError("Nothing can be encrypted to this key.") from None


def parse_pem(pem: str) -> Key:
    """Return the key, private or public, in a PEM text. Raise ``JoseError``."""
    for library_key in LIBRARY_KEYS.values():
        try:
            made = library_key.import_key(pem.strip())
        except library_errors.InvalidKeyTypeError:
            continue
        except LIBRARY_ERRORS:
            raise JoseError("The PEM is malformed.") from None
        return _key(made, _default_algorithm(made), kid="")
    raise JoseError("The key is of no kind that signs here.")


def parse_jwks(document: Mapping[str, Any]) -> tuple[Key, ...]:
    """Return the keys of a JWK Set (RFC 7517 §5) that can verify here; others are ignored. Raise ``JoseError``.

    A key without ``alg`` is returned once for each algorithm that it fits.
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise JoseError("The key set is malformed.")
    keys = []
    for jwk in (one for one in listed if isinstance(one, dict)):
        for alg in ALGORITHMS if jwk.get("alg") is None else [jwk["alg"]]:
            try:
                keys.append(parse_jwk(jwk, alg=alg, private=False))
            except JoseError:
                continue
    return tuple(keys)


def external_key(signer: Signer) -> Key:
    """Return the key of a ``Signer``. Raise ``JoseError`` if its public half does not fit its algorithm."""
    key = parse_jwk(signer.public_jwk, alg=signer.alg, private=False)
    return Key(key.kid, key.alg, key.public_jwk, key._public, signer.sign)


def _signs(operations: Any) -> bool:
    return isinstance(operations, list) and ("verify" in operations or "sign" in operations)


def _is_plausible(signature: bytes, key: Key) -> bool:
    kty = ALGORITHMS[key.alg].kty
    if kty == "RSA":
        return len(signature) == len(decode(key.public_jwk["n"]))
    halves = signature[:32], signature[32:]
    return len(signature) == 64 and (kty != "EC" or all(any(half) for half in halves))


def _key(made: LibraryKey, alg: str, *, kid: str) -> Key:
    if alg not in ALGORITHMS:
        raise JoseError("The key is for no algorithm that signs here.")
    model = _model(alg)
    try:
        model.check_key(made)
        # Not what the JWK says of itself, but what the key is: the public half of a private one, in its one form.
        derived = made.binding.convert_raw_key_to_dict(made.public_key, False)
        public = {"kty": made.key_type, **{name: str(value) for name, value in derived.items()}}
        named = kid or thumbprint(public)
    except LIBRARY_ERRORS:
        raise JoseError("The key does not fit its algorithm.") from None
    if public.get("crv", "") != ALGORITHMS[alg].crv:
        raise JoseError("The key is on another curve.")
    _check_strength(public)
    public_jwk = {**public, "kid": named, "alg": alg, "use": "sig"}
    return Key(named, alg, public_jwk, made, partial(_sign, alg, made) if made.is_private else None)


def _check_strength(public: Mapping[str, str]) -> None:
    if public.get("kty") != "RSA":
        return
    if len(public.get("e", "")) > MAX_EXPONENT_LENGTH:
        raise JoseError("The exponent of the RSA key is too large.")
    bits = int.from_bytes(decode(public.get("n", "")), "big").bit_length()
    if not RSA_BITS <= bits <= MAX_RSA_BITS:
        raise JoseError(f"The RSA key has {bits} bits.")


def _sign(alg: str, key: LibraryKey, message: bytes) -> bytes:
    return bytes(_model(alg).sign(message, key))


def _model(alg: str) -> Any:
    # Not through the registry's own ``get_alg``, which warns of the name EdDSA (RFC 9864) at every signature.
    return JWSRegistry.algorithms[alg]


def _default_algorithm(made: LibraryKey) -> str:
    return next(alg for alg, kind in ALGORITHMS.items() if kind.kty == made.key_type)
