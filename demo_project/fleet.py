"""The demo's servers as processes: all of them are started, and when one ends, or Ctrl-C comes, all of them end."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from demo_project import addresses
from demo_project.seed import client_called

BASE_DIR = Path(__file__).resolve().parent.parent
PATIENCE = 5
# Between two looks at whether a server answers, in seconds.
PAUSE = 0.2
ADDED = {"DJANGO_RUNSERVER_HIDE_WARNING": "true"}  # this is for looking at, not a deployment


@dataclass(frozen=True, slots=True)
class Server:
    """One server: its name, its command line after ``python``, and what its environment adds.

    ``url`` is where it answers; empty for one that answers nobody.
    """

    name: str
    command: tuple[str, ...]
    url: str = ""
    environment: dict[str, str] = field(default_factory=dict)


def servers() -> tuple[Server, ...]:
    """The provider with its own API, its deliverer, the photos service, and the server for assistants."""
    photos = client_called("photos")
    return (
        Server("The provider", runserver(addresses.ISSUER, "demo_project.settings"), addresses.ISSUER),
        Server(
            "The deliverer of logouts and mails", ("manage.py", "oauth_deliver", "--settings", "demo_project.settings")
        ),
        Server(
            "The photos service",
            runserver(addresses.PHOTOS, "demo_project.photos.settings"),
            addresses.PHOTOS,
            {"PHOTOS_CLIENT_ID": photos.client_id, "PHOTOS_CLIENT_SECRET": photos.client_secret or ""},
        ),
        Server("The server for assistants", ("-m", "demo_project.assistant.server"), addresses.ASSISTANT),
    )


def runserver(address: str, settings: str) -> tuple[str, ...]:
    """Django's development server."""
    return ("manage.py", "runserver", "--noreload", f"127.0.0.1:{urlsplit(address).port}", "--settings", settings)


def run(fleet: Sequence[Server], when_ready: Callable[[], None] = lambda: None) -> tuple[Server, int]:
    """Run ``fleet`` until the first of it ends; which that was, and with what status. Raises ``KeyboardInterrupt``.

    ``when_ready`` is called once, when all of it answer.
    """
    ended: queue.SimpleQueue[tuple[Server, int]] = queue.SimpleQueue()
    with ExitStack() as stack, interruptible():
        for server in fleet:
            process = stack.enter_context(running(server))
            waiting = threading.Thread(
                target=lambda one, its: ended.put((one, its.wait())), args=(server, process), daemon=True
            )
            waiting.start()
        threading.Thread(target=wait_for_all, args=(fleet, when_ready), daemon=True).start()
        return ended.get()


def wait_for_all(fleet: Sequence[Server], when_ready: Callable[[], None]) -> None:
    """Call ``when_ready`` when somebody listens at every URL of ``fleet``. Where one never does, ``run`` says so."""
    places = [urlsplit(server.url) for server in fleet if server.url]
    while not all(is_listening(place.hostname or "", place.port or 80) for place in places):
        time.sleep(PAUSE)
    when_ready()


def is_listening(host: str, port: int) -> bool:
    """Does anybody take a connection there?"""
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((host, port)) == 0


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
