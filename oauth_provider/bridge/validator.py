"""The validator that DOT calls back (RFC 6750 §3.1): what we refuse, DOT's own classes refuse too.

It covers DOT's DRF authentication and permissions, its decorators, its middleware and its backend. Issuing
is no business of DOT's any more: a check names every URL of its that still does.
"""

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from oauth_provider.models import TokenBinding
from oauth_provider.protocol.digest import digest


class BridgeValidator(OAuth2Validator):  # type: ignore[misc]  # DOT ships no types
    """DOT's validator with our refusals. A project's own validator can derive from it."""

    def validate_bearer_token(self, token: str | None, scopes: Any, request: Any) -> bool:
        """A token in the query string is refused whatever else is right (RFC 9700 §4.3.2)."""
        if any(name == "access_token" for name, _value in request.uri_query_params):
            request.oauth2_error = {
                "error": "invalid_request",
                "error_description": "Access tokens are not accepted in a URL.",
            }
            return False
        return bool(super().validate_bearer_token(token, scopes, request))

    def _load_access_token(self, token: str) -> Any:
        """DOT's row, or None for an inactive user, a suspended client, a revoked authorization, a bound key."""
        return TokenBinding.objects.good_row(digest(token))

    def validate_jwt_bearer_token(self, token: str, scopes: Any, request: Any) -> bool:
        """An ID token is no access token (RFC 9068 §4); DOT's OpenID server would take one."""
        return self.validate_bearer_token(token, scopes, request)

    def validate_id_token(self, token: str, scopes: Any, request: Any) -> bool:
        """Never, as above."""
        return False
