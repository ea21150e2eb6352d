"""JWT access tokens (RFC 9068 §2 and §4): their claims, signing and verification. APIs read them; clients never do."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import ALGORITHMS, JoseError, Key
from oauth_provider.protocol.strict_json import is_storable

TYP = "at+jwt"
OPAQUE, JWT = "opaque", "jwt"
FORMATS = (OPAQUE, JWT)
# The claim of ours that names the sign-in a token came of, by which it is revoked.
AUTHORIZATION_ID = "authorization_id"
NAMES = frozenset(
    {
        "iss",
        "sub",
        "client_id",
        "aud",
        "exp",
        "iat",
        "jti",
        "scope",
        "auth_time",
        "acr",
        "amr",
        "cnf",
        "act",
        "authorization_details",
        AUTHORIZATION_ID,
    }
)
# The end of the year 9999: what is later is no moment that anybody meant, nor one that a clock can show.
MAX_TIME = 253_402_300_799


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtAccessToken:
    """Claims of one JWT access token (RFC 9068 §2.2). Times are seconds since the epoch.

    ``subject`` is the person, or the client where it acts for itself; ``audience`` holds at least one resource. A
    field with its default value is left out of the token. ``further`` holds all claims that have no field.
    """

    issuer: str
    subject: str
    client_id: str
    audience: tuple[str, ...]
    expires: float
    issued_at: float
    jti: str
    scope: str = ""
    auth_time: float | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    cnf: Mapping[str, Any] | None = field(default=None, repr=False)
    act: Mapping[str, Any] | None = field(default=None, repr=False)
    authorization_details: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    authorization_id: str = ""
    further: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def members(self) -> dict[str, Any]:
        """Return the claims by their names in the JWT; those with an empty value are left out."""
        known = {
            "scope": self.scope,
            "auth_time": self.auth_time,
            "acr": self.acr,
            "amr": list(self.amr),
            "cnf": self.cnf,
            "act": self.act,
            "authorization_details": list(self.authorization_details),
            AUTHORIZATION_ID: self.authorization_id,
        }
        return {
            **self.further,
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.audience[0] if len(self.audience) == 1 else list(self.audience),
            "client_id": self.client_id,
            "exp": self.expires,
            "iat": self.issued_at,
            "jti": self.jti,
            **{name: value for name, value in known.items() if value not in ("", None, [])},
        }

    @property
    def is_clients_own(self) -> bool:
        """Does the client act for itself (RFC 9068 §2.2)? A person's token from our issuer always names its sign-in."""
        return self.subject == self.client_id and not self.authorization_id


def sign_access_token(token: JwtAccessToken, key: Key) -> str:
    """Return ``token`` as a compact JWS signed with ``key`` (RFC 9068 §2.1)."""
    return jws.sign(token.members(), key, typ=TYP)


def verify_access_token(
    token: str,
    keys: Iterable[Key],
    *,
    issuer: str | None,
    now: float,
    algorithms: Collection[str] = tuple(ALGORITHMS),
    leeway: float = 0,
    exp_leeway: float = 0,
    allow_expired: bool = False,
) -> JwtAccessToken:
    """Return the claims of ``token`` if one of ``keys`` signed it and it is valid now (RFC 9068 §4).

    ``issuer`` is the required ``iss``; None accepts any issuer that signs with one of ``keys``. ``leeway``, in
    seconds, is for the clock of an issuer that runs ahead, and ``exp_leeway`` for one that runs behind.
    ``allow_expired`` is for the issuer itself, which has a more precise reason to give.

    Raises ``JoseError`` for every other token, ID tokens and other kinds of JWT included, and ``UnknownKey`` where
    no key has its ``kid``.
    """
    claims = jws.verify(token, keys, algorithms=algorithms, typ=TYP).claims
    read = read_claims(claims)
    if issuer is not None and read.issuer != issuer:
        raise JoseError("The access token is of another issuer.")
    if read.expires + exp_leeway <= now and not allow_expired:
        raise JoseError("The access token has expired.")
    if max(read.issued_at, _moment(claims, "nbf") or 0) > now + leeway:
        raise JoseError("The time of the access token has not come yet.")
    return read


def read_claims(claims: Mapping[str, Any]) -> JwtAccessToken:
    """Return ``claims`` as a ``JwtAccessToken``; check their types and that none of RFC 9068 §2.2 is missing.

    Raises ``JoseError``.
    """
    if not is_storable(dict(claims)):
        raise JoseError("The access token holds characters that nothing can keep.")
    return JwtAccessToken(
        issuer=_needed(claims, "iss"),
        subject=_needed(claims, "sub"),
        client_id=_needed(claims, "client_id"),
        audience=_audience(claims.get("aud")),
        expires=_due(claims, "exp"),
        issued_at=_due(claims, "iat"),
        jti=_needed(claims, "jti"),
        scope=_text(claims, "scope"),
        auth_time=_moment(claims, "auth_time"),
        acr=_text(claims, "acr"),
        amr=tuple(_list(claims, "amr", str)),
        cnf=_object(claims, "cnf"),
        act=_object(claims, "act"),
        authorization_details=tuple(_list(claims, "authorization_details", dict)),
        authorization_id=_text(claims, AUTHORIZATION_ID),
        further={name: value for name, value in claims.items() if name not in NAMES},
    )


def _needed(claims: Mapping[str, Any], name: str) -> str:
    text = _text(claims, name)
    if not text:
        raise JoseError(f"The access token has no {name}.")
    return text


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str):
        raise JoseError(f"{name} is no text.")
    return value


def _due(claims: Mapping[str, Any], name: str) -> float:
    moment = _moment(claims, name)
    if moment is None:
        raise JoseError(f"The access token has no {name}.")
    return moment


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    if name not in claims:
        return None
    value: Any = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_TIME:
        raise JoseError(f"{name} is no time.")
    return value


def _audience(value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) and one for one in listed):
        raise JoseError("The access token has no aud.")
    return tuple(listed)


def _list(claims: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    value = claims.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, kind) for one in value):
        raise JoseError(f"{name} is no list of what it should hold.")
    return value


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    if name not in claims:
        return None
    value = claims[name]
    if not isinstance(value, dict):
        raise JoseError(f"{name} is no object.")
    return value
