"""Guards for plain Django views (RFC 6750 §3.1): a decorator and a mixin."""

from oauth_provider.resource_server.views.decorators import any_of, requires_authorization_details, requires_scopes
from oauth_provider.resource_server.views.mixins import RequiresScopesMixin

__all__ = ["RequiresScopesMixin", "any_of", "requires_authorization_details", "requires_scopes"]
