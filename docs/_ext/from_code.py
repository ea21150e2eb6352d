"""Sphinx extension: replaces ``<!-- from code: name -->`` in a page by Markdown that is made from the code.

So a table stands in one place, the code, and a page on a code host shows the words around it. ``<!-- pages: a b * -->``
becomes the table of contents of a folder: the pages that are named, in this order, then all others.
"""

import re
from pathlib import Path
from typing import Any

from docs._ext.reference import SECTIONS

FROM_CODE = re.compile(r"^<!-- from code: (?P<name>[a-z ]+) -->$", re.MULTILINE)
PAGES = re.compile(r"^<!-- pages: (?P<names>[^>]+) -->$", re.MULTILINE)


def expand(text: str, page: Path) -> str:
    """Return the ``text`` of ``page`` with every marker replaced. Raise ``KeyError`` where nothing is made for one."""
    text = FROM_CODE.sub(lambda found: SECTIONS[found["name"]](), text)
    return PAGES.sub(lambda found: contents(found["names"].split(), page), text)


def contents(names: list[str], page: Path) -> str:
    """Return a table of contents of the pages beside ``page``: those in ``names``; ``*`` stands for all others."""
    others = {path.stem for path in page.parent.glob("*.md")} - {page.stem, *names}
    listed = [name for name in names if name != "*"] + (sorted(others) if "*" in names else [])
    return "\n".join(["```{toctree}", ":maxdepth: 1", "", *listed, "```"])


def read_source(app: Any, docname: str, source: list[str]) -> None:
    """Expand the page that Sphinx is about to parse."""
    source[0] = expand(source[0], Path(app.env.doc2path(docname)))


def setup(app: Any) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.connect("source-read", read_source)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
