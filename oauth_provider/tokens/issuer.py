"""The issuer (RFC 8414 §2): this server as its clients know it, passed along from endpoints and pages."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from oauth_provider.conf import provider_settings
from oauth_provider.tokens.key_ring import KeyRing, key_ring

logger = logging.getLogger("oauth_provider.tokens")


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer: its URL, empty where the project set none, and where its keys are read."""

    url: str = ""
    read_keys: Callable[[], KeyRing] = field(default=key_ring, repr=False)

    @property
    def name(self) -> str:
        """The issuer identifier. Raises ``ImproperlyConfigured`` where the project set none."""
        self.check()
        return self.url

    def check(self) -> None:
        """Raise ``ImproperlyConfigured`` where it has no name.

        It is logged, too: where DEBUG is off, Django shows no exception on the console.
        """
        if not self.url:
            logger.error('OAUTH_PROVIDER["ISSUER"] must be set where DEBUG is off: a request is answered 500.')
            raise ImproperlyConfigured('OAUTH_PROVIDER["ISSUER"] must be set where DEBUG is off.')

    @property
    def keys(self) -> KeyRing:
        """The keys of this moment. Raises ``ImproperlyConfigured`` where those that were given cannot be used."""
        return self.read_keys()

    def with_same_keys(self) -> "Issuer":
        """Return this issuer with the keys that are looked at first, whenever they are looked at again."""
        return replace(self, read_keys=cache(self.read_keys))


def issuer_of(http: HttpRequest) -> Issuer:
    """Return the issuer that ``http`` asks. For endpoints and pages, and for receivers of Django's own signals."""
    return Issuer(provider_settings.issuer_of(http))
