"""A live server for tests, whose address is also its issuer. Django's ``live_server`` serves the whole run."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from django.core.servers.basehttp import WSGIRequestHandler

# Without this the last packet of an answer waits 40 ms for the acknowledgement of the first.
WSGIRequestHandler.disable_nagle_algorithm = True


@contextmanager
def serving_as_issuer(live_server: Any, settings: Any) -> Iterator[str]:
    """The server's address. What ``requests`` opens inside is closed again."""
    opened: list[requests.Session] = []
    initialise = requests.Session.__init__

    def remember(session: requests.Session) -> None:
        opened.append(session)
        initialise(session)

    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "ISSUER": live_server.url}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "__init__", remember)
        yield live_server.url
    # A connection kept alive keeps a thread of the server, and with it the database of the tests.
    for session in opened:
        session.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=5)
