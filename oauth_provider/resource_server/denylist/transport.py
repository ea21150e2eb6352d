"""How denials travel (RFC 7009 §3) from the server that revokes to the APIs: what a transport does."""

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
