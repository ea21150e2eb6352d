"""Issuing JWT access tokens (RFC 9068 §2 and §3), and reading those that we issued.

They are signed once the transaction is over, as ID tokens are: no row waits for a KMS. What one says is fixed before,
so a refresh that is repeated gets the same token under another signature.
"""

import json
import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.protocol.access_token import JwtAccessToken, sign_access_token, verify_access_token
from oauth_provider.protocol.bearer import MAX_LENGTH
from oauth_provider.protocol.errors import InvalidAuthorizationDetails, InvalidScope, ServerError
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.protocol.jose import JoseError, Key
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.scope import format_scope
from oauth_provider.tokens.grant_context import claim_of
from oauth_provider.tokens.issue import Issued
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.key_ring import key_ring
from oauth_provider.tokens.subject import check_subjects, subject_of
from oauth_provider.tokens.terms import Terms
from oauth_provider.tokens.unsigned import Unsigned

logger = logging.getLogger("oauth_provider.tokens")

# Of what a client asks for, in characters of JSON. base64url makes four of three; a third of it is for all the rest.
LONGEST = MAX_LENGTH // 2
# By so many seconds the clock of the machine that issued a token may be ahead of this one's.
LEEWAY = 60


@sensitive_variables()
def read_access_token(token: str, issuer: str) -> JwtAccessToken | None:
    """Return what a JWT access token that we signed says, expired or not; None for anything else.

    Without an ``issuer``, under ``DEBUG``, it may be anybody whom a request named: our keys are what counts.
    """
    if token.count(".") != 2:
        return None
    terms: dict[str, Any] = {"issuer": issuer or None, "now": time.time(), "leeway": LEEWAY}
    try:
        return verify_access_token(token, key_ring().known, allow_expired=True, **terms)
    except JoseError as error:
        logger.info("A JWT is no access token of ours: %s", error)
        return None


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """The access tokens of one exchange, as far as they are JWTs."""

    client: Client
    issuer: Issuer

    def check(self, terms: Terms, *, is_clients_own: bool = False) -> None:
        """Raise ``ServerError`` while nothing is spent yet, if a JWT is due and cannot be made.

        ``InvalidAuthorizationDetails`` and ``InvalidScope`` where it would be too long for a header.
        """
        if not terms.is_jwt(self.client):
            return
        check_length(terms)
        self._signer()
        self.issuer.check()
        if is_clients_own:
            check_client_id(self.client.client_id)
        else:
            check_subjects(self.client)

    @sensitive_variables()
    def sign(self, issued: Issued) -> Issued:
        """``issued`` with its access token, where that is a JWT."""
        if issued.unsigned is None:
            return issued
        said = self._describe(issued, issued.unsigned)
        return replace(issued, access_token=sign_access_token(said, self._signer()))

    def _signer(self) -> Key:
        return self.issuer.keys.signer(provider_settings.ACCESS_TOKEN_SIGNING_ALG)

    def _describe(self, issued: Issued, unsigned: Unsigned) -> JwtAccessToken:
        authorization = issued.authorization
        said = JwtAccessToken(
            issuer=self.issuer.name,
            subject=self.client.client_id,
            client_id=self.client.client_id,
            audience=unsigned.resources or self._default_audience(issued),
            expires=_seconds(issued.expires),
            issued_at=_seconds(unsigned.issued_at),
            jti=unsigned.jti,
            scope=format_scope(issued.scope),
            authorization_details=tuple(issued.details),
            cnf=issued.cnf,
            act=issued.act,
            further=claim_of(self.client.policy.context if authorization is None else authorization.context),
        )
        return said if authorization is None else _of_person(said, authorization, self.client)

    def _default_audience(self, issued: Issued) -> tuple[str, ...]:
        """RFC 9068 §3: somebody is named in any case, and with ``openid`` the userinfo endpoint of this issuer."""
        audience = [provider_settings.DEFAULT_RESOURCE or self.issuer.name]
        audience += [self.issuer.name] if OPENID in issued.scope and issued.authorization is not None else []
        return tuple(dict.fromkeys(audience))


def check_length(terms: Terms) -> None:
    """No API takes a longer one than ``bearer`` has it. Raises ``InvalidAuthorizationDetails`` and ``InvalidScope``."""
    said = json.dumps([terms.scope, terms.resources, *map(dict, terms.details)])
    if len(said) <= LONGEST:
        return
    if terms.details:
        raise InvalidAuthorizationDetails(Reason.TOKEN_TOO_LARGE_WITH_DETAILS)
    raise InvalidScope(Reason.TOKEN_TOO_LARGE)


def check_client_id(client_id: str) -> None:
    """RFC 9068 §5: what a client's own token calls the client is the name of no person. Raises ``ServerError``."""
    people = get_user_model()
    key: Any = people._meta.pk
    while key.remote_field is not None:  # a model that inherits its key from another
        key = key.target_field
    try:
        named = key.to_python(client_id)
    except ValidationError:
        return
    # A number that is nobody's yet may be somebody's tomorrow.
    is_counted = isinstance(key, models.IntegerField)
    rows = people._base_manager.using(router.db_for_write(people))
    if str(named) == client_id and (is_counted or rows.filter(pk=named).exists()):
        detail = f"client_id {client_id!r} could be the sub of a user: give it another, or opaque tokens"
        raise ServerError(Reason.CLIENT_UNNAMEABLE, detail=detail)


def _of_person(said: JwtAccessToken, authorization: Authorization, client: Client) -> JwtAccessToken:
    # The client can read it, so it says no other name than the client knows the person by.
    return replace(
        said,
        subject=subject_of(authorization.user, client),
        auth_time=None if authorization.auth_time is None else _seconds(authorization.auth_time),
        acr=authorization.acr,
        amr=tuple(authorization.amr),
        authorization_id=str(authorization.public_id),
    )


def _seconds(moment: datetime) -> int:
    # Where USE_TZ is off, what is stored is the project's own local time.
    return int((timezone.make_aware(moment) if timezone.is_naive(moment) else moment).timestamp())
