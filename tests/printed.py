"""Files that a page of the documentation prints: a block whose first line is a comment with the file's name."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```\w+\n(?P<source>(?:#|//) (?P<name>\S+)\n.*?)^```$", re.MULTILINE | re.DOTALL)


def printed(page: str, name: str) -> str:
    """The first block of ``page`` (a path below docs/) that is the file ``name``; later ones may add to it."""
    found = [one["source"] for one in FENCE.finditer((DOCS / page).read_text()) if one["name"] == name]
    return found[0]
