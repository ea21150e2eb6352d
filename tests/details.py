"""Two types of authorization details (RFC 9396) for tests, and elements of both."""

import json
from collections.abc import Mapping
from typing import Any

from oauth_provider.protocol.authorization_details import AuthorizationDetailsType, Detail
from tests.settings import OAUTH_PROVIDER

TRANSFER = {
    "name": "Send money",
    "schema": {
        "properties": {
            "amount": {
                "type": "object",
                "properties": {"currency": {"type": "string"}, "value": {"type": "string"}},
                "required": ["currency", "value"],
            },
            "to": {"type": "string", "maxLength": 200},
            "locations": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["amount", "to"],
    },
}
ACCOUNT = {
    "name": "See your accounts",
    "schema": {
        "properties": {
            "actions": {"type": "array", "items": {"enum": ["read", "list"]}, "minItems": 1},
            "locations": {"type": "array", "items": {"type": "string", "format": "uri"}},
        },
        "required": ["actions"],
    },
    "narrowable": ["actions"],
    "remember": True,
    "needs_person": False,
}
TYPES = {"transfer": TRANSFER, "account": ACCOUNT, "album": "tests.details.Album"}
ONE = {"type": "transfer", "amount": {"currency": "EUR", "value": "12.50"}, "to": "Mia & <b>Söhne</b>"}
TWO = {"type": "transfer", "amount": {"currency": "EUR", "value": "99.00"}, "to": "Noor"}
READ = {"type": "account", "actions": ["read", "list"]}


class Album(AuthorizationDetailsType):
    """A type in code: albums end in a number, and the one who grants it says whose they are."""

    name = "Print an album"
    schema: Mapping[str, Any] = {"properties": {"album": {"type": "string"}, "owner": {"type": "string"}}}

    def check(self, detail: Detail, client_id: str) -> None:
        """Only such albums, and nobody names an owner."""
        if not detail.get("album", "")[-1:].isdigit() or "owner" in detail:
            raise ValueError(f"no album of anybody's, says {client_id}")

    def enrich(self, detail: Detail, user: Any) -> Detail:
        """Whose it is."""
        return {**detail, "owner": user.get_username()}

    def narrow(self, granted: Detail, requested: Detail) -> Detail | None:
        """The album that was granted, with its owner."""
        return granted if granted["album"] == requested["album"] else None


def register(settings: Any, **more: Any) -> None:
    """Have the server know these types."""
    settings.OAUTH_PROVIDER = {**OAUTH_PROVIDER, "AUTHORIZATION_DETAILS_TYPES": TYPES, **more}


def said(*details: Any) -> str:
    """The parameter."""
    return json.dumps(details)
