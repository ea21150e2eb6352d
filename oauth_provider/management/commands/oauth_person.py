"""``manage.py oauth_person``: what is stored about a person, and how it is forgotten (GDPR Articles 15 and 17)."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from oauth_provider.personal_data.erase import erase, held
from oauth_provider.personal_data.export import export
from oauth_provider.personal_data.holding import SeveralPeople, Whose, find_by_key, find_by_username

THEIRS = "The account itself, its sessions, logs and backups are the project's: see to those, too."


class Command(BaseCommand):
    """Command for an operator whom a person asks what is known about them, or to be forgotten."""

    help = "Exports what is stored about a person, or erases it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add one subcommand for each task, and who the person is."""
        commands = parser.add_subparsers(dest="action", required=True)
        exporting = commands.add_parser("export", help="Print all of it as JSON, without secrets.")
        erasing = commands.add_parser("erase", help="End every sign-in, and erase or unname what is stored.")
        for one in (exporting, erasing):
            one.add_argument("user", nargs="?", metavar="USER", help="The name that the person signs in with.")
            one.add_argument("--id", help="The primary key instead, also of an account that was deleted.")
        erasing.add_argument("--yes", action="store_true", help="Do it, and do not only say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export or erase. Raises ``CommandError`` for a person that there is not."""
        whose = _find(options["user"], options["id"])
        if options["action"] == "export":
            self.stdout.write(json.dumps(export(whose), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
            return
        self._erase(whose, is_meant=options["yes"])

    def _erase(self, whose: Whose, *, is_meant: bool) -> None:
        try:
            done = erase(whose) if is_meant else list(held(whose))
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        for one in done:
            self.stdout.write(f"{one.count} {one.name.replace('_', ' ')}: {one.becomes}")
        self.stdout.write(THEIRS)
        if not is_meant:
            self.stdout.write("Nothing was changed. Add --yes to do it.")


def _find(name: str | None, key: str | None) -> Whose:
    if (name is None) == (key is None):
        raise CommandError("Name the person, or give --id.")
    try:
        whose = find_by_username(name) if name is not None else find_by_key(str(key))
    except (ValidationError, ValueError):
        whose = None
    except SeveralPeople:
        raise CommandError(f"Several users are called {name}. Give --id.") from None
    if whose is None:
        raise CommandError(f"There is no user {name if name is not None else key}.")
    return whose
