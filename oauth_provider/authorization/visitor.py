"""Visitors: from where, and by which browser, a person answers, in words by which they know it again later."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest

from oauth_provider.conf import provider_settings

# Browsers send some 150 characters; a person's own words about theirs may be as long as a header.
MAX_USER_AGENT, MAX_ADDRESS, MAX_DEVICE = 300, 64, 100
UNKNOWN = "Other"


@dataclass(frozen=True, slots=True)
class Visitor:
    """The address of a browser, and which it is, such as "Firefox, Linux". Both may be empty, and both are claims."""

    address: str = ""
    device: str = ""


NOBODY = Visitor()


def visitor_of(http: HttpRequest) -> Visitor:
    """Return who sent ``http``, as far as it says."""
    address = provider_settings.CLIENT_ADDRESS(http)
    return Visitor(address[:MAX_ADDRESS], device_of(http.headers.get("User-Agent", "")[:MAX_USER_AGENT]))


@lru_cache(maxsize=1024)
def device_of(user_agent: str) -> str:
    """Return browser and system in the words of ``ua-parser``; empty where it knows neither."""
    from ua_parser import parse  # half a second, which a process that shows no page need not wait for

    if not (user_agent.isascii() and user_agent.isprintable()):
        return ""
    found = parse(user_agent)
    names = [part.family for part in (found.user_agent, found.os) if part is not None and part.family != UNKNOWN]
    return ", ".join(names)[:MAX_DEVICE]
