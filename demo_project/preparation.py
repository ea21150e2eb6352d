"""What the demo needs before its servers start: its tables and its data. Each step says what it does."""

import io
import sys
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

from demo_project import seed

NOT_YET = "[ ]"


class Steps:
    """Lines that name a step and say how far it is; in a terminal, the last one is written anew."""

    def __init__(self, stream: Any = None) -> None:
        self.stream = stream or sys.stdout

    def say(self, step: str, text: str, *, is_final: bool = True) -> None:
        """Write a line. One that is not final is for a terminal alone, and the next one replaces it."""
        is_terminal = self.stream.isatty()
        if is_final or is_terminal:
            anew = "\r\033[K" if is_terminal else ""
            self.stream.write(f"{anew}{step:<11}{text}" + ("\n" if is_final else ""))
            self.stream.flush()


class MigrationCount(io.StringIO):
    """Output of ``migrate``, counted: a line for each migration ends in OK."""

    def __init__(self, steps: Steps, total: int) -> None:
        super().__init__()
        self.steps, self.total, self.done = steps, total, 0

    def write(self, text: str) -> int:
        """Count what is done, and show it."""
        found = text.count(" OK")
        if found:
            self.done += found
            self.steps.say("Database", f"{self.done} of {self.total} migrations", is_final=False)
        return super().write(text)


def prepare(steps: Steps) -> None:
    """Bring tables and data up to date."""
    prepare_database(steps)
    prepare_data(steps)


def prepare_database(steps: Steps) -> None:
    """Migrate, unless there is nothing to migrate."""
    name = str(connection.settings_dict["NAME"])
    missing = unapplied()
    if not missing:
        steps.say("Database", f"{name} is up to date")
        return
    steps.say("Database", f"making the tables in {name}: {missing} migrations")
    call_command("migrate", verbosity=1, no_color=True, stdout=MigrationCount(steps, missing))
    steps.say("Database", f"{missing} migrations applied")


def prepare_data(steps: Steps) -> None:
    """Seed, which mends what differs and leaves everything else alone."""
    is_new = not get_user_model().objects.filter(username=seed.USERNAME).exists()
    if is_new:
        steps.say("Demo data", "making two users and their clients")
    seed.seed()
    steps.say("Demo data", f"{len(seed.clients())} clients are {'made' if is_new else 'there already'}")


def unapplied() -> int:
    """Return how many migrations are not applied yet."""
    plan = io.StringIO()
    call_command("showmigrations", "--plan", no_color=True, stdout=plan)
    return sum(line.startswith(NOT_YET) for line in plan.getvalue().splitlines())
