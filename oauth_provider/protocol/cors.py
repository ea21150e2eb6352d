"""Preflights (Fetch §3.2.2 and §3.2.3): a browser asks which request headers a script may send, and is told."""

import re

# The one value that stands for every origin; no answer with it ever invites cookies.
ANYONE = "*"
# What every client sends; a browser need not ask for it to be told.
ALWAYS_ALLOWED = ("Authorization", "Content-Type")
MAX_AGE = 600

MAX_LENGTH = 1024
MAX_HEADERS = 32
FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")


def preflight_headers(origin: str, methods: str, requested: str) -> dict[str, str]:
    """The headers that allow ``origin`` to send ``methods`` with the headers that it ``requested``.

    ``requested`` is the value of ``Access-Control-Request-Headers``, whatever it holds.
    """
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": ", ".join(allowed_headers(requested)),
        "Access-Control-Max-Age": str(MAX_AGE),
    }


def allowed_headers(requested: str) -> tuple[str, ...]:
    """The names in ``requested`` that can be names at all, each once, behind those that are always allowed.

    Of a list that is too long none is taken: a browser sends no such list.
    """
    if len(requested) > MAX_LENGTH:
        return ALWAYS_ALLOWED
    known = {name.lower(): name for name in ALWAYS_ALLOWED}
    for name in map(str.strip, requested.split(",")):
        # A lone asterisk would allow what nobody asked for.
        if len(known) < MAX_HEADERS and name != ANYONE and FIELD_NAME.fullmatch(name):
            known.setdefault(name.lower(), name)
    return tuple(known.values())
