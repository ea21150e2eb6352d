"""Addresses of the running project (RFC 8414 §2 and §3): read off its URLs and settings, a prefix included."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row
from oauth_provider.endpoints.metadata import ENDPOINTS, mounted
from oauth_provider.protocol.issuer import issuer_path, well_known_url

DEFAULT_URL = "http://127.0.0.1:8000"
OPENID_CONFIGURATION = "openid-configuration"
OAUTH_SERVER = "oauth-authorization-server"


@dataclass(frozen=True, slots=True)
class Server:
    """The provider: its issuer, its endpoints by their names in the metadata, and where that metadata is.

    ``discovery`` is empty where none is served, and ``endpoints`` are where nothing is mounted.
    """

    issuer: str
    endpoints: Mapping[str, str]
    discovery: str = ""

    @property
    def root(self) -> str:
        """Return the address of the project's own URLs, with a slash at its end."""
        return urljoin(self.issuer, get_script_prefix())


def server_at(url: str) -> Server:
    """Return the addresses by the setting ``ISSUER``, or those of a server that answers at ``url``."""
    issuer = provider_settings.ISSUER or f"{url.rstrip('/')}{get_script_prefix()}".rstrip("/")
    endpoints = mounted(issuer)
    served = (one for one in _places(issuer) if is_served(one)) if endpoints else iter(())
    return Server(issuer, endpoints, next(served, ""))


def is_served(url: str) -> bool:
    """Does the project have a view for the path of ``url``?"""
    prefix, path = get_script_prefix(), urlsplit(url).path or "/"
    if not path.startswith(prefix):
        return False
    try:
        resolve(f"/{path.removeprefix(prefix)}")
    except Resolver404:
        return False
    return True


def admin_url(server: Server, application: Row) -> str:
    """Return the page of a client in Django's admin, where it is changed and deleted; empty without an admin."""
    model = type(application)
    try:
        path = reverse(f"admin:{model._meta.app_label}_{model.__name__.lower()}_change", args=[application.pk])
    except NoReverseMatch:
        return ""
    return urljoin(server.issuer, path)


def _places(issuer: str) -> Iterator[str]:
    """Yield where the metadata may be: behind the issuer (OpenID Connect Discovery §4), before its path (RFC 8414)."""
    yield f"{issuer}/.well-known/{OPENID_CONFIGURATION}"
    yield well_known_url(issuer, OPENID_CONFIGURATION)
    yield well_known_url(issuer, OAUTH_SERVER)
    if not issuer_path(issuer):
        # Below a prefix without ``well_known``: no program looks there by itself, but one may be told.
        token = reverse(ENDPOINTS["token_endpoint"]).rstrip("/")
        yield urljoin(issuer, f"{token.removesuffix('oauth/token')}.well-known/{OPENID_CONFIGURATION}")
