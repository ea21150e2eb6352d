"""DOT's paths and URL names, served by our endpoints, for clients that are already deployed.

``path("o/", include("oauth_provider.bridge.urls"))`` beside ``path("", include("oauth_provider.urls"))``.
"""

from django.urls import re_path

from oauth_provider.endpoints import introspection, jwks, metadata, revocation, token, userinfo
from oauth_provider.pages.authorize import authorize
from oauth_provider.pages.logout import logout

app_name = "oauth2_provider"

urlpatterns = [
    re_path(r"^authorize/?$", authorize, name="authorize"),
    re_path(r"^token/?$", token.token, name="token"),
    re_path(r"^revoke_token/?$", revocation.revoke, name="revoke-token"),
    re_path(r"^introspect/?$", introspection.introspection, name="introspect"),
    re_path(r"^\.well-known/openid-configuration/?$", metadata.view, name="oidc-connect-discovery-info"),
    re_path(r"^\.well-known/jwks\.json$", jwks.view, name="jwks-info"),
    re_path(r"^userinfo/?$", userinfo.view, name="user-info"),
    re_path(r"^logout/?$", logout, name="rp-initiated-logout"),
]
