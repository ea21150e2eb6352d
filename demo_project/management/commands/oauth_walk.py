"""``oauth_walk`` in the demo: the same command, which knows the demo's clients and its user, so it needs no option."""

from typing import Any

from demo_project import seed
from oauth_provider.management.commands import oauth_walk
from oauth_provider.management.commands.oauth_walk import Defaults

# The web client, unless it may not.
OTHER_CLIENTS = {"client_credentials": "service"}
SCOPE = "notes:read"


class Command(oauth_walk.Command):
    """Found before the original, because the demo stands before ``oauth_provider`` in ``INSTALLED_APPS``."""

    how_to_start = "Start it in another terminal: make demo"

    def default_url(self) -> str:
        """Where ``make demo`` serves."""
        issuer: str = seed.describe()["issuer"]
        return issuer

    def defaults(self, url: str, grant_type: str, client_id: str) -> Defaults:
        """A client of the demo, the one that was named if any, at whichever port the demo is served."""
        demo = seed.describe()
        clients: dict[str, dict[str, Any]] = demo["clients"]
        named = {client["client_id"]: client for client in clients.values()}
        client = named.get(client_id) if client_id else clients[OTHER_CLIENTS.get(grant_type, "web")]
        if client is None:
            client = {"client_id": client_id, "redirect_uris": [], "scopes": []}
        resource_server = clients["resource_server"]

        def here(address: str) -> str:
            return (
                address.replace(demo["issuer"], url.rstrip("/"), 1) if address.startswith(demo["issuer"]) else address
            )

        return Defaults(
            client_id=client["client_id"],
            client_secret=client.get("client_secret", ""),
            redirect_uri=here(next(iter(client["redirect_uris"]), "")),
            username=demo["user"]["username"],
            password=demo["user"]["password"],
            scope=SCOPE if SCOPE in client["scopes"] else "",
            public_client_id=clients["native"]["client_id"],
            public_redirect_uri=clients["native"]["redirect_uris"][0],
            api=here(next(call["url"] for call in demo["api"] if call["method"] == "GET")),
            resource_server_id=resource_server["client_id"],
            resource_server_secret=resource_server["client_secret"],
        )
