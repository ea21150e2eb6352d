"""``manage.py oauth_deliver``: sends back-channel logout messages to clients, and notices to people."""

import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from oauth_provider.clients.keys.encryption import envelope_for
from oauth_provider.models import LogoutDelivery
from oauth_provider.notices.mail import senders
from oauth_provider.tokens.logout_delivery import deliver_due

POLL = 5.0


class Command(BaseCommand):
    """Command to run beside the server, as a service or, with ``--once``, every minute. Several may run at a time."""

    help = "Sends what waits in the outbox, logout messages to clients and mails to people, and what is due again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--once``, which ends when nothing is due, ``--poll`` in seconds, and ``--retry-dead``."""
        parser.add_argument("--once", action="store_true", help="Send what is due and end.")
        parser.add_argument("--poll", type=float, default=POLL, help="Seconds between two looks into the outbox.")
        parser.add_argument("--retry-dead", action="store_true", help="Try again what was given up.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Deliver until stopped. An attempt that was interrupted is made again after two minutes."""
        if options["retry_dead"]:
            self.stdout.write(f"{LogoutDelivery.objects.retry_dead()} will be tried again")
        with suppress(KeyboardInterrupt):
            self._deliver(once=options["once"], poll=options["poll"])

    def _deliver(self, *, once: bool, poll: float) -> None:
        while True:
            done = deliver_due(envelope_for, senders())
            if done or once:
                waiting, dead = done["pending"], done["dead"]
                self.stdout.write(f"{done['delivered']} delivered, {waiting} to be tried again, {dead} given up")
            if once:
                return
            close_old_connections()
            time.sleep(poll)
