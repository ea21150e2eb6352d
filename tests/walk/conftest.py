"""Running the command: what it printed, and how it ended."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.walk import fake_server
from tests.walk.fake_server import FakeServer, Tamper, serve


@dataclass(frozen=True)
class Outcome:
    """``error`` is what the command failed with; empty where its exit status is 0."""

    out: str
    error: str

    @property
    def text(self) -> str:
        """What was printed, its lines joined."""
        return " ".join(self.out.split())

    @property
    def json(self) -> dict[str, Any]:
        """What was printed, for programs."""
        result: dict[str, Any] = json.loads(self.out)
        return result

    @property
    def wrong(self) -> list[str]:
        """The checks that do not hold."""
        steps = [step for walk in self.json["walks"] for step in walk["steps"]]
        return [check["text"] for step in steps for check in step["checks"] if not check["ok"]]


def walk(*arguments: str) -> Outcome:
    """Run the command."""
    out = io.StringIO()
    try:
        call_command("oauth_walk", *arguments, stdout=out)
    except CommandError as error:
        return Outcome(out.getvalue(), str(error))
    return Outcome(out.getvalue(), "")


@pytest.fixture
def fake() -> Iterator[Callable[..., FakeServer]]:
    """Makes servers that misbehave."""
    running = []

    def make(tamper: Tamper | None = None, *faults: str) -> FakeServer:
        server = FakeServer(tamper, set(faults))
        running.append((server, serve(server)))
        return server

    yield make
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def options(server: FakeServer, **changes: str) -> list[str]:
    """The command line for a fake server."""
    given = {
        "url": server.url,
        "client_id": fake_server.CLIENT,
        "client_secret": fake_server.SECRET,
        "redirect_uri": fake_server.CALLBACK,
        "username": fake_server.USER,
        "password": fake_server.PASSWORD,
        "scope": "notes:read",
        "public_client_id": fake_server.PUBLIC,
        "public_redirect_uri": fake_server.PUBLIC_CALLBACK,
        "api": f"{server.url}/api",
        "resource_server_id": fake_server.API_CLIENT,
        "resource_server_secret": fake_server.API_SECRET,
    } | changes
    return [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value]
