"""Connected apps in JSON, for a project's own account page. Times are ISO 8601."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from oauth_provider.pages.connected_apps.apps import App
from oauth_provider.pages.connected_apps.history import Entry
from oauth_provider.pages.connected_apps.receipts import Receipt


def listed(apps: Sequence[App], history: Sequence[Entry], receipts: Sequence[Receipt]) -> dict[str, Any]:
    """Return the members of the answer."""
    return {
        "apps": [_app(app) for app in apps],
        "history": [_entry(entry) for entry in history],
        "receipts": [_receipt(one) for one in receipts],
    }


def _app(app: App) -> dict[str, Any]:
    return {
        "client_id": app.client_id,
        "name": app.name,
        "host": app.asker.host,
        "standing": app.asker.standing.value,
        "publisher": app.asker.publisher,
        "logo": reverse("oauth_provider:logo", args=[app.asker.logo]) if app.asker.logo else None,
        "since": _time(app.since),
        "used": _time(app.used),
        "has_self_contained_tokens": app.says_so_itself,
        "places": [
            {
                "context": place.key,
                "name": place.name,
                "until": _time(place.until),
                "ends_unused_at": _time(place.ends_unused_at),
                "permissions": [
                    {"scope": one.scope, "words": one.words, "warning": one.warning} for one in place.permissions
                ],
            }
            for place in app.places
        ],
        "sign_ins": [
            {
                "id": one.id,
                "since": _time(one.since),
                "used": _time(one.used),
                "device": one.device,
                "address": one.address,
                "context": one.context,
            }
            for one in app.sign_ins
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "when": _time(entry.when),
        "client_id": entry.client_id,
        "name": entry.name,
        "words": str(entry.words),
        "is_alarming": entry.is_alarming,
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "when": _time(receipt.when),
        "language": receipt.language,
        "version": receipt.version,
        **receipt.content,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
