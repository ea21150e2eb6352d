"""Askers (RFC 9700 §4.7, RFC 7591 §5): what is certain about a client that asks, apart from what it says of itself.

Anybody may call an application anything. What is certain is where an answer goes, and what an operator has vouched for.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from oauth_provider.models import ClientPolicy
from oauth_provider.models.client import Client
from oauth_provider.protocol import redirect_uri
from oauth_provider.protocol.client_id_metadata import host_of_document
from oauth_provider.protocol.https_url import host_of


class Standing(Enum):
    """Standing of a client: an operator has verified its publisher, has approved it, or has done neither."""

    VERIFIED = "verified"
    APPROVED = "approved"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the client's own choice, and the host that it is on."""

    url: str
    host: str


@dataclass(frozen=True, slots=True)
class Asker:
    """A client as people are shown it.

    ``host`` is the one that an operator verified, or that served the client's document, or else the one that answers go
    to; "" where that is an app on the person's own device. ``name`` is the client's own choice, as are its pages.
    ``publisher`` is "" unless verified.
    ``logo`` is a digest, and the accents are colours, or "".
    """

    name: str
    host: str
    standing: Standing
    publisher: str
    logo: str
    accent: str
    dark_accent: str
    home: Page | None
    policy: Page | None
    terms: Page | None
    since: datetime | None
    registered_itself: bool

    @property
    def is_verified(self) -> bool:
        """Has an operator made sure of its publisher and host?"""
        return self.standing is Standing.VERIFIED

    @property
    def is_unverified(self) -> bool:
        """Has nobody here looked at it?"""
        return self.standing is Standing.UNVERIFIED

    @property
    def initial(self) -> str:
        """Return a letter, for where there is no logo."""
        return (self.host or self.name)[:1].upper()

    @property
    def has_accent(self) -> bool:
        """Does it have a colour of its own?"""
        return bool(self.accent or self.dark_accent)

    @property
    def light_digits(self) -> str:
        """Return its accent without "#", as it stands in the URL of a stylesheet; "none" for none."""
        return self.accent.removeprefix("#") or "none"

    @property
    def dark_digits(self) -> str:
        """Return the same for dark pages."""
        return self.dark_accent.removeprefix("#") or "none"


def asker_of(client: Client, redirects_to: str = "") -> Asker:
    """Return how ``client`` is shown where its answer goes to ``redirects_to``; "" is wherever it may go."""
    policy, application = client.policy, client.application
    standing = standing_of(policy)
    is_verified = standing is Standing.VERIFIED
    # Whom nobody looked at has no colours: the page stays ours.
    is_branded = standing is not Standing.UNVERIFIED
    return Asker(
        name=str(application),
        host=policy.verified_host if is_verified else documented_host(client) or host_of_answers(client, redirects_to),
        standing=standing,
        publisher=policy.publisher if is_verified else "",
        logo=policy.logo,
        accent=policy.accent_color if is_branded else "",
        dark_accent=policy.dark_accent if is_branded else "",
        home=_page(policy.client_uri),
        policy=_page(policy.policy_uri),
        terms=_page(policy.tos_uri),
        since=getattr(application, "created", None),
        registered_itself=getattr(application, "registration_source", "manual") != "manual",
    )


def standing_of(policy: ClientPolicy) -> Standing:
    """Return the standing of the client of ``policy``."""
    if policy.status != ClientPolicy.Status.APPROVED:
        return Standing.UNVERIFIED
    return Standing.VERIFIED if policy.publisher and policy.verified_host else Standing.APPROVED


def documented_host(client: Client) -> str:
    """Return the host of the document that describes the client; "" where none does."""
    return host_of_document(client.client_id) if client.policy.is_from_document else ""


def host_of_answers(client: Client, redirects_to: str = "") -> str:
    """Return the one host that answers go to; "" where it is this device, or one of several."""
    uris = (redirects_to,) if redirects_to else client.redirect_uris
    hosts = {"" if redirect_uri.is_on_device(uri) else redirect_uri.destination(uri) for uri in uris}
    return hosts.pop() if len(hosts) == 1 else ""


def _page(url: str) -> Page | None:
    host = host_of(url)
    return Page(url, host) if host else None
