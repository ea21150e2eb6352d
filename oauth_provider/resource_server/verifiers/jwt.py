"""Verifier of JWT access tokens by the keys of their issuer (RFC 9068 §4), without a request or a query for each call.

``OAUTH_RESOURCE_SERVER["VERIFIER"] = "oauth_provider.resource_server.verifiers.JWTVerifier"``

A verified token is cached by its digest, for ``KEYS_LIFETIME`` seconds at most and never past its ``exp``.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.views.decorators.debug import sensitive_variables

from oauth_provider.protocol import jws
from oauth_provider.protocol.access_token import JwtAccessToken, verify_access_token
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.protocol.jose import JoseError, Key
from oauth_provider.protocol.jws import UnknownKey
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.audience import names_this_api
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.resource_server.verifiers.foreign_token import is_foreign_jwt, is_prefixed
from oauth_provider.resource_server.verifiers.introspection import IntrospectionVerifier, Memory
from oauth_provider.resource_server.verifiers.jwks import IssuerKeys


class JWTVerifier:
    """``Verifier`` of JWTs from ``AUTHORIZATION_SERVERS``. One instance serves the process."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._keys: dict[str, IssuerKeys] = {}

    @sensitive_variables()
    def __call__(self, token: str, /) -> AccessToken:
        """Return the facts in ``token``.

        Raises ``InvalidToken``, and ``ServiceUnavailable`` where the keys of its issuer cannot be fetched.
        """
        key = digest(token)
        remembered = self._memory.recall(key)
        if remembered is not None:
            return remembered
        try:
            verified = as_access_token(self._verified(token), conf.jwt.leeway)
        except JoseError as error:
            raise InvalidToken(Reason.TOKEN_NOT_GENUINE, detail=str(error)) from None
        self._memory.keep(key, verified, conf.jwt.keys_lifetime, len(token))
        return verified

    def is_foreign(self, token: str) -> bool:
        """Is it a JWT of another issuer, or an opaque token without a prefix of our provider?"""
        if "." in token:
            return is_foreign_jwt(token, conf.authorization_servers, names_issuer=True)
        return not is_prefixed(token)

    @sensitive_variables()
    def _verified(self, token: str) -> JwtAccessToken:
        unproven = jws.parse(token)
        issuer = unproven.claims.get("iss")
        if not isinstance(issuer, str) or issuer not in conf.authorization_servers:
            raise JoseError("The access token is of another issuer.")
        keys = self._keys.setdefault(issuer, IssuerKeys(issuer))
        try:
            verified = _proven(token, keys, issuer)
        except UnknownKey:
            kid = unproven.header.get("kid")
            if kid is None:
                raise
            verified = _proven(token, keys.with_key(kid), issuer)
        if not names_this_api(verified.audience, issuer):  # RFC 9068 §4
            raise JoseError("The access token was issued for another resource.")
        return verified


class JWTOrIntrospectionVerifier:
    """``Verifier`` of both kinds: JWTs are verified by keys only; about all other tokens the server is asked."""

    def __init__(self) -> None:
        self._of_jwt = JWTVerifier()
        self._of_opaque = IntrospectionVerifier()

    @sensitive_variables()
    def __call__(self, token: str, /) -> AccessToken:
        """Return the facts about ``token``. Raise ``InvalidToken`` and ``ServiceUnavailable``."""
        return self._of_jwt(token) if token.count(".") == 2 else self._of_opaque(token)

    def is_foreign(self, token: str) -> bool:
        """Is it a JWT of another issuer?"""
        return (self._of_jwt if token.count(".") == 2 else self._of_opaque).is_foreign(token)


def as_access_token(read: JwtAccessToken, leeway: float = 0) -> AccessToken:
    """Return the claims as an ``AccessToken``. A client's own token has ``sub`` None, as every other token here.

    ``leeway`` is in seconds.
    """
    return AccessToken(
        scope=read.scope,
        client_id=read.client_id,
        sub=None if read.is_clients_own else read.subject,
        expires=_moment(read.expires),
        issued_at=_moment(read.issued_at),
        issuer=read.issuer,
        resources=read.audience,
        cnf=read.cnf,
        act=read.act,
        auth_time=None if read.auth_time is None else _moment(read.auth_time),
        acr=read.acr or None,
        jti=read.jti,
        authorization_id=read.authorization_id or None,
        authorization_details=read.authorization_details,
        context=context_of(read),
        leeway=timedelta(seconds=leeway),
    )


def context_of(read: JwtAccessToken) -> str | None:
    """Return what the user acts for, None where they act for themselves. Raises ``JoseError`` for what is no text."""
    context = read.further.get(conf.context_claim)
    if context is not None and not isinstance(context, str):
        raise JoseError(f"{conf.context_claim} is no text.")
    return context or None


def _proven(token: str, keys: Iterable[Key], issuer: str) -> JwtAccessToken:
    options: Any = conf.jwt
    terms: dict[str, Any] = {"leeway": options.leeway, "exp_leeway": options.leeway}
    return verify_access_token(token, keys, issuer=issuer, now=time.time(), algorithms=options.algorithms, **terms)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
