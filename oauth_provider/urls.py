"""URLs: everything but ``/.well-known/`` lives under ``/oauth/``, with and without a trailing slash.

``well_known`` stands apart for projects that mount the rest below a prefix: RFC 8414 §3 wants it at the root.
"""

from django.urls import re_path

from oauth_provider.endpoints import introspection, metadata, revocation, token
from oauth_provider.pages.authorize import authorize
from oauth_provider.pages.consent import consent

app_name = "oauth_provider"

well_known = [
    re_path(r"^\.well-known/oauth-authorization-server/?$", metadata.view),
    re_path(r"^\.well-known/oauth-authorization-server/(?P<path>.+)$", metadata.view),
]

urlpatterns = [
    *well_known,
    re_path(r"^oauth/authorize/?$", authorize, name="authorize"),
    re_path(r"^oauth/consent/(?P<handle>[0-9A-Za-z]{43})/?$", consent, name="consent"),
    re_path(r"^oauth/token/?$", token.token, name="token"),
    re_path(r"^oauth/revoke/?$", revocation.revoke, name="revoke"),
    re_path(r"^oauth/introspect/?$", introspection.introspection, name="introspect"),
]
