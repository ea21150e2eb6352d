"""Waiting for a server that somebody started in a terminal."""

import time
from collections.abc import Callable

import requests

SECONDS = 60


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Wait until ``is_so``, for at most a minute."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            if is_so():
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{what} does not answer.")
