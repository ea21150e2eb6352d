"""How denials travel (RFC 7009 §3) from the server that revokes to the APIs: the terms, and what a transport does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

REDIS = "oauth_provider.resource_server.redis_transport.RedisTransport"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TRANSPORT_HINT = (
    'For Redis: pip install "django-oauth-authority[redis]". '
    "Another TRANSPORT is the dotted path of a class that takes the options."
)
REDIS_SCHEMES = ("redis", "rediss", "unix")


@dataclass(frozen=True, slots=True, kw_only=True)
class DenylistOptions:
    """The dictionary ``DENYLIST``, which both sides have. Raises ``TypeError`` and ``ValueError``."""

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
        """Is it the transport that comes with this package?"""
        return self.transport == REDIS

    @property
    def is_guarded(self) -> bool:
        """Does a password, or the machine itself, keep others out? Of other transports nothing is known."""
        if not self.is_redis:
            return True
        parts = urlsplit(self.url)
        return parts.scheme == "unix" or bool(parts.password) or parts.hostname in LOOPBACK

    @classmethod
    def read(cls, value: Any, name: str) -> "DenylistOptions | None":
        """``value`` as the project wrote it under ``name``; None where it is empty. Raises ``ImproperlyConfigured``."""
        if value is None or value == {}:
            return None
        keys = {field.name.upper() for field in fields(cls)}
        if not isinstance(value, Mapping) or not value.keys() <= keys:
            raise ImproperlyConfigured(f"{name} must be a dictionary with keys out of {', '.join(sorted(keys))}.")
        try:
            return cls(**{key.lower(): one for key, one in value.items()})
        except (TypeError, ValueError) as problem:
            raise ImproperlyConfigured(f"{name} cannot be used: {problem}") from problem


class DenylistTransport(Protocol):
    """The contract of ``TRANSPORT``: a class, of which one instance is made from the ``DenylistOptions``.

    Making one opens no connection. Either side uses its half only. It may raise any exception where the way is
    barred; its text is logged, so it names no password.
    """

    def publish(self, messages: Sequence[tuple[str, int]]) -> None:
        """Send texts, each with the second until which it is worth knowing, and keep them for who comes later.

        It must not take long: somebody's request waits for it.
        """

    def listen(self) -> Iterator[str | bytes | None]:
        """Connect; give everything that is kept, then None, then what is sent from then on, as it comes.

        Between what is kept and what is sent nothing may be lost. It gives None whenever it likes, and raises where
        the connection is.
        """


def make_transport(options: DenylistOptions) -> DenylistTransport:
    """The transport that ``options`` name. Raises ``ImproperlyConfigured``."""
    try:
        return cast(DenylistTransport, import_string(options.transport)(options))
    except ImportError as error:
        raise ImproperlyConfigured(f"The transport {options.transport!r} cannot be imported: {error}") from error


def transport_problem(options: DenylistOptions) -> str:
    """Why the transport cannot be made, for a check; empty where it can. Nothing is connected."""
    try:
        make_transport(options)
    except Exception as problem:  # a class of the project's own may raise anything
        return str(problem)
    return ""
