"""Issuing ID tokens (OpenID Connect Core §3.1.3.3 and §12.2), beside access tokens where ``openid`` was granted.

They are signed once the transaction is over: no row waits for an RSA key or a KMS. A refresh that is repeated gets
its tokens again and an ID token that is new, so none is kept in the database.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.protocol.claims import ID_TOKEN, requested_claims
from oauth_provider.protocol.id_token import OPENID, IdToken, sign_members, verify_id_token
from oauth_provider.protocol.jose import JoseError, Key, left_half_hash
from oauth_provider.protocol.jwe import Envelope
from oauth_provider.tokens.claims import ClaimContext, id_token_claims, userinfo_claims
from oauth_provider.tokens.grant_context import claim_of
from oauth_provider.tokens.issue import Issued
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.key_ring import key_ring
from oauth_provider.tokens.subject import check_subjects, sid_of, subject_of

logger = logging.getLogger("oauth_provider.tokens")


def read_id_token(
    token: str, *, issuer: str, client_id: str = "", allow_expired: bool = False
) -> Mapping[str, Any] | None:
    """The claims of an ID token that we issued, to ``client_id`` where one is named; None for anything else.

    What ended keys signed is read too, for hints may be old (§3.1.2.1); what retired keys signed is not.
    """
    try:
        return verify_id_token(
            token,
            key_ring().known,
            issuer=issuer,
            now=time.time(),
            client_id=client_id,
            allow_expired=allow_expired,
        )
    except JoseError as error:
        logger.info("An ID token is not believed: %s", error)
        return None


@dataclass(frozen=True, slots=True)
class IdTokens:
    """The ID tokens of one exchange. ``envelope`` holds the key of the client."""

    client: Client
    issuer: Issuer
    envelope: Envelope

    def check(self) -> None:
        """Raise ``OAuthError`` while nothing is spent yet, if an ID token could not be signed or encrypted."""
        self._signer()
        self.envelope.check()
        check_subjects(self.client)

    @sensitive_variables()
    def claims_of(self, authorization: Authorization, scope: tuple[str, ...]) -> Mapping[str, Any]:
        """Return what the ID token for ``scope`` is to say about the person; nothing, where none is due.

        The project's own code says it, so it is asked while nothing is spent yet. Raises what ``check`` does, and
        ``ServerError`` for a claim that is no JSON.
        """
        if OPENID not in scope:
            return {}
        self.check()
        self.issuer.check()
        context = _context(authorization, self.client, scope)
        if self.client.policy.scope_claims_in_id_token:
            return userinfo_claims(authorization.user, context)
        return id_token_claims(authorization.user, context)

    @sensitive_variables()
    def add_to(self, issued: Issued) -> Issued:
        """``issued`` with its ID token, where one is due, which says ``issued.claims`` and ``issued.nonce``."""
        authorization = issued.authorization
        if authorization is None or OPENID not in issued.scope:
            return issued
        alg = self.client.policy.id_token_signed_response_alg
        id_token = replace(
            _describe(authorization, self.client, self.issuer.name, issued.claims),
            # The hash is made here: a report of a signer that fails must not hold the token.
            at_hash=left_half_hash(alg, issued.access_token),
            nonce=issued.nonce,
        )
        return replace(issued, id_token=self.sign(id_token.members()))

    @sensitive_variables()
    def sign(self, members: Mapping[str, Any]) -> str:
        """The ID token that says this, encrypted where the client wants it. Raises what ``check`` does."""
        return self.envelope.close(sign_members(members, self._signer()))

    def _signer(self) -> Key:
        return self.issuer.keys.signer(self.client.policy.id_token_signed_response_alg)


@sensitive_variables()
def describe_beside(
    authorization: Authorization, client: Client, issuer: Issuer, *, code: str = "", access_token: str = ""
) -> dict[str, Any]:
    """Return what an ID token in the authorization response says (§3.2.2.10, §3.3.2.11); to be signed yet.

    Alone, it is all that the client will ever get: it tells the claims of the scopes too (§5.4).
    """
    context = _context(authorization, client, tuple(authorization.scope.split()))
    is_alone = not code and not access_token
    claims_for = userinfo_claims if is_alone or client.policy.scope_claims_in_id_token else id_token_claims
    id_token = _describe(authorization, client, issuer.name, claims_for(authorization.user, context))
    alg = client.policy.id_token_signed_response_alg
    return replace(
        id_token,
        at_hash=left_half_hash(alg, access_token) if access_token else "",
        c_hash=left_half_hash(alg, code) if code else "",
        nonce=authorization.nonce,
    ).members()


def _context(authorization: Authorization, client: Client, scope: tuple[str, ...]) -> ClaimContext:
    return ClaimContext(client.client_id, scope, requested_claims(authorization.claims, ID_TOKEN))


def _describe(authorization: Authorization, client: Client, issuer: str, claims: Mapping[str, Any]) -> IdToken:
    return IdToken(
        issuer=issuer,
        subject=subject_of(authorization.user, client),
        client_id=client.client_id,
        issued_at=int(time.time()),
        lifetime=provider_settings.ID_TOKEN_LIFETIME,
        auth_time=_seconds(authorization.auth_time),
        acr=authorization.acr,
        amr=tuple(authorization.amr),
        sid=sid_of(authorization.sid, client),
        claims={**claims, **claim_of(authorization.context)},
    )


def _seconds(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    # Where USE_TZ is off, what is stored is the project's own local time.
    return int((timezone.make_aware(moment) if timezone.is_naive(moment) else moment).timestamp())
