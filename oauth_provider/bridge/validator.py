"""The validator that DOT calls back (RFC 6750 §3.1): what we refuse, DOT's own classes refuse too.

It covers DOT's DRF authentication and permissions, its decorators, its middleware and its backend. Issuing
is no business of DOT's any more: a check names every URL of its that still does.
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
        """A token in the query string is refused whatever else is right (RFC 9700 §4.3.2).

        The header is read by our parser: oauthlib's takes any white space for a space, and an odd header for none.
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
        """DOT's row, or None for an inactive user, a suspended client, a revoked authorization, a bound key."""
        return good_row(digest(token))

    def _get_token_from_authentication_server(self, token: str, *args: Any) -> Any:
        """What another server calls active is kept in DOT's table, and judged there like any other."""
        found = super()._get_token_from_authentication_server(token, *args)
        return None if found is None else self._load_access_token(token)

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A confidential client, by any live secret of its (RFC 6749 §2.3.1); never by an empty one."""
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
        """An ID token is no access token (RFC 9068 §4); DOT's OpenID server would take one."""
        return self.validate_bearer_token(token, scopes, request)

    def validate_id_token(self, token: str, scopes: Any, request: Any) -> bool:
        """Never, as above."""
        return False
