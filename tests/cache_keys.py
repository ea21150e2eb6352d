"""Keys in the cache: every test has its own, so that no test empties a cache that others share."""

import secrets

_current = ""


def start_anew() -> None:
    """Nothing that was cached before is found after."""
    global _current
    _current = secrets.token_hex(8)


def make_key(key: str, key_prefix: str, version: int) -> str:
    """Django's ``KEY_FUNCTION``."""
    return f"tests:{_current}:{key_prefix}:{version}:{key}"
