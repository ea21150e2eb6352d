"""Validator for DOT's own classes (RFC 6750 §3.1): they refuse every token that we refuse.

It covers DOT's DRF authentication and permissions, its decorators, its middleware and its backend. DOT no longer issues
tokens: a check names every URL of DOT's that still does.
"""

from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from oauth2_provider.oauth2_validators import OAuth2Validator

from oauth_provider.clients.authentication.authenticate import authenticate
from oauth_provider.clients.authentication.client_request import client_request
from oauth_provider.conf import provider_settings
from oauth_provider.protocol.bearer import token_from_header
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.tokens.token_lookup import good_row


class BridgeValidator(OAuth2Validator):  # type: ignore[misc]  # DOT ships no types
    """DOT's validator with our refusals. A project's own validator can derive from it."""

    def validate_bearer_token(self, token: str | None, scopes: Any, request: Any) -> bool:
        """Is the token good? False for any call with a token in its query string (RFC 9700 §4.3.2).

        Our parser reads the header: oauthlib's takes any white space for a space, and an odd header for none.
        """
        # Not oauthlib's ``uri_query_params``, which raises for a query such as "?flag".
        if "access_token" in dict(parse_qsl(request.uri_query, keep_blank_values=True)):
            request.oauth2_error = {
                "error": "invalid_request",
                "error_description": "Access tokens are not accepted in a URL.",
            }
            return False
        if "Authorization" in request.headers:
            try:
                token = token_from_header(request.headers["Authorization"])
            except OAuthError as error:
                request.oauth2_error = error.parameters()
                return False
        return bool(super().validate_bearer_token(token, scopes, request))

    def _load_access_token(self, token: str) -> Any:
        """Return DOT's row, or None: inactive user, suspended client, revoked authorization, or bound to a key."""
        return good_row(digest(token))

    def _get_token_from_authentication_server(self, token: str, *args: Any) -> Any:
        """Return DOT's row for a token that another server calls active, checked like any other row."""
        found = super()._get_token_from_authentication_server(token, *args)
        return None if found is None else self._load_access_token(token)

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Is this a confidential client with one of its valid secrets (RFC 6749 §2.3.1)? An empty secret never is."""
        http = HttpRequest()
        http.META = {name: value for name, value in request.headers.items() if isinstance(value, str)}
        form = dict(request.decoded_body or ())
        try:
            client = authenticate(client_request(http, form, lambda: provider_settings.ISSUER))
        except OAuthError:
            return False
        if client.is_public:
            return False
        request.client = client.application
        return True

    def validate_jwt_bearer_token(self, token: str, scopes: Any, request: Any) -> bool:
        """Is it a good access token? False for an ID token (RFC 9068 §4), which DOT's OpenID server would accept."""
        return self.validate_bearer_token(token, scopes, request)

    def validate_id_token(self, token: str, scopes: Any, request: Any) -> bool:
        """Return False: an ID token is not an access token (RFC 9068 §4)."""
        return False
