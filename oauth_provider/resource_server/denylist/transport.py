"""Transports of denials (RFC 7009 §3), from the server that revokes to the APIs: their contract."""

from collections.abc import Iterator, Sequence
from typing import Protocol, cast

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from oauth_provider.resource_server.options.denylist import DenylistOptions

TRANSPORT_HINT = (
    'For Redis: pip install "django-oauth-authority[redis]". '
    "Another TRANSPORT is the dotted path of a class that takes the options."
)


class DenylistTransport(Protocol):
    """Contract of ``TRANSPORT``: a class, of which one instance is made from the ``DenylistOptions``.

    Making one opens no connection. Each side uses its half only. Any exception may be raised when the connection
    fails; its text is logged, so it must not name a password.
    """

    def publish(self, messages: Sequence[tuple[str, int]]) -> None:
        """Send ``messages``, pairs of text and the second when it expires, and keep them for later listeners.

        It must be fast: a request waits for it.
        """

    def listen(self) -> Iterator[str | bytes | None]:
        """Connect; yield all kept messages, then None, then new messages as they arrive.

        No message may be lost between the kept and the new ones. None may be yielded at any time. Raises when
        the connection is lost.
        """


def make_transport(options: DenylistOptions) -> DenylistTransport:
    """Return the transport that ``options`` name. Raise ``ImproperlyConfigured``."""
    try:
        return cast(DenylistTransport, import_string(options.transport)(options))
    except ImportError as error:
        raise ImproperlyConfigured(f"The transport {options.transport!r} cannot be imported: {error}") from error


def transport_problem(options: DenylistOptions) -> str:
    """Return why the transport cannot be made, for a check; "" if it can. No connection is opened."""
    try:
        make_transport(options)
    except Exception as problem:  # a class of the project's own may raise anything
        return str(problem)
    return ""
