"""``manage.py oauth_portal``: looks at verified publishers again, and gives apps without an owner to a developer.

The first fetches a file at the host of each; the second is for apps whose owners' accounts were deleted.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import router

from oauth_provider.clients import publisher, team
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.models import PublisherProof
from oauth_provider.sql.clock import database_now

LIMIT = 500


class Command(BaseCommand):
    """Command to run about every hour. It may run beside the server."""

    requires_system_checks = ()
    help = "Looks at the files of verified publishers again, and gives apps without an owner to a developer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``--dry-run``, which only counts, and ``--limit``, the files that are fetched in one run."""
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be done.")
        parser.add_argument("--limit", type=int, default=LIMIT, help="Files that are fetched in one run.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch one after the other, outside of any transaction."""
        due = publisher.due(database_now(router.db_for_write(PublisherProof)))[: max(1, options["limit"])]
        if options["dry_run"]:
            self.stdout.write(f"{due.count()} publishers would be looked at again")
            return
        found = [publisher.look_again(proof, By(Door.COMMAND)) for proof in due]
        self.stdout.write(f"{sum(found)} publishers are still at their host, {found.count(False)} are not")
        if given := team.give_to_developers():
            self.stdout.write(f"{given} apps without an owner were given to a developer")
