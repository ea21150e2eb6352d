"""``demo``: the provider, the photos service and the server for assistants, in one terminal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo_project import fleet


class Command(BaseCommand):
    """Starts them all. Ctrl-C ends them all, and so does the end of any."""

    help = "Serve the demo: the provider, the photos service and the server for assistants. Ctrl-C ends them."
    requires_system_checks = []  # each server makes its own

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until Ctrl-C. Raises ``CommandError`` if one of them ends by itself."""
        try:
            server, status = fleet.run(fleet.servers())
        except KeyboardInterrupt:
            self.stdout.write("")
            return
        raise CommandError(f"{server.name} ended by itself, with status {status}. Is its port taken?")
