"""``DENYLIST`` (RFC 7009 §3): how denials travel. The provider and its APIs have the same options."""

from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from oauth_provider.resource_server.options.keys import check_keys

REDIS = "oauth_provider.resource_server.denylist.redis_transport.RedisTransport"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
REDIS_SCHEMES = ("redis", "rediss", "unix")


@dataclass(frozen=True, slots=True, kw_only=True)
class DenylistOptions:
    """Options in the dictionary ``DENYLIST``, for both sides. Raises ``TypeError`` and ``ValueError``."""

    url: str = field(default="", repr=False)  # there may be a password in it
    channel: str = "oauth-denylist"
    transport: str = REDIS

    def __post_init__(self) -> None:
        if not all(isinstance(text, str) for text in (self.url, self.channel, self.transport)):
            raise TypeError("URL, CHANNEL and TRANSPORT are strings.")
        if not self.channel or not self.transport:
            raise ValueError("CHANNEL and TRANSPORT are not empty.")
        if self.is_redis and urlsplit(self.url).scheme not in REDIS_SCHEMES:
            raise ValueError("URL begins with redis://, rediss:// or unix://.")

    @property
    def is_redis(self) -> bool:
        """Is it the Redis transport of this package?"""
        return self.transport == REDIS

    @property
    def is_guarded(self) -> bool:
        """Are others kept out by a password, or because it is on this machine?

        True for other transports, which are unknown.
        """
        if not self.is_redis:
            return True
        parts = urlsplit(self.url)
        return parts.scheme == "unix" or bool(parts.password) or parts.hostname in LOOPBACK

    @classmethod
    def read(cls, value: Any, name: str) -> "DenylistOptions | None":
        """Return the options in ``value``, or None where it is empty. Raise ``ImproperlyConfigured``.

        ``name`` is the setting that the project wrote, for the message.
        """
        if value is None or value == {}:
            return None
        try:
            check_keys(value, {field.name.upper() for field in fields(cls)})
            return cls(**{key.lower(): one for key, one in value.items()})
        except (TypeError, ValueError) as problem:
            raise ImproperlyConfigured(f"{name} cannot be used: {problem}") from problem
