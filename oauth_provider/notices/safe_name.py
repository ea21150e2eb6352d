"""Names in mails (RFC 5322 §2.2): a client calls itself anything, and no mail program may take that for a link."""

import re

from oauth_provider.protocol.shown_text import is_shown_as_stored

MAX_LENGTH = 100
# U+2060, the word joiner: invisible, and the end of what a mail program takes for an address.
JOINER = "\u2060"
# What would make a link of "example.com", "https://example.com", "someone@example.com" or "tel:1", in every width: a
# browser reads "example。com" as "example.com" (Unicode Technical Standard #46 §2.3).
LINKING = re.compile(r"(?<=\S)([.:/@\u3002\uff0e\uff61\uff1a\uff0f\uff20])(?=\S)")


def safe_name(name: str, *, max_length: int = MAX_LENGTH) -> str:
    """Return ``name`` on one line, without what reorders it, cut where it is too long, and without anything to link."""
    shown = "".join(character if is_shown_as_stored(character) else " " for character in name)
    line = " ".join(shown.split())
    line = line if len(line) <= max_length else f"{line[: max_length - 1]}…"
    return LINKING.sub(rf"\1{JOINER}", line)
