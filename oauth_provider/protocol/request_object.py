"""Request objects (RFC 9101 §4, §6 and §10.8): authorization requests that their client signed."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from oauth_provider.protocol import jws
from oauth_provider.protocol.errors import InvalidRequestObject
from oauth_provider.protocol.form import REPEATABLE
from oauth_provider.protocol.jose import ALGORITHMS, JoseError, Key
from oauth_provider.protocol.reason import Reason

TYPES = ("oauth-authz-req+jwt", "jwt", "")
# What is text in a query, and JSON in a request object (OpenID Connect Core §6.1, RFC 9396 §3).
JSON_PARAMETERS = ("claims", "authorization_details")
# Clocks differ by so much, in seconds; and nobody's request is good for longer than a day.
SKEW = 10
MAX_LIFETIME = 86_400


def verify_request_object(
    token: str,
    keys: Iterable[Key],
    *,
    client_id: str,
    issuer: str,
    now: float,
    algorithms: Collection[str] = tuple(ALGORITHMS),
    allow_expired: bool = False,
) -> Mapping[str, Any]:
    """Return the claims of a request that ``client_id`` signed for this issuer. Raise ``InvalidRequestObject``.

    ``now`` is in seconds since the epoch. ``allow_expired`` is for a request that began in time and comes back from
    the login page.
    """
    try:
        proven = jws.verify(token, keys, algorithms=algorithms)
    except JoseError as error:
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_SIGNATURE, detail=str(error)) from None
    if str(proven.header.get("typ", "")).lower().removeprefix("application/") not in TYPES:
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_TYPE)
    claims = proven.claims
    if claims.get("iss") != client_id or claims.get("client_id", client_id) != client_id:
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_CLIENT)
    # What a client signs to authenticate itself must not pass for a request (§10.8).
    if "sub" in claims:
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_TYPE)
    if issuer not in _listed(claims.get("aud")):
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_AUDIENCE)
    _check_times(claims, now, allow_expired)
    if "request" in claims or "request_uri" in claims:
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_NESTED)
    return claims


def pairs_of(claims: Mapping[str, Any], known: Collection[str]) -> list[tuple[str, str]]:
    """Return the ``known`` parameters in ``claims`` as (name, value), as in a query. Raise ``InvalidRequestObject``."""
    pairs = [(name, _text(name, value)) for name, value in claims.items() if name in known]
    resources = claims.get(REPEATABLE, [])
    return [*pairs, *((REPEATABLE, _text(REPEATABLE, one)) for one in _listed(resources))]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _check_times(claims: Mapping[str, Any], now: float, allow_expired: bool) -> None:
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name, now)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidRequestObject(Reason.REQUEST_OBJECT_TIME, name=name)
    if claims.get("exp", now + 1) <= now and not allow_expired:
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_EXPIRED)
    if claims.get("nbf", now) > now + SKEW or claims.get("exp", now) > now + MAX_LIFETIME:
        raise InvalidRequestObject(Reason.REQUEST_OBJECT_LIFETIME)


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if name == "max_age" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict if name == "claims" else list) and name in JSON_PARAMETERS:
        return json.dumps(value)
    raise InvalidRequestObject(Reason.REQUEST_OBJECT_VALUE, name=name)
