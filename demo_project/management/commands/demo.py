"""``demo``: tables and data, then the provider, the photos service and the server for assistants, in one terminal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo_project import addresses, fleet
from demo_project.management.commands.demo_seed import as_text
from demo_project.preparation import Steps, prepare


class Command(BaseCommand):
    """Starts them all, once there is all that they need. Ctrl-C ends them all, and so does the end of any."""

    help = "Prepare and serve the demo: the provider, the photos service and the server for assistants."
    requires_system_checks = []  # each server makes its own

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until Ctrl-C. Raises ``CommandError`` if one of them ends by itself."""
        steps, servers = Steps(), fleet.servers()
        prepare(steps)
        self.stdout.write(f"\n{as_text()}\n\n")
        steps.say("Servers", f"starting {len(servers)}; Ctrl-C ends them")
        try:
            server, status = fleet.run(servers, lambda: steps.say("Ready", f"open {addresses.ISSUER}/"))
        except KeyboardInterrupt:
            self.stdout.write("")
            return
        raise CommandError(f"{server.name} ended by itself, with status {status}. Is its port taken?")
