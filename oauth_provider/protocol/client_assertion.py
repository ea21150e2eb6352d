"""Client assertions (RFC 7521 §4.2, RFC 7523 §2.2 and §3, draft-ietf-oauth-rfc7523bis): JWTs that clients sign."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from oauth_provider.protocol import jws
from oauth_provider.protocol.errors import InvalidClient
from oauth_provider.protocol.jose import JoseError, Key
from oauth_provider.protocol.reason import Reason

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TYPES = ("client-authentication+jwt", "jwt", "")
# In seconds: how far clocks may differ, and how long an assertion may be good for.
SKEW = 10
MAX_LIFETIME = 300
MAX_LENGTH = 8192
MAX_JTI_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class ClientAssertion:
    """An assertion that its client signed, for us. ``jti`` must not have come before; nobody takes it after ``exp``."""

    jti: str
    exp: float


def client_id_in(assertion: str) -> str:
    """Return the client that ``assertion`` says it is of; nothing of it is verified. Raises ``InvalidClient``."""
    try:
        client_id = jws.parse(assertion).claims.get("sub") if len(assertion) <= MAX_LENGTH else None
    except JoseError as error:
        raise InvalidClient(Reason.CLIENT_ASSERTION_MALFORMED, detail=str(error)) from None
    if not isinstance(client_id, str) or not client_id:
        raise InvalidClient(Reason.CLIENT_ASSERTION_MALFORMED, detail="its sub is no client")
    return client_id


def verify_client_assertion(
    assertion: str,
    keys: Iterable[Key],
    *,
    client_id: str,
    issuer: str,
    now: float,
    algorithms: Collection[str],
    endpoints: Collection[str] = (),
    max_lifetime: float = MAX_LIFETIME,
) -> ClientAssertion:
    """Return what ``client_id`` signed with one of ``keys`` for ``issuer``. Raises ``InvalidClient``.

    ``now`` and ``max_lifetime`` are in seconds. ``aud`` is the issuer, as one string: what may be for several servers
    could be played by one of them to another. URLs in ``endpoints`` are taken beside it, and in a list, too.
    """
    try:
        proven = jws.verify(assertion, keys, algorithms=algorithms)
    except JoseError as error:
        raise InvalidClient(Reason.CLIENT_ASSERTION_SIGNATURE, detail=str(error)) from None
    claims = proven.claims
    if str(proven.header.get("typ", "")).lower().removeprefix("application/") not in TYPES:
        raise InvalidClient(Reason.CLIENT_ASSERTION_TYPE)
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise InvalidClient(Reason.CLIENT_ASSERTION_SUBJECT)
    if not _is_for(claims.get("aud"), issuer, endpoints):
        raise InvalidClient(Reason.CLIENT_ASSERTION_AUDIENCE, detail=f"aud is {claims.get('aud')!r:.200}")
    exp = _check_times(claims, now, max_lifetime)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI_LENGTH:
        raise InvalidClient(Reason.CLIENT_ASSERTION_JTI)
    return ClientAssertion(jti, exp)


def _is_for(audience: Any, issuer: str, endpoints: Collection[str]) -> bool:
    if not endpoints:
        return bool(audience == issuer)
    listed = audience if isinstance(audience, list) else [audience]
    return bool(listed) and all(isinstance(one, str) and (one == issuer or one in endpoints) for one in listed)


def _check_times(claims: Mapping[str, Any], now: float, max_lifetime: float) -> float:
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name, None if name == "exp" else now)
        # A number of JSON may be too large for one that can be compared with a clock.
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
            raise InvalidClient(Reason.CLIENT_ASSERTION_TIME, name=name)
    exp: float = claims["exp"]
    if exp <= now:
        raise InvalidClient(Reason.CLIENT_ASSERTION_EXPIRED, detail=f"{now - exp:.0f} s ago")
    if max(claims.get("nbf", now), claims.get("iat", now)) > now + SKEW:
        raise InvalidClient(Reason.CLIENT_ASSERTION_EARLY)
    if exp > now + max_lifetime + SKEW:
        raise InvalidClient(Reason.CLIENT_ASSERTION_LIFETIME, seconds=str(round(max_lifetime)))
    return exp
