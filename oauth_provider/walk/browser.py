"""Browser of a person: keeps cookies, fills in forms, follows redirects, and stops at the app's redirect URI."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from oauth_provider.walk.page import Form, Page, read_page
from oauth_provider.walk.wire import Exchange, Request, Trouble, Wire, server_of

MAX_HOPS = 10
ACTOR = "Browser"


@dataclass(frozen=True, slots=True)
class Shown:
    """The browser shows a page."""

    url: str
    exchange: Exchange
    page: Page


@dataclass(frozen=True, slots=True)
class Arrived:
    """The browser was sent to the app's redirect URI. It is read but not fetched, since we are the app."""

    url: str
    exchange: Exchange


Place = Shown | Arrived


class Browser:
    """Browser of one person. ``watch`` gets every exchange; ``redirect_uris`` are those of the apps."""

    def __init__(self, wire: Wire, redirect_uris: tuple[str, ...], watch: Callable[[Exchange], None]) -> None:
        self._wire = wire
        self._redirect_uris = tuple(uri for uri in redirect_uris if uri)
        self._watch = watch

    def open(self, url: str) -> Exchange:
        """GET ``url``, without following redirects."""
        return self._send(Request(ACTOR, "GET", url, {"Accept": "text/html"}))

    def submit(self, shown: Shown, form: Form, fields: dict[str, str]) -> Exchange:
        """POST ``form`` with its hidden fields and ``fields``, without following redirects.

        Raise ``Trouble`` for other servers.
        """
        url = absolute(shown.url, form.action)
        if not self._wire.serves(url):
            raise Trouble(f"The form on {shown.url} would send what is filled in to {server_of(url)}. It was not sent.")
        # As browsers do; Django's CSRF check reads both.
        headers = {"Accept": "text/html", "Origin": server_of(shown.url), "Referer": shown.url}
        return self._send(Request(ACTOR, "POST", url, headers, form.hidden() | fields))

    def follow(self, exchange: Exchange) -> Place:
        """Follow the redirects from ``exchange`` to their end.

        Raise ``Trouble`` where they lead elsewhere or never end.
        """
        for _ in range(MAX_HOPS):
            here, location = exchange.request.url, exchange.response.location
            if not location:
                return Shown(here, exchange, read_page(exchange.response.body))
            target = absolute(here, location)
            if self.is_the_apps(target):
                return Arrived(target, exchange)
            if not self._wire.serves(target):
                raise Trouble(
                    f"The server sends the browser to {urldefrag(target).url.partition('?')[0]}, which is neither "
                    f"its own nor the app's redirect URI. It was not followed."
                )
            check_method(exchange)
            exchange = self.open(urldefrag(target).url)
        raise Trouble(f"The server redirects the browser on and on; after {MAX_HOPS} hops it was at {here}.")

    def is_the_apps(self, url: str) -> bool:
        """Is it a redirect URI of the app, with anything added after it?"""
        ends = [url.removeprefix(uri) for uri in self._redirect_uris if url.startswith(uri)]
        return any(end[:1] in ("", "?", "&", "#") for end in ends)

    def _send(self, request: Request) -> Exchange:
        exchange = self._wire.send(request)
        self._watch(exchange)
        return exchange


def absolute(here: str, reference: str) -> str:
    """Return the absolute URL of a link on ``here``. Raise ``Trouble``."""
    try:
        return urljoin(here, reference)
    except ValueError:
        raise Trouble(f"{here} leads to {reference}, which is no URL.") from None


def check_method(exchange: Exchange) -> None:
    """Raise ``Trouble`` for 307 after a form (RFC 9700 §4.12): a browser would post the password again, elsewhere."""
    if exchange.request.method == "POST" and exchange.response.status in (307, 308):
        raise Trouble(f"The server answers a form with {exchange.response.status}; it must be 303 (RFC 9700 §4.12).")
