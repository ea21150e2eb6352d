"""Verifier that asks the issuer of a token (RFC 7662 §2), for an API without a provider in its project.

``OAUTH_RESOURCE_SERVER["VERIFIER"] = "oauth_provider.resource_server.verifiers.IntrospectionVerifier"``

An answer is cached for ``REVOCATION_DELAY`` seconds at most, which is how long a revoked token may still be accepted;
by default it is not cached. A denylist makes it a second. A server that does not answer is not asked for a while: calls
are then refused with 503 at once.
"""

import json
import logging
import time
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.views.decorators.debug import sensitive_variables

from oauth_provider.fetch import FetchError, Limits, fetch
from oauth_provider.protocol import token_string
from oauth_provider.protocol.bearer import BEARER
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken, ServiceUnavailable
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.process_lock import ProcessLock
from oauth_provider.resource_server.proofs.bound_token import schemes
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.resource_server.verifiers.foreign_token import is_foreign_jwt

# By the prefixes of our own provider. Other servers' kinds are told by their answers.
NEVER_FOR_APIS = tuple(prefix for prefix in token_string.PREFIXES if prefix != token_string.ACCESS_TOKEN)

logger = logging.getLogger("oauth_provider.resource_server")

MAX_REMEMBERED, MAX_SIZE = 10_000, 16 * 1024 * 1024
FAILURES, REST = 5, 10.0
# What a server may answer to a strange token. Anybody could send some until nobody was asked any more.
MISUNDERSTOOD = (400, 413, 414, 422)
# For an answer that does not say when the token expires; it is good for the call in hand.
DEFAULT_LIFETIME = timedelta(minutes=1)
# What servers call tokens that open no API.
OTHER_KINDS = frozenset({"refresh_token", "refresh", "offline", "id_token", "id", "logout", "logout+jwt"})


@dataclass(slots=True)
class Memory:
    """Cache of verified tokens by digest: ``MAX_REMEMBERED`` at most, none longer than the token lives.

    All of them together hold ``MAX_SIZE`` characters at most, since tokens may be long.
    """

    _answers: OrderedDict[str, tuple[float, AccessToken, int]] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: ProcessLock = field(default_factory=ProcessLock)

    def recall(self, key: str) -> AccessToken | None:
        """Return the cached token, or None where there is none or it is too old."""
        with self._lock:
            known = self._answers.get(key)
            if known is not None and known[0] <= time.monotonic():
                self._forget(key)
                return None
            return None if known is None else known[1]

    def keep(self, key: str, token: AccessToken, seconds: float, size: int) -> None:
        """Cache ``token`` for so many ``seconds``, but not beyond its expiry. ``size`` is its length in characters."""
        left = (token.expires - datetime.now(UTC)).total_seconds()
        with self._lock:
            self._forget(key)
            self._answers[key] = (time.monotonic() + min(seconds, left), token, size)
            self._size += size
            while len(self._answers) > MAX_REMEMBERED or self._size > MAX_SIZE:
                self._forget(next(iter(self._answers)))

    def _forget(self, key: str) -> None:
        known = self._answers.pop(key, None)
        self._size -= 0 if known is None else known[2]


class TokenNotUnderstood(FetchError):
    """The server cannot answer about one token, which says nothing about others."""


@dataclass(slots=True)
class Breaker:
    """Circuit breaker: after ``FAILURES`` in a row nothing is sent for ``REST`` seconds; then one call tries."""

    _failures: int = 0
    _until: float = 0.0
    _lock: ProcessLock = field(default_factory=ProcessLock)

    def run(self, ask: Callable[[], Any]) -> Any:
        """Return what ``ask`` returns. Raise ``FetchError``, also instead of asking."""
        with self._lock:
            if self._failures >= FAILURES:
                if time.monotonic() < self._until:
                    raise FetchError("It failed too often, and is left alone for a while.")
                self._until = time.monotonic() + REST  # for everybody but this one
        try:
            answer = ask()
        except TokenNotUnderstood:
            raise
        except FetchError:
            with self._lock:
                self._failures += 1
                self._until = time.monotonic() + REST
            raise
        with self._lock:
            self._failures = 0
        return answer


class IntrospectionVerifier:
    """``Verifier`` by introspection. One instance serves the process."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._breaker = Breaker()

    @sensitive_variables()
    def __call__(self, token: str, /) -> AccessToken:
        """Return the server's answer about ``token``.

        Raises ``InvalidToken``, and ``ServiceUnavailable`` where the server does not answer.
        """
        if token.startswith(NEVER_FOR_APIS):
            raise InvalidToken(Reason.TOKEN_OF_OTHER_KIND, detail="a refresh token, a code or a secret")
        options, key = conf.introspection, digest(token)
        delay = options.revocation_delay
        remembered = self._memory.recall(key) if delay else None
        if remembered is not None:
            return remembered
        try:
            members = self._breaker.run(lambda: ask(token))
        except FetchError as error:
            logger.warning("The introspection endpoint gives no answer: %s", error)
            raise ServiceUnavailable(Reason.VERIFIER_AWAY, detail=str(error)) from error
        verified = read(members, options.leeway)
        if delay:
            self._memory.keep(key, verified, delay, len(repr(members)))
        return verified

    def is_foreign(self, token: str) -> bool:
        """Is it a JWT that names another issuer? Any other token may be the server's, and only the server could say."""
        return is_foreign_jwt(token, conf.authorization_servers, names_issuer=False)


