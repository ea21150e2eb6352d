"""Freshness of an answer (RFC 9111 §4.2): for how long it may be used without asking again, within bounds of ours."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

# In seconds. Whoever says nothing is asked again after an hour.
SHORTEST, USUAL, LONGEST = 300, 3_600, 86_400
SECONDS = re.compile(r'"?([0-9]{1,10})"?')


def fresh_for(headers: Mapping[str, str]) -> int:
    """Return for how many seconds an answer with ``headers``, by lower-case name, is fresh to a shared cache."""
    directives = _directives(headers.get("cache-control", ""))
    if {"no-store", "no-cache", "private"} & set(directives):
        return SHORTEST
    stated = _seconds(directives.get("s-maxage")) if "s-maxage" in directives else _seconds(directives.get("max-age"))
    if stated is None:
        stated = _until_expiry(headers)
    if stated is None:
        return USUAL
    return min(max(stated - (_seconds(headers.get("age")) or 0), SHORTEST), LONGEST)


def _directives(value: str) -> dict[str, str]:
    parts = [part.strip().partition("=") for part in value.split(",")]
    return {name.strip().lower(): argument.strip() for name, _mark, argument in reversed(parts)}


def _seconds(value: str | None) -> int | None:
    found = SECONDS.fullmatch(value.strip()) if value is not None else None
    return int(found[1]) if found is not None else None


def _until_expiry(headers: Mapping[str, str]) -> int | None:
    """Return the seconds from ``Date`` to ``Expires`` (RFC 9111 §5.3); one that is no date is over."""
    if "expires" not in headers or "date" not in headers:
        return None
    try:
        lifetime = parsedate_to_datetime(headers["expires"]) - parsedate_to_datetime(headers["date"])
    except (ValueError, TypeError, OverflowError):
        return 0
    return int(lifetime.total_seconds())
