"""Checks of the issuer (RFC 8414 §2) beside Django's own settings: there is one, and this site answers to its name."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail
from django.core.checks import CheckMessage, Tags, Warning
from django.http.request import validate_host

from oauth_provider.checks.registration import register
from oauth_provider.checks.urls import is_mounted
from oauth_provider.conf import provider_settings

# Django's own, for development without ALLOWED_HOSTS.
HOSTS_OF_DEVELOPMENT = [".localhost", "127.0.0.1", "[::1]"]


@register(Tags.security)
def check_issuer_is_needed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W115: DEBUG is off, and there is no issuer. To deploy so is an error (E001).

    It is no error here, since the settings of a build, in which ``migrate`` runs, may lack what the server has.
    """
    if settings.DEBUG or provider_settings.ISSUER or is_test_run() or not is_mounted("oauth_provider:token"):
        return []
    return [
        Warning(
            'DEBUG is off, and OAUTH_PROVIDER["ISSUER"] is not set: discovery and sign-in fail.',
            hint='Set it to this server\'s https URL without a slash at its end: "https://auth.example.com".',
            id="oauth_provider.W115",
        )
    ]


@register(Tags.security)
def check_issuer_is_allowed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W116: requests to the issuer's host are refused, as ``ALLOWED_HOSTS`` does not have it."""
    host = _host_of(provider_settings.ISSUER or "")
    allowed = settings.ALLOWED_HOSTS or (HOSTS_OF_DEVELOPMENT if settings.DEBUG else [])
    if not host or not allowed or validate_host(host, allowed):
        return []
    if is_test_run() or not is_mounted("oauth_provider:token"):
        return []
    what_else = "" if not settings.DEBUG else " Or leave ISSUER out while DEBUG is on: it is then the address called."
    return [
        Warning(
            f'OAUTH_PROVIDER["ISSUER"] is at {host!r}, which ALLOWED_HOSTS does not have: clients are answered 400.',
            hint=f"Add {host!r} to ALLOWED_HOSTS, or let ISSUER be the URL at which this site is served.{what_else}",
            id="oauth_provider.W116",
        )
    ]


def is_test_run() -> bool:
    """Do tests run? Django's test environment then has DEBUG off, and hosts of its own."""
    return hasattr(mail, "outbox")


def _host_of(issuer: str) -> str:
    """Return the host as Django compares it, with an IPv6 address in brackets; "" for what is no URL."""
    try:
        host = urlsplit(issuer).hostname or ""
    except ValueError:
        return ""
    return f"[{host}]" if ":" in host else host
