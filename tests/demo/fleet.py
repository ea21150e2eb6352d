"""All servers of the demo, started by its one command on ports of their own."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.demo.server import ROOT, Demo, migrated, wait_for
from tests.demo.visitor import Visitor

PATIENCE = 30
# An hour goes by for every sign-in: in what tokens know, and in the sessions.
AN_HOUR_LATER = """
from datetime import timedelta
from django.contrib.sessions.models import Session
from django.db.models import F
from oauth_provider.authorization.sign_in import SIGN_IN
from oauth_provider.models import Authorization
Authorization.objects.update(auth_time=F("auth_time") - timedelta(hours=1))
for row in Session.objects.all():
    known = row.get_decoded()
    if SIGN_IN in known:
        known[SIGN_IN]["auth_time"] -= 3600
        row.session_data = Session.objects.encode(known)
        row.save()
"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """``demo`` is ``manage.py`` with its settings, ``described`` what ``demo_seed --json`` printed."""

    demo: Demo
    described: dict[str, Any]

    @property
    def photos(self) -> str:
        """Where the photos service is."""
        return self.demo.environment["PHOTOS_URL"]

    @property
    def assistant(self) -> str:
        """The URL of the MCP server."""
        return f"{self.demo.environment['ASSISTANT_URL']}/mcp"

    @property
    def resource(self) -> str:
        """The photos service as a resource (RFC 8707)."""
        return f"{self.photos}/photos"

    def visitor(self) -> Visitor:
        """Somebody with a browser of their own."""
        return Visitor(self.described)

    def call(self, token: str, path: str = "/photos/", method: str = "GET", **options: Any) -> requests.Response:
        """A call of the photos service."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(
            method, f"{self.photos}{path}", headers=headers | options.pop("headers", {}), timeout=20, **options
        )


def free_ports(number: int) -> list[int]:
    """So many ports that nobody listens on, all different."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(number)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]


def prepared(directory: Path, **environment: str) -> Fleet:
    """A migrated and seeded demo, with places for its other services."""
    port, photos, assistant = free_ports(3)
    places = {
        "PORT": str(port),
        "PHOTOS_URL": f"http://127.0.0.1:{photos}",
        "ASSISTANT_URL": f"http://127.0.0.1:{assistant}",
    }
    demo = migrated(directory, **places, **environment)
    return Fleet(demo, demo.seed())


def start(fleet: Fleet, output: Any = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """``manage.py demo``, in a process group of its own, as a terminal has it."""
    return subprocess.Popen(
        fleet.demo.command("demo"),
        cwd=ROOT,
        env=fleet.demo.environment,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


@contextmanager
def sailing(fleet: Fleet) -> Iterator[None]:
    """While it lasts, all servers answer."""
    log = fleet.demo.database.with_suffix(".log")
    with log.open("w") as output:
        process = start(fleet, output)
        try:
            wait_for(f"http://{fleet.demo.address}/", log)
            wait_for(f"{fleet.photos}/", log)
            wait_for(metadata_of(fleet.assistant), log)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@contextmanager
def photos_alone(fleet: Fleet, log: Path, **environment: str) -> Iterator[str]:
    """The photos service without the others, at a port of its own; its address."""
    (port,) = free_ports(1)
    place = f"http://127.0.0.1:{port}"
    command = ("runserver", "--noreload", f"127.0.0.1:{port}", "--settings", "demo_project.photos.settings")
    own = {**fleet.demo.environment, "PHOTOS_URL": place, **environment}
    with log.open("w") as output:
        server = subprocess.Popen(fleet.demo.command(*command), cwd=ROOT, env=own, stdout=output, stderr=output)
        try:
            wait_for(f"{place}/", log)
            yield place
        finally:
            server.terminate()
            server.wait(PATIENCE)


def metadata_of(resource: str) -> str:
    """Where RFC 9728 §3 puts the metadata of ``resource``."""
    parts = urlsplit(resource)
    return f"{parts.scheme}://{parts.netloc}/.well-known/oauth-protected-resource{parts.path}"


def is_listening(url: str) -> bool:
    """Does anybody?"""
    parts = urlsplit(url)
    with socket.socket() as caller:
        return caller.connect_ex((str(parts.hostname), parts.port or 80)) == 0
