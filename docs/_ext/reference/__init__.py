"""What the reference is made of: each name that a page may ask for, with the function that writes its Markdown."""

from collections.abc import Callable

from docs._ext.reference import (
    addresses,
    checks,
    commands,
    happenings,
    python_api,
    reasons,
    rows,
    settings,
    specifications,
)
from oauth_provider import urls
from oauth_provider.bridge import urls as bridge_urls
from oauth_provider.resource_server import urls as resource_server_urls

SECTIONS: dict[str, Callable[[], str]] = {
    "settings": lambda: settings.table(settings.provider()),
    "resource server settings": lambda: settings.table(settings.resource_server()),
    "checks of the provider": lambda: checks.section("oauth_provider"),
    "checks of a resource server": lambda: checks.section("oauth_resource_server"),
    "reasons": reasons.section,
    "events": happenings.event_table,
    "signals": happenings.signal_table,
    "urls": lambda: addresses.table(urls.urlpatterns),
    "urls of accounts": lambda: addresses.table(urls.accounts),
    "urls at the root": lambda: addresses.table(urls.well_known),
    "urls of the bridge": lambda: addresses.table(bridge_urls.urlpatterns),
    "urls of a resource server": lambda: addresses.table(resource_server_urls.urlpatterns),
    "tables": rows.section,
    "commands": commands.section,
    "python api": python_api.section,
    "specifications": specifications.supported,
    "unsupported specifications": specifications.unsupported,
}