@sensitive_variables()
def ask(token: str) -> dict[str, Any]:
    """Return the members of the answer about ``token`` (RFC 7662 §2.1). Raise ``FetchError`` for any other answer."""
    options = conf.introspection
    credentials = f"{quote_plus(options.client_id)}:{quote_plus(options.client_secret)}"
    answer = fetch(
        options.url,
        Limits(timeout=options.timeout, is_configured=True),
        body=urlencode({"token": token, "token_type_hint": "access_token"}).encode(),
        headers={
            "Authorization": f"Basic {b64encode(credentials.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        },
    )
    try:
        members = json.loads(answer.body)
    except (ValueError, RecursionError):
        members = None
    if answer.status in MISUNDERSTOOD:
        raise TokenNotUnderstood(f"It answers {answer.status} to this token.")
    if answer.status != 200 or not isinstance(members, dict) or not isinstance(members.get("active"), bool):
        raise FetchError(f"It answers {answer.status}, and no introspection response.")
    return members


def read(members: dict[str, Any], leeway: float = 0) -> AccessToken:
    """Return the access token that the answer describes (RFC 7662 §2.2). Raise ``InvalidToken``.

    ``active`` is the only member that must be there; every other must have its type. ``leeway``, in seconds, is for
    the server's clock.
    """
    if members["active"] is not True:
        raise InvalidToken(Reason.TOKEN_NOT_ACTIVE)
    check_kind(members)
    issuer, issuers = members.get("iss", ""), conf.authorization_servers
    if issuer and issuers and issuer not in issuers:
        raise InvalidToken(Reason.TOKEN_OF_OTHER_ISSUER, detail=f"iss {issuer!r} is none of {issuers!r}")
    audience = members.get("aud", [])
    try:
        token = AccessToken(
            scope=_text(members.get("scope", "")),
            client_id=_text(members.get("client_id", "")),
            sub=_text(members["sub"]) if "sub" in members else None,
            expires=_moment(members.get("exp")) or datetime.now(UTC) + DEFAULT_LIFETIME,
            issued_at=_moment(members.get("iat")),
            issuer=_text(issuer) or next(iter(issuers), ""),
            resources=tuple(_text(one) for one in ([audience] if isinstance(audience, str) else audience)),
            cnf=members.get("cnf"),
            act=members.get("act"),
            auth_time=_moment(members.get("auth_time")),
            acr=_text(members["acr"]) if "acr" in members else None,
            jti=_text(members["jti"]) if "jti" in members else None,
            authorization_id=_text(members["authorization_id"]) if "authorization_id" in members else None,
            authorization_details=_details(members.get("authorization_details", [])),
            context=_text(members.get(conf.context_claim, "")) or None,
            leeway=timedelta(seconds=leeway),
        )
        begins = _moment(members.get("nbf"))
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise InvalidToken(Reason.TOKEN_NOT_UNDERSTOOD, detail=f"bad introspection: {error}") from error
    if begins is not None and begins > datetime.now(UTC) + token.leeway:
        raise InvalidToken(Reason.TOKEN_NOT_YET)
    return token


def check_kind(members: dict[str, Any]) -> None:
    """Raise ``InvalidToken`` for tokens of other kinds: servers also describe refresh tokens and ID tokens.

    ``token_type`` is optional, and is the type of an access token (RFC 6749 §7.1) or, at some servers, its kind.
    Other members for the kind in use are ``token_use`` and ``typ``.
    """
    # Without a key nobody could tell such a token of another scheme from a bearer token (RFC 9449 §6.2).
    taken = schemes() if members.get("cnf") is not None else (BEARER,)
    named = members.get("token_type", BEARER)
    if not isinstance(named, str) or named.lower() not in {*(scheme.lower() for scheme in taken), "access_token"}:
        raise InvalidToken(Reason.TOKEN_NOT_BEARER, detail=f"token_type {named!r}")
    for name in ("token_use", "typ"):
        kind = members.get(name, "")
        if isinstance(kind, str) and kind.lower() in OTHER_KINDS:
            raise InvalidToken(Reason.TOKEN_OF_OTHER_KIND, detail=f"{name} {kind!r}")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no string")
    return value


def _details(value: Any) -> tuple[dict[str, Any], ...]:
    """Return the authorization details (RFC 9396 §9.2). Raise ``TypeError``."""
    if not isinstance(value, list) or not all(isinstance(one, dict) and "type" in one for one in value):
        raise TypeError("authorization_details is no list of objects with a type")
    return tuple(value)


def _moment(value: Any) -> datetime | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise TypeError(f"{value!r} is no time")
    return None if value is None else datetime.fromtimestamp(value, UTC)
