"""The name that this server is called by (RFC 8414 §2): the log says once if that is not the issuer's.

A system check knows no address, so the first request tells. It is looked at where people arrive and programs look for
us, at the authorization endpoint and the metadata; programs of the operator may call others by a name of their own.
"""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from oauth_provider.tokens.issuer import Issuer

logger = logging.getLogger("oauth_provider.tokens")

PORTS = {"http": 80, "https": 443}
# A host in a request is of no length in particular.
MAX_LENGTH = 100
TLS = (
    "If a proxy ends TLS, have it send X-Forwarded-Proto and set SECURE_PROXY_SSL_HEADER: forms are refused until then."
)
NAME = "Set ISSUER to the URL that browsers have, or open that one: a session at one host is none at another."
NAME_IN_DEVELOPMENT = f"{NAME} While DEBUG is on ISSUER may be left out."


class CalledName:
    """Comparison of requests with the issuer, until one differs: strangers choose the header, and get one line.

    Without a lock: two at once may be told of both.
    """

    def __init__(self) -> None:
        self.is_told = False

    def compare(self, http: HttpRequest, issuer: Issuer) -> None:
        """Log a warning, the first time that ``http`` came by another scheme, host or port than the issuer's."""
        if self.is_told or http.method != "GET":
            return
        try:
            called = f"{http.scheme}://{http.get_host()}"
            if not issuer.url or _origin_of(called) == _origin_of(issuer.url):
                return
        except (DisallowedHost, ValueError):
            return  # Django answers the one, and E002 tells of the other
        self.is_told = True
        is_scheme_alone = _origin_of(called)[1] == _origin_of(issuer.url)[1]
        remedy = NAME_IN_DEVELOPMENT if settings.DEBUG else NAME
        logger.warning(
            "A request came to %s, and ISSUER is %s. %s",
            called[:MAX_LENGTH],
            issuer.url,
            TLS if is_scheme_alone and http.scheme == "http" else remedy,
        )


def _origin_of(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)


called_name = CalledName()
