"""Compact JWE (RFC 7516 §7.1, RFC 7518 §4 and §5): signed tokens, encrypted to a public key of their client.

Only a key that the client published for encryption is used: none that it signs with, and none that is private.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.jose import PRIVATE_MEMBERS, JoseError, LibraryKey, encrypt, load_key

RSA, ECDH = "RSA-OAEP-256", "ECDH-ES"
# Each with the key types and curves that it takes. RSA1_5 is not among them (RFC 8725 §3.2).
KEY_MANAGEMENT: dict[str, frozenset[tuple[str, str]]] = {
    RSA: frozenset({("RSA", "")}),
    ECDH: frozenset({("EC", "P-256"), ("EC", "P-384"), ("EC", "P-521"), ("OKP", "X25519")}),
}
# The first is the default (OpenID Connect Registration §2).
CONTENT_ENCRYPTION = ("A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM")

SIGNING = ("sign", "verify")


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """One public key for one algorithm. ``is_marked`` says that its JWK has ``use``."""

    alg: str
    kid: str
    is_marked: bool
    _public: LibraryKey = field(repr=False, hash=False, compare=False)

    def encrypt(self, token: str, enc: str, **header: str) -> str:
        """Return ``token`` inside a JWE (RFC 7519 §5.2) with the members ``header`` added. Raise ``JoseError``."""
        if enc not in CONTENT_ENCRYPTION:
            raise JoseError("The content encryption is not known here.")
        kid = {"kid": self.kid} if self.kid else {}
        said = {**header, "alg": self.alg, "enc": enc, "cty": "JWT", **kid}
        return encrypt(token.encode(), self._public, said)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Encryption that one client wants for its signed tokens: to ``key`` with ``enc``; none where ``key`` is None.

    ``error`` is why a client that wants encryption cannot have a token: a token is never sent in clear instead.
    """

    key: EncryptionKey | None = None
    enc: str = ""
    error: OAuthError | None = None

    def check(self) -> None:
        """Raise ``error``, if there is one, before anything is spent."""
        if self.error is not None:
            raise self.error

    def close(self, token: str, **header: str) -> str:
        """Return ``token``, encrypted if the client wants that. Raise ``error`` if there is one."""
        self.check()
        return token if self.key is None else self.key.encrypt(token, self.enc, **header)


def parse_encryption_key(jwk: Mapping[str, Any]) -> EncryptionKey:
    """Return the key in a JWK, if it can be encrypted to. Raise ``JoseError``."""
    alg = _alg_of(jwk.get("kty"), jwk.get("crv", ""))
    kid, operations = jwk.get("kid", ""), jwk.get("key_ops", [])
    if PRIVATE_MEMBERS & set(jwk):
        raise JoseError("The key is private where a public one is due.")
    if jwk.get("use", "enc") != "enc" or jwk.get("alg", alg) != alg:
        raise JoseError("The key is for something else.")
    # A browser writes ``[]`` for the public half of an ECDH key.
    if not isinstance(operations, list) or any(operation in SIGNING for operation in operations):
        raise JoseError("The key is for signatures.")
    if not isinstance(kid, str):
        raise JoseError("kid is no text.")
    key = EncryptionKey(alg, kid, "use" in jwk, load_key(jwk))
    # A point that is on no curve, or one that makes every secret zero, is found by trying.
    key.encrypt("", CONTENT_ENCRYPTION[0])
    return key


def encryption_keys(document: Mapping[str, Any]) -> tuple[EncryptionKey, ...]:
    """Return the keys of a JWK Set that can be encrypted to; others are ignored.

    Marked keys come first: in a set with keys of both kinds, all should be marked (OpenID Connect Core §10). Raises
    ``JoseError`` for a document that is not a JWK Set.
    """
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise JoseError("The key set is malformed.")
    found = []
    for jwk in (one for one in listed if isinstance(one, dict)):
        try:
            found.append(parse_encryption_key(jwk))
        except JoseError:
            continue
    return tuple(sorted(found, key=lambda key: not key.is_marked))


def _alg_of(kty: Any, crv: Any) -> str:
    for alg, kinds in KEY_MANAGEMENT.items():
        if isinstance(kty, str) and isinstance(crv, str) and (kty, crv) in kinds:
            return alg
    raise JoseError("The key is of no kind that is encrypted to here.")
