"""Spelling: of the names that are known, the one that a misspelt name was meant to be."""

import difflib
from collections.abc import Iterable

# Anybody may send names: nothing longer is compared, and with no more than so many.
MAX_LENGTH = 64
MAX_KNOWN = 50


def find_similar(name: object, known: Iterable[str]) -> str:
    """Return the name among ``known`` that is most like ``name``, whatever the case; "" where none is."""
    if not isinstance(name, str) or not name or len(name) > MAX_LENGTH:
        return ""
    names = list(known)[:MAX_KNOWN]
    by_lower_case = {one.lower(): one for one in reversed(names)}
    found = difflib.get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.75)
    return by_lower_case[found[0]] if found else ""


def with_guess(name: object, known: Iterable[str], hint: str) -> str:
    """Return ``hint`` behind the question "Did you mean …?", where a name that is known is like ``name``."""
    similar = find_similar(name, known)
    return f"Did you mean {similar!r}? {hint}" if similar else hint
