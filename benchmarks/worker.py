"""One server in a process of its own, since the two cannot share one: ``python -m benchmarks.worker ours``.

It reads a line of JSON for each batch and answers with one, until its input ends.
"""

import gc
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any


def main(name: str) -> None:
    """Make the database, serve, and drop the database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"benchmarks.settings_{name}"
    import django

    django.setup()
    from django.db import connection

    named = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        _serve(name)
    finally:
        connection.creation.destroy_test_db(named, verbosity=0)


def _serve(name: str) -> None:
    from django.contrib.auth import get_user_model
    from django.test import Client as Browser
    from oauth2_provider.models import get_application_model

    from benchmarks.keys import publish
    from benchmarks.operations import Driver
    from benchmarks.population import populate
    from benchmarks.server import Server
    from benchmarks.subjects import SUBJECTS

    _share_a_processor()
    subject = SUBJECTS[name]
    browser = Browser(headers={"host": "api.example.com"})
    browser.force_login(get_user_model()._default_manager.create(username="ada"))
    app, service = (subject.create_client(kind) for kind in ("authorization-code", "client-credentials"))
    asking = subject.create_client("authorization-code", asks=True)
    populate(get_application_model().objects.get(client_id=app.client_id))
    server = Server()
    driver = Driver(subject, server, browser.cookies["sessionid"].value, app, asking, service)
    if name.startswith("jwt"):
        publish(server)
    for line in sys.stdin:
        order = json.loads(line)
        _say(_ANSWERS[order.pop("do")](driver, **order))


def _share_a_processor() -> None:
    """Put this process and its session of PostgreSQL on one processor, where we may.

    Then the clock counts the work of both and nothing else. Where each has a processor of its own, every
    statement is also two wake-ups of an idle one, which on a virtual machine cost more than the statement.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone()
    processor = {max(os.sched_getaffinity(0))}
    with suppress(PermissionError, ProcessLookupError):
        os.sched_setaffinity(session, processor)
        os.sched_setaffinity(0, processor)


def _measure(driver: Any, operation: str, count: int) -> Any:
    return [asdict(sample) for sample in driver.server.time(driver.flows(operation, count))]


def _statements(driver: Any, operation: str) -> int:
    first, second = driver.flows(operation, 2)
    first(driver.server).require()
    counted: int = driver.server.statements(second)
    return counted


def _settle(driver: Any) -> None:
    """After the warm-up: what lives by now is there to stay, and the planner knows the tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    gc.collect()
    gc.freeze()


_ANSWERS: dict[str, Callable[..., Any]] = {"measure": _measure, "statements": _statements, "settle": _settle}


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main(sys.argv[1])
