"""Authentication by access token (RFC 6750 §2.1) as a class of Django REST framework.

A call that carries a session cookie as well as a token is decided by the order of
``authentication_classes``: DRF stops at the first that knows the caller. Put this class first.
"""

from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from oauth_provider.protocol.errors import OAuthError, ServiceUnavailable
from oauth_provider.resource_server.authentication import authenticate, is_left_to_next, user_of
from oauth_provider.resource_server.challenge import challenge
from oauth_provider.resource_server.proofs.bound_token import presented_scheme
from oauth_provider.resource_server.token import AccessToken
from oauth_provider.rest_framework import inspection  # noqa: F401 - registers itself
from oauth_provider.rest_framework.denial import (
    answer_denials,
    refuse_unless_taken,
    send_proof_headers,
    suppress_report,
    takes_bearer_tokens,
)
from oauth_provider.rest_framework.exceptions import Refused


class OAuthAuthentication(BaseAuthentication):
    """Authentication class for access tokens (RFC 6750 §2.1).

    ``request.user`` is the token's user or a ``ClientUser``, and ``request.auth`` the ``AccessToken``. A call
    without a token is left to the next class. A bad token is answered 401 ``invalid_token`` and a malformed request
    400 ``invalid_request``, each with its challenge, whatever other classes the view has.

    With ``UNKNOWN_BEARER_TOKENS = "leave"`` a token that no accepted issuer can have issued is left to the classes
    after this one, if any of them may take it. If none does, the answer is still 401, also beside a session.
    """

    takes_access_tokens: ClassVar[bool] = True

    def authenticate(self, request: Request) -> tuple[Any, AccessToken] | None:
        """Return the caller and the token, or None where the header has another scheme. Raise ``Refused``."""
        view = request.parser_context.get("view")
        answer_denials(view)
        send_proof_headers(view, request._request)
        try:
            if has_next_authenticator(self, request) and is_left_to_next(request._request):
                refuse_unless_taken(view)
                return None
            token = authenticate(request._request)
        except OAuthError as error:
            if isinstance(error, ServiceUnavailable):
                suppress_report(view)
            raise Refused(error, scheme=presented_scheme(request.headers.get("Authorization", ""))) from error
        return None if token is None else (user_of(token), token)

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a call without a token (RFC 6750 §3)."""
        return challenge()


def has_next_authenticator(authenticator: BaseAuthentication, request: Request) -> bool:
    """Is there a class after ``authenticator`` that may take bearer tokens?"""
    listed = list(request.authenticators or ())
    after = listed[listed.index(authenticator) + 1 :] if authenticator in listed else []
    return any(takes_bearer_tokens(one) and not isinstance(one, OAuthAuthentication) for one in after)
