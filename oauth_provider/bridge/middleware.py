"""DOT's ``OAuth2ExtraTokenMiddleware`` with our refusals (RFC 6750 §3.1): it looks up its token itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from oauth_provider.conf import provider_settings
from oauth_provider.protocol.bearer import token_from_header
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.resource_server.audience import called_url, is_usable_at
from oauth_provider.tokens.token_lookup import good_row


def attach_good_token(middleware: Any, request: HttpRequest) -> HttpResponse:
    """Set ``request.access_token`` as DOT does, but only to a token that all our checks accept."""
    try:
        presented = token_from_header(request.headers.get("Authorization", ""))
    except OAuthError:
        presented = None
    row = good_row(digest(presented)) if presented is not None else None
    if row is not None and is_usable_at(row.resource or (), provider_settings.ISSUER, called_url(request)):
        request.access_token = row  # type: ignore[attr-defined]  # where DOT puts it
    response: HttpResponse = middleware.get_response(request)
    return response
