"""Refusals as DRF exceptions (RFC 6750 §3): a status, a JSON body, and the challenge in ``auth_header``.

They do not derive from DRF's ``NotAuthenticated`` or ``AuthenticationFailed``: DRF rewrites the challenge of those, and
turns their 401 into 403 wherever the first authentication class of the view has no challenge of its own.
"""

from rest_framework.exceptions import APIException, NotAuthenticated

from oauth_provider.protocol.bearer import BEARER
from oauth_provider.protocol.errors import OAuthError, ServiceUnavailable
from oauth_provider.resource_server.challenge import challenge
from oauth_provider.resource_server.needs import NOTHING, Needs


class Refused(APIException):
    """Exception for an ``OAuthError``. The body is ``{"error": ..., "error_description": ...}``.

    ``scheme`` is the one that the token was sent with.
    """

    auth_header: str

    def __init__(self, error: OAuthError, needs: Needs = NOTHING, scheme: str = BEARER) -> None:
        super().__init__(error.parameters(), error.error)
        self.status_code = error.status
        if isinstance(error, ServiceUnavailable):
            self.wait = error.retry_after  # another token would not help
        else:
            self.auth_header = challenge(error, needs, scheme=scheme)


class TokenRequired(APIException):
    """Nobody is authenticated and no token was sent: 401, without an error code."""

    status_code = 401
    default_detail = NotAuthenticated.default_detail
    default_code = NotAuthenticated.default_code
    auth_header: str

    def __init__(self, needs: Needs = NOTHING) -> None:
        super().__init__()
        self.auth_header = challenge(None, needs)
