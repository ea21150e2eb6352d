"""What the pages of the admin cost at 20,000 clients and 200,000 sign-ins: ``make bench-admin``."""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.admin.pages import Cost

HEADINGS = ("", "SQL", "ms", "worst", "CPU ms", "kB")


def main() -> None:
    """Make a database, fill it, measure, print, and drop it."""
    parser = argparse.ArgumentParser(prog="make bench-admin", description=__doc__)
    parser.add_argument("--clients", type=int, default=20_000, help="how many clients, and as many people (20000)")
    parser.add_argument("--sign-ins", type=int, default=200_000, help="how many sign-ins (200000)")
    parser.add_argument("--times", type=int, default=9, help="how often each page is asked for (9)")
    parser.add_argument("--only", default="", help="only pages that have this in their names: search, deep")
    parser.add_argument("--keep", action="store_true", help="leave the database for the next time, and use it then")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        parser.error("DATABASE_URL must name a PostgreSQL server: postgres://user@127.0.0.1:5432/name")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.admin.settings"
    import django

    django.setup()
    from django.db import connection

    named = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=options.keep)
    try:
        costs = _measure(options)
    finally:
        connection.creation.destroy_test_db(named, verbosity=0, keepdb=options.keep)
    print(json.dumps([asdict(one) for one in costs], indent=2) if options.json else _table(costs))  # noqa: T201


def _measure(options: argparse.Namespace) -> list["Cost"]:
    from django.contrib.auth import get_user_model
    from django.test import Client as Browser

    from benchmarks.admin.pages import cost, pages
    from benchmarks.admin.population import Size, populate
    from oauth_provider.models import Authorization

    if not Authorization.objects.exists():
        populate(Size(options.clients, options.sign_ins))
    operator, _is_new = get_user_model()._default_manager.get_or_create(
        username="operator", is_staff=True, is_superuser=True
    )
    browser = Browser(headers={"host": "api.example.com"})
    browser.force_login(operator)
    return [cost(browser, page, options.times) for page in pages() if options.only in page.name]


def _table(costs: Sequence["Cost"]) -> str:
    rows = [HEADINGS, *(_row(cost) for cost in costs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(_line(row, widths) for row in rows)


def _row(cost: "Cost") -> tuple[str, ...]:
    numbers = (cost.typical, cost.worst, cost.cpu, cost.size)
    return (cost.name, str(cost.statements), *(f"{number:.0f}" for number in numbers))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


if __name__ == "__main__":
    main()
