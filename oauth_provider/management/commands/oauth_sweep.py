"""``manage.py oauth_sweep``: delete what has expired, in batches, and blank what was sealed for a while."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import router

from oauth_provider.models import Authorization
from oauth_provider.sql.clock import database_now
from oauth_provider.sweeping.sweep import SWEEPS

BATCH_SIZE = 2000


class Command(BaseCommand):
    """Meant to run every hour or so; it may run while the server does."""

    # They would cost every run a third of a second and 7 MiB to say what they said when the project was deployed.
    requires_system_checks = ()
    help = "Deletes expired pending requests, authorizations, access tokens and secrets, in batches."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--dry-run`` counts and changes nothing; ``--batch-size`` is how many rows one transaction takes."""
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")
        parser.add_argument("--batch-size", type=int, default=BATCH_SIZE, help="Rows in one transaction.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each sweep in its order, so that nothing is deleted before what hangs on it."""
        now, size = database_now(router.db_for_write(Authorization)), max(1, options["batch_size"])
        for sweep in SWEEPS:
            if options["dry_run"]:
                self.stdout.write(f"{sweep.count(now)} {sweep.name} would be {sweep.done}")
            else:
                self.stdout.write(f"{sum(sweep.batches(now, size))} {sweep.name} {sweep.done}")
