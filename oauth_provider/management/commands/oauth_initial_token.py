"""``manage.py oauth_initial_token``: makes, lists and revokes the tokens with which clients may register (RFC 7591)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauth_provider.models import InitialAccessToken
from oauth_provider.registry.scope import all_scopes

DAY = 86_400
MAX_DAYS = 3650
MAX_LABEL = 64


class Command(BaseCommand):
    """Command for initial access tokens: so many clients, until then, with these scopes."""

    help = "Makes, lists or revokes initial access tokens, with which programs may register clients."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add one subcommand for each task."""
        commands = parser.add_subparsers(dest="action", required=True)
        creating = commands.add_parser("create", help="Make a token, and show it this once.")
        creating.add_argument("--label", default="", help="For whom, or for what, it is.")
        creating.add_argument("--uses", type=int, help="How many clients may be registered with it. Default: any.")
        creating.add_argument("--days", type=int, help="In how many days it ends. Default: never.")
        creating.add_argument("--scope", action="append", help="A scope that they may ask for; may be repeated.")
        listing = commands.add_parser("list", help="List them, the newest first.")
        for one in (creating, listing):
            one.add_argument("--json", action="store_true", help="For programs.")
        revoking = commands.add_parser("revoke", help="End one now. Clients that came with it go on.")
        revoking.add_argument("number", type=int, help="Its number in the list.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand, and print what was done."""
        match options["action"]:
            case "create":
                self._create(options)
            case "list":
                self._list(as_json=options["json"])
            case _:
                self._revoke(options["number"])

    @sensitive_variables()
    def _create(self, options: dict[str, Any]) -> None:
        uses, days, scopes = options["uses"], options["days"], options["scope"]
        if uses is not None and uses < 1:
            raise CommandError("--uses is a number of clients, at least 1.")
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise CommandError(f"--days is a number from 1 to {MAX_DAYS}.")
        if unknown := [one for one in scopes or () if one not in all_scopes()]:
            raise CommandError(f"There is no scope {unknown[0]!r} here.")
        if len(options["label"]) > MAX_LABEL:
            raise CommandError("--label is too long.")
        lifetime = None if days is None else days * DAY
        label = options["label"]
        row, token = InitialAccessToken.objects.create_token(label=label, scopes=scopes, uses=uses, lifetime=lifetime)
        self.stdout.write(json.dumps({**_described(row), "token": token}, indent=2) if options["json"] else token)

    def _list(self, *, as_json: bool) -> None:
        rows = [_described(row) for row in InitialAccessToken.objects.order_by("-pk")]
        if as_json:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        for row in rows:
            uses = f"{row['used']} of {row['uses'] or 'any number of'} clients"
            ends = f"ends {row['expires_at']}" if row["expires_at"] else "never ends"
            scopes = "every scope" if row["scopes"] is None else " ".join(row["scopes"])
            state = "" if row["is_good"] else "; no longer good"
            self.stdout.write(f"{row['number']}: …{row['hint']} {row['label']} ({uses}; {ends}; {scopes}{state})")

    def _revoke(self, number: int) -> None:
        row = InitialAccessToken.objects.filter(pk=number).first()
        if row is None:
            raise CommandError(f"There is no initial access token {number}.")
        InitialAccessToken.objects.revoke(row)
        self.stdout.write(f"…{row.hint} is revoked.")


def _described(row: InitialAccessToken) -> dict[str, Any]:
    is_over = row.expires_at is not None and row.expires_at <= timezone.now()
    is_used_up = row.max_uses is not None and row.used >= row.max_uses
    return {
        "number": row.pk,
        "hint": row.hint,
        "label": row.label,
        "scopes": row.scopes,
        "uses": row.max_uses,
        "used": row.used,
        "expires_at": None if row.expires_at is None else row.expires_at.isoformat(timespec="seconds"),
        "is_good": not (is_over or is_used_up),
    }
