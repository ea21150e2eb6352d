"""Claims for the length of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oauth_provider.tokens import claims


@contextmanager
def adding(name: str, scope: str, function: Any, **options: Any) -> Iterator[None]:
    """The claim ``name`` is what ``function`` says, inside."""
    before = dict(claims._registry)
    claims.claim(name, scope=scope, **options)(function)
    try:
        yield
    finally:
        claims._registry.clear()
        claims._registry.update(before)
