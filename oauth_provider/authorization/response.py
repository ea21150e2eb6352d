"""The authorization response (RFC 6749 §4.1.2, RFC 9207 §2, JARM §2.1): the one exit, with ``state`` and ``iss``.

What is signed in it, or all of it, is signed when it is sent, after the transaction that made its code: no row waits
for a key.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.answer import Granted
from oauth_provider.authorization.destination import Destination
from oauth_provider.clients.keys.encryption import envelope_for
from oauth_provider.clients.lookup import find_client
from oauth_provider.protocol import jws
from oauth_provider.protocol.errors import OAuthError, ServerError
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.response_mode import FORM_POST, FRAGMENT, SIGNED, as_fragment, as_query, carrier_of
from oauth_provider.tokens.id_token import IdTokens
from oauth_provider.tokens.issuer import Issuer

# How long a signed answer may be believed, in seconds: ten minutes at most (JARM §2.1).
SIGNED_LIFETIME = 600


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    """An authorization response: its parameters, and the way in which the browser takes them to the client."""

    redirect_uri: str
    response_mode: str
    parameters: Mapping[str, str] = field(repr=False)
    client_id: str
    alg: str  # what it is signed with, where its mode is one of those
    id_token: Mapping[str, Any] | None = field(default=None, repr=False)  # what the one among them says

    @property
    def is_form_post(self) -> bool:
        """Is it the body of a POST, and in no URL?"""
        return carrier_of(self.response_mode) == FORM_POST

    def url(self, issuer: Issuer) -> str:
        """Return where the browser goes with it, unless it posts it. Raises ``ServerError`` where no key can sign."""
        put = as_fragment if carrier_of(self.response_mode) == FRAGMENT else as_query
        return put(self.redirect_uri, self.sent_parameters(issuer))

    @sensitive_variables()
    def sent_parameters(self, issuer: Issuer) -> Mapping[str, str]:
        """The parameters, or the one that is all of them, signed. Raises ``ServerError`` where no key can."""
        parameters = {**self.parameters, **self._signed_id_token(issuer)}
        if self.response_mode not in SIGNED:
            return parameters
        claims = {**parameters, "aud": self.client_id, "exp": int(time.time()) + SIGNED_LIFETIME}
        return {"response": jws.sign(claims, issuer.keys.signer(self.alg))}

    @sensitive_variables()
    def to_text(self) -> str:
        """All of it, to be sealed."""
        said = [self.redirect_uri, self.response_mode, dict(self.parameters), self.client_id, self.alg, self.id_token]
        return json.dumps(said)

    @sensitive_variables()
    def _signed_id_token(self, issuer: Issuer) -> dict[str, str]:
        if self.id_token is None:
            return {}
        client = find_client(self.client_id)
        if client is None:
            raise ServerError(Reason.APPLICATION_GONE)
        return {"id_token": IdTokens(client, issuer, envelope_for(client)).sign(self.id_token)}


@sensitive_variables()
def from_text(text: str) -> AuthorizationResponse:
    """Read what ``to_text`` made."""
    return AuthorizationResponse(*json.loads(text))


@sensitive_variables()
def granted_response(
    destination: Destination, granted: Granted, issuer: Issuer, session_state: str = ""
) -> AuthorizationResponse:
    """The browser takes what was granted, and what the client may watch the session with."""
    watched = {"session_state": session_state} if session_state else {}
    response = _response(destination, {**granted.parameters, **watched}, issuer)
    return replace(response, id_token=granted.id_token)


def error_response(destination: Destination, error: OAuthError, issuer: Issuer) -> AuthorizationResponse:
    """The browser takes the error."""
    return _response(destination, error.parameters(), issuer)


@sensitive_variables()
def _response(destination: Destination, parameters: Mapping[str, str], issuer: Issuer) -> AuthorizationResponse:
    state = {"state": destination.state} if destination.state else {}
    answer = {**parameters, **state, "iss": issuer.name}
    return AuthorizationResponse(
        redirect_uri=destination.redirect_uri,
        response_mode=destination.response_mode,
        parameters=answer,
        client_id=destination.client.client_id,
        alg=destination.client.policy.authorization_signed_response_alg,
    )
