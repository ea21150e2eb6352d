"""The person whom a request is about (OpenID Connect Core §3.1.2.1 and §5.5.1): by a hint or a claim."""

import time

from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.models.client import Client
from oauth_provider.protocol.claims import parse_claims, requested_subject
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.id_token import verify_id_token
from oauth_provider.protocol.jose import JoseError
from oauth_provider.protocol.reason import Reason
from oauth_provider.tokens.issuer import Issuer


def asked_person(request: AuthorizationRequest, client: Client, issuer: Issuer) -> str | None:
    """The ``sub`` that the answer must be about, or None where it may be anybody's.

    An ID token that has expired still says who it was issued for. Raises ``InvalidRequest`` for a hint that is
    no ID token of ours for this client, and where hint and claim name two.
    """
    claimed = requested_subject(parse_claims(request.claims))
    if not request.id_token_hint:
        return claimed
    hinted = _hinted(request.id_token_hint, client, issuer)
    if claimed not in (None, hinted):
        raise InvalidRequest(Reason.HINT_NAMES_ANOTHER)
    return hinted


def _hinted(token: str, client: Client, issuer: Issuer) -> str:
    try:
        claims = verify_id_token(
            token,
            issuer.keys.known,
            issuer=issuer.name,
            now=time.time(),
            client_id=client.client_id,
            allow_expired=True,
        )
    except JoseError as error:
        raise InvalidRequest(Reason.HINT_INVALID, detail=str(error)) from None
    return str(claims["sub"])
