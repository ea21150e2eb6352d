"""CORS preflights (Fetch §3.2.2 and §3.2.3): a browser asks which request headers a script may send."""

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
    """Return the response headers that let ``origin`` send ``methods`` with the ``requested`` headers.

    ``requested`` is the value of ``Access-Control-Request-Headers``; it is not trusted.
    """
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": ", ".join(allowed_headers(requested)),
        "Access-Control-Max-Age": str(MAX_AGE),
    }


def allowed_headers(requested: str) -> tuple[str, ...]:
    """Return the header names that a script may send: ``ALWAYS_ALLOWED``, then each valid name of ``requested`` once.

    A list longer than ``MAX_LENGTH`` is ignored: no browser sends one.
    """
    if len(requested) > MAX_LENGTH:
        return ALWAYS_ALLOWED
    known = {name.lower(): name for name in ALWAYS_ALLOWED}
    for name in map(str.strip, requested.split(",")):
        # A lone asterisk would allow what nobody asked for.
        if len(known) < MAX_HEADERS and name != ANYONE and FIELD_NAME.fullmatch(name):
            known.setdefault(name.lower(), name)
    return tuple(known.values())
