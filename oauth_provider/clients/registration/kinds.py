"""Kinds of clients (RFC 6749 §2.1, RFC 8252, RFC 7591 §2): what somebody builds, and all that follows from it.

The only list of them: the admin's form, ``create_client``, ``oauth_quickstart`` and whatever else registers a client
reads it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oauth_provider.protocol.registration import NO_AUTHENTICATION


class Redirects(Enum):
    """The redirect URIs that fit a kind of client."""

    NOWHERE = "nowhere"
    WEB = "web"  # https, and http on the developer's own machine
    APP = "app"  # these, and a scheme of the app's own (RFC 8252 §7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: ``words`` describe it to whoever builds one, the rest is what such a client gets and may not change.

    A client of a kind that ``requires_pkce`` is never excused from it (RFC 9700 §2.1.1). ``usual_…`` is what one is
    tried with on the developer's own machine: where people are sent back to, the scopes it wants beside the API's, and
    the API (RFC 8707) without which its tokens are of no use.
    """

    name: str
    words: Promise
    is_public: bool = False
    grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    token_endpoint_auth_method: str = ""  # any that fits its type
    redirects: Redirects = Redirects.WEB
    requires_pkce: bool = True
    takes_origins_of_redirects: bool = False
    may_introspect: bool = False
    usual_redirect_uri: str = ""
    usual_scopes: tuple[str, ...] = ()
    usual_resource: str = ""

    @property
    def asks_for_scopes(self) -> bool:
        """Has it any grant to ask by?"""
        return bool(self.grant_types)

    def fits(self, is_public: bool, grant_types: Collection[str]) -> bool:
        """Could a client be of this kind that has this type and these grants?"""
        return (
            self.is_public == is_public
            and bool(grant_types) == bool(self.grant_types)
            and (set(grant_types) <= set(self.grant_types))
        )


_ALL = (
    Kind(
        name="web",
        words=_("Web application: runs on a server of its own, which keeps a secret"),
        requires_pkce=False,
        usual_redirect_uri="http://127.0.0.1:8765/callback",
        usual_scopes=("openid", "profile", "email"),
    ),
    Kind(
        name="browser",
        words=_("Browser application: runs in the page, has no secret"),
        is_public=True,
        token_endpoint_auth_method=NO_AUTHENTICATION,
        takes_origins_of_redirects=True,
        usual_redirect_uri="http://localhost:5173/callback",
        usual_scopes=("openid", "profile", "email"),
    ),
    Kind(
        name="native",
        words=_("Native application: runs on a phone or desktop, has no secret"),
        is_public=True,
        token_endpoint_auth_method=NO_AUTHENTICATION,
        redirects=Redirects.APP,
        usual_redirect_uri="http://127.0.0.1/callback",
        usual_scopes=("openid", "profile", "email", "offline_access"),
    ),
    Kind(
        name="service",
        words=_("Service: acts for itself, without a user; keeps a secret"),
        grant_types=("client_credentials",),
        redirects=Redirects.NOWHERE,
    ),
    Kind(
        name="mcp",
        words=_("MCP client: an assistant that calls MCP servers for its user; has no secret"),
        is_public=True,
        token_endpoint_auth_method=NO_AUTHENTICATION,
        redirects=Redirects.APP,
        usual_redirect_uri="http://127.0.0.1/callback",
        usual_scopes=("offline_access",),
        usual_resource="http://127.0.0.1:8766/mcp",
    ),
    Kind(
        name="api",
        words=_("API: is called with tokens, and asks here what they are worth; keeps a secret"),
        grant_types=(),
        redirects=Redirects.NOWHERE,
        may_introspect=True,
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
