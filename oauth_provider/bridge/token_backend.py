"""Limits of DOT's ``OAuth2Backend`` (RFC 9700 §2.3): it says whose a token is, but signs nobody in.

Django asks every backend in turn when a login form is posted. One that looked at the ``Authorization`` header then
would make a session, which has no scopes, of a token, which has.
"""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from oauth_provider.resource_server.users.masked_user import mask_user


def authenticate_token(backend: Any, request: HttpRequest | None = None, **credentials: Any) -> Any:
    """Return the user of the token in ``request``, with the privileges of its scopes; None beside other credentials.

    DOT's middleware passes none. Nobody becomes staff by it: Django's admin is for people. Raises
    ``SuspiciousOperation`` for a query string that cannot be decoded.
    """
    from oauth2_provider.backends import OAuthLibCore

    if request is None or credentials:
        return None
    try:
        is_good, found = OAuthLibCore.verify_request(request, scopes=[])
    except ValueError as error:
        if str(error) != "Invalid hex encoding in query string.":
            raise
        raise SuspiciousOperation(error) from error
    user = mask_user(found.user, found.scopes or ()) if is_good else None
    return mask_user(user, ()) if getattr(user, "is_staff", False) else user


def get_nobody(backend: Any, user_id: Any) -> None:
    """Return None for every session that this backend made, by a login form or by a project's own ``login()``."""


async def aget_nobody(backend: Any, user_id: Any) -> None:
    """Return None for every session that this backend made. For async code."""
