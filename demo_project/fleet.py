"""The demo's servers as processes: all of them are started, and when one ends, or Ctrl-C comes, all of them end."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from demo_project import addresses
from demo_project.seed import client_called

BASE_DIR = Path(__file__).resolve().parent.parent
PATIENCE = 5
ADDED = {"DJANGO_RUNSERVER_HIDE_WARNING": "true"}  # this is for looking at, not a deployment


@dataclass(frozen=True, slots=True)
class Server:
    """One server: what it is called, the command line after ``python``, and what its environment adds."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def servers() -> tuple[Server, ...]:
    """The provider with its own API, what delivers its logouts, the photos service, and the server for assistants."""
    photos = client_called("photos")
    return (
        Server("The provider", runserver(addresses.ISSUER, "demo_project.settings")),
        Server("The deliverer of logouts", ("manage.py", "oauth_deliver", "--settings", "demo_project.settings")),
        Server(
            "The photos service",
            runserver(addresses.PHOTOS, "demo_project.photos.settings"),
            {"PHOTOS_CLIENT_ID": photos.client_id, "PHOTOS_CLIENT_SECRET": photos.client_secret or ""},
        ),
        Server("The server for assistants", ("-m", "demo_project.assistant.server")),
    )


def runserver(address: str, settings: str) -> tuple[str, ...]:
    """Django's development server."""
    return ("manage.py", "runserver", "--noreload", f"127.0.0.1:{urlsplit(address).port}", "--settings", settings)


def run(fleet: Sequence[Server]) -> tuple[Server, int]:
    """Run ``fleet`` until the first of it ends; which that was, and with what status. Raises ``KeyboardInterrupt``."""
    ended: queue.SimpleQueue[tuple[Server, int]] = queue.SimpleQueue()
    with ExitStack() as stack, interruptible():
        for server in fleet:
            process = stack.enter_context(running(server))
            waiting = threading.Thread(
                target=lambda one, its: ended.put((one, its.wait())), args=(server, process), daemon=True
            )
            waiting.start()
        return ended.get()


@contextmanager
def running(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    """While it lasts, ``server`` runs; it is asked to end before it is made to."""
    environment = {**os.environ, **ADDED, **server.environment}
    process = subprocess.Popen([sys.executable, *server.command], cwd=BASE_DIR, env=environment)  # noqa: S603 - ours
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def interruptible() -> Iterator[None]:
    """Being told to end (SIGTERM) is as Ctrl-C: nobody is left behind."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
