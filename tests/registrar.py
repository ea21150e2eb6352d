"""A program that registers itself, over Django's test client, at a door that stands open."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client as Browser

from tests.factories import CALLBACK

REGISTER = "/oauth/register"
OPEN = {"IS_OPEN": True}


def open_door(settings: Any, **members: Any) -> None:
    """Let programs register; ``members`` are of the door's policy."""
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REGISTRATION": {"ENDPOINT": OPEN | members}}


@dataclass
class Registrar:
    """What it sends, unless it says otherwise, registers a public client with one redirect URI."""

    browser: Browser = field(default_factory=Browser)
    metadata: dict[str, Any] = field(
        default_factory=lambda: {
            "client_name": "Photo Book",
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "none",
            "scope": "notes:read",
        }
    )

    def post(self, *, token: str = "", **changes: Any) -> Any:
        """Register; a change to None leaves a member out."""
        document = {name: value for name, value in (self.metadata | changes).items() if value is not None}
        return self.send("POST", REGISTER, document, token)

    def made(self, **changes: Any) -> dict[str, Any]:
        """The answer to a registration that is taken."""
        response = self.post(**changes)
        assert response.status_code == 201, response.content
        members: dict[str, Any] = response.json()
        return members

    def manage(self, method: str, made: dict[str, Any], document: Any = None, token: str | None = None) -> Any:
        """Ask the endpoint of the client that was ``made``, with its token or another one."""
        path = f"{REGISTER}/{made['client_id']}"
        return self.send(method, path, document, made["registration_access_token"] if token is None else token)

    def put(self, made: dict[str, Any], token: str | None = None, **changes: Any) -> Any:
        """Update ``made`` as RFC 7592 §2.2 has it."""
        ours = {"registration_access_token", "registration_client_uri", "client_id_issued_at"}
        ours |= {"client_secret_expires_at", "client_secret"}
        document = {name: value for name, value in (made | changes).items() if name not in ours and value is not None}
        return self.manage("PUT", made, document, token)

    def send(self, method: str, path: str, document: Any = None, token: str = "", **headers: str) -> Any:
        """Send JSON, or bytes as they are."""
        body = document if isinstance(document, bytes) else b"" if document is None else json.dumps(document).encode()
        named = headers | ({"Authorization": f"Bearer {token}"} if token else {})
        return self.browser.generic(method, path, body, content_type="application/json", headers=named)
