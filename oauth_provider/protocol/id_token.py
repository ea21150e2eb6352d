"""ID tokens (OpenID Connect Core §2 and §3.1.3.7): their claims, signing and verification."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import ALGORITHMS, JoseError, Key

OPENID = "openid"
TYP = "JWT"

# What the protocol itself says in an ID token: no claim about a person may take one of these names.
PROTOCOL_CLAIMS = frozenset(
    {
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "auth_time", "acr", "amr", "azp", "sid",
        "at_hash", "c_hash", "s_hash", "cnf", "act", "events", "client_id", "scope", "active", "token_type",
        "sub_jwk", "_claim_names", "_claim_sources", "authorization_details", "username", "txn",
        "urn:openid:params:jwt:claim:auth_req_id", "urn:openid:params:jwt:claim:rt_hash",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class IdToken:
    """Claims of one ID token (OpenID Connect Core §2). Times are seconds since the epoch.

    ``lifetime`` is in seconds. ``at_hash`` is the hash of the access token that is issued with it (§3.1.3.6), never
    that token, and ``c_hash`` that of the code (§3.3.2.11). A field with its default value is left out of the
    token.
    """

    issuer: str
    subject: str
    client_id: str
    issued_at: int
    lifetime: int
    at_hash: str = ""
    c_hash: str = ""
    nonce: str = ""
    auth_time: int | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    sid: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def members(self) -> dict[str, Any]:
        """Return the claims. ``azp`` names the client as ``aud`` does, for relying parties that look there (§2)."""
        known = {
            "at_hash": self.at_hash,
            "c_hash": self.c_hash,
            "nonce": self.nonce,
            "auth_time": self.auth_time,
            "acr": self.acr,
            "amr": list(self.amr),
            "sid": self.sid,
        }
        return {
            **self.claims,
            **{name: value for name, value in known.items() if value not in ("", None, [])},
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.client_id,
            "azp": self.client_id,
            "exp": self.issued_at + self.lifetime,
            "iat": self.issued_at,
        }


def sign_id_token(id_token: IdToken, key: Key) -> str:
    """Return ``id_token`` as a compact JWS signed with ``key``."""
    return sign_members(id_token.members(), key)


def sign_members(members: Mapping[str, Any], key: Key) -> str:
    """Return the claims of an ID token, as ``IdToken.members`` returned them, as a compact JWS signed with ``key``."""
    return jws.sign(members, key, typ=TYP)


def verify_id_token(
    token: str,
    keys: Iterable[Key],
    *,
    issuer: str,
    now: float,
    client_id: str = "",
    allow_expired: bool = False,
) -> Mapping[str, Any]:
    """Return the claims of an ID token that this issuer signed, for ``client_id`` where one is given.

    ``now`` is in seconds since the epoch. ``allow_expired`` is for hints: an expired ID token still says who
    somebody was (§3.1.2.1). Raises ``JoseError`` for every other token, other kinds of JWT from this issuer
    included.
    """
    claims = jws.verify(token, keys, algorithms=tuple(ALGORITHMS), typ=TYP).claims
    if claims.get("iss") != issuer:
        raise JoseError("The ID token is of another issuer.")
    if not isinstance(claims.get("sub"), str) or not claims["sub"] or "events" in claims:
        raise JoseError("The token is no ID token.")
    if not _is_number(claims.get("exp")) or not _is_number(claims.get("iat")):
        raise JoseError("The token is no ID token.")
    if client_id and claims.get("aud") != client_id:
        raise JoseError("The ID token is for another client.")
    if claims["exp"] <= now and not allow_expired:
        raise JoseError("The ID token has expired.")
    return claims


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
