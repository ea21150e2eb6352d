"""Keys of a dictionary of options: a misspelt one is told with the one that was meant."""

from collections.abc import Collection, Mapping
from typing import Any

from oauth_provider.protocol.spelling import find_similar


def check_keys(options: Any, known: Collection[str]) -> None:
    """Raise ``TypeError`` where ``options`` is no dictionary, or has a key that is not among ``known``."""
    if not isinstance(options, Mapping):
        raise TypeError("it must be a dictionary")
    unknown = next((key for key in options if key not in known), None)
    if unknown is not None:
        similar = find_similar(unknown, known)
        told = f"did you mean {similar!r}?" if similar else f"it has {', '.join(sorted(known))}"
        raise TypeError(f"it has no key {unknown!r} ({told})")
