"""The client's end of the back channel (OpenID Connect Back-Channel Logout 1.0 §2.5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from unittest.mock import patch
from urllib.parse import parse_qs

from django.core.management import call_command

from oauth_provider.fetch import Fetched, Limits
from oauth_provider.models import LogoutDelivery
from oauth_provider.tokens import logout_delivery
from tests.driver import Driver, signed_in
from tests.logout import BYE

TOLD = "https://app.example.com/backchannel"


class Client:
    """A client's end of the back channel; ``says`` is its status, or the error that there is none."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, list[str]], Limits]] = []
        self.says: int | Exception = 200

    def fetch(self, url: str, limits: Limits, *, body: bytes, headers: dict[str, str]) -> Fetched:
        assert headers == {"Content-Type": "application/x-www-form-urlencoded"}
        self.got.append((url, parse_qs(body.decode(), strict_parsing=True), limits))
        if isinstance(self.says, Exception):
            raise self.says
        return Fetched(self.says, {}, b"")

    def tokens(self) -> list[str]:
        return [form["logout_token"][0] for _url, form, _limits in self.got]


@contextmanager
def listening() -> Iterator[Client]:
    """Whatever is sent goes to this client."""
    client = Client()
    with patch.object(logout_delivery, "fetch", client.fetch):
        yield client


def somebody() -> Driver:
    """A client that wants to be told, and a person who is signed in."""
    driver = signed_in(policy={"backchannel_logout_uri": TOLD}, post_logout_redirect_uris=BYE)
    driver.scope = "openid"
    return driver


def deliver(*arguments: str) -> str:
    """Send what is due; what the command says."""
    out = StringIO()
    call_command("oauth_deliver", "--once", *arguments, stdout=out)
    return out.getvalue()


def logged_out(driver: Driver) -> LogoutDelivery:
    """The message that a logout leaves in the outbox."""
    driver.tokens()
    driver.browser.logout()
    return LogoutDelivery.objects.get()


def reread(delivery: LogoutDelivery) -> LogoutDelivery:
    """As the database has it now."""
    return LogoutDelivery.objects.get(pk=delivery.pk)
