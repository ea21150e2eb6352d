"""Keys in the cache: every test has its own, so that no test finds what another cached."""

import os
import secrets

_current = ""


def start_anew() -> None:
    """Nothing that was cached before is found after."""
    global _current
    _current = secrets.token_hex(8)


def make_key(key: str, key_prefix: str, version: int) -> str:
    """Django's ``KEY_FUNCTION``."""
    return f"tests:{_current}:{key_prefix}:{version}:{key}"


def url_of_this_process(url: str) -> str:
    """``redis://host:port/0`` with another number for each process of pytest-xdist; Redis has 16 of them."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    place, slash, number = url.rpartition("/")
    return f"{place}/{(int(number) + int(worker)) % 16}" if slash and number.isdecimal() else url
