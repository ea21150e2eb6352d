"""Signing what one exchange issued, once it is committed: no row waits for an RSA key or a KMS.

What can be told before that it will fail is asked for while nothing is spent yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.views.decorators.debug import sensitive_variables

from oauth_provider.models import Authorization
from oauth_provider.models.client import Client
from oauth_provider.protocol.jwe import Envelope
from oauth_provider.tokens.access_token import AccessTokens
from oauth_provider.tokens.id_token import IdTokens
from oauth_provider.tokens.issue import Issued
from oauth_provider.tokens.issuer import Issuer
from oauth_provider.tokens.terms import Terms


@dataclass(frozen=True, slots=True)
class Signer:
    """The JWTs of one exchange. Both kinds are signed by the keys that were looked at first."""

    access_tokens: AccessTokens
    id_tokens: IdTokens

    @classmethod
    def of(cls, client: Client, issuer: Issuer, envelope: Envelope) -> "Signer":
        """Sign for ``client``, in the name of ``issuer``, and put ID tokens into ``envelope``."""
        issuer = issuer.with_same_keys()
        return cls(AccessTokens(client, issuer), IdTokens(client, issuer, envelope))

    @sensitive_variables()
    def claims_of(self, authorization: Authorization, terms: Terms) -> Mapping[str, Any]:
        """Return what the ID token is to say about the person, after seeing that all that is due can be signed.

        Raises ``ServerError``, ``InvalidScope`` and ``InvalidAuthorizationDetails``.
        """
        claims = self.id_tokens.claims_of(authorization, terms.scope)
        self.access_tokens.check(terms)
        return claims

    @sensitive_variables()
    def sign(self, issued: Issued) -> Issued:
        """Return ``issued`` with its access token, where that is a JWT, and its ID token, where one is due."""
        return self.id_tokens.add_to(self.access_tokens.sign(issued))
