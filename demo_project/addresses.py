"""Where the servers of the demo are: three ports in a row on this machine, unless the environment says otherwise."""

import os

_PORT = int(os.environ.get("PORT") or 8000)


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


ISSUER = os.environ.get("ISSUER") or _at(_PORT)
PHOTOS = os.environ.get("PHOTOS_URL") or _at(_PORT + 1)
ASSISTANT = os.environ.get("ASSISTANT_URL") or _at(_PORT + 2)

# The resource identifiers (RFC 8707 §2) of what is served there.
PHOTOS_RESOURCE = f"{PHOTOS}/photos"
ASSISTANT_RESOURCE = f"{ASSISTANT}/mcp"
