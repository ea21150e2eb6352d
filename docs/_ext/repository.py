"""Sphinx extension: Markdown outside of ``docs/`` (README, CHANGELOG and the like) as pages of the site.

A page that begins with ``<!-- page: ../../CHANGELOG.md -->`` shows that file in its place, and every link to the file
leads to the page. So the same links work on a code host and in the site. ``<!-- section: ../README.md: Words -->``
becomes one section of a file.
"""

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent
# The first page takes the place of README, which is for those who come upon the repository.
ROOT_PAGE = {DOCS.parent / "README.md": DOCS / "index.md"}
SECTION = re.compile(r"^<!-- section: (?P<path>\S+): (?P<heading>[^>]+) -->$", re.MULTILINE)
MIRROR = re.compile(r"\A<!-- page: (?P<path>\S+) -->$", re.MULTILINE)
LINK = re.compile(r"(?P<before>\]\()(?P<path>[^)#\s:]+)(?P<anchor>#[^)\s]*)?(?P<after>\))")
FENCE = re.compile(r"^(```+|~~~+).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)


@cache
def mirrors() -> dict[Path, Path]:
    """Return each file outside of ``docs/`` that is a page of the site, with the file of that page."""
    found = dict(ROOT_PAGE)
    for page in sorted(DOCS.rglob("*.md")):
        match = MIRROR.match(page.read_text())
        if match:
            found[(page.parent / match["path"]).resolve()] = page
    return found


def mirrored(page: Path, text: str) -> str:
    """Return the source of ``page``: its ``text``, or that of the file that it shows, with links that hold there."""
    match = MIRROR.match(text)
    if match:
        origin = (page.parent / match["path"]).resolve()
        return relink(origin.read_text(), origin, page)
    return SECTION.sub(lambda found: _section(found, page), relink(text, page, page))


def _section(found: re.Match[str], page: Path) -> str:
    """Return the section that a marker names, with its heading. Raise ``ValueError`` where there is none."""
    origin = (page.parent / found["path"]).resolve()
    text = origin.read_text()
    start = text.index(f"\n## {found['heading']}\n") + 1
    end = text.find("\n## ", start)
    return relink(text[start : end if end > 0 else None].strip(), origin, page)


def relink(text: str, origin: Path, page: Path) -> str:
    """Return ``text``, which was written for ``origin``, with links that hold in ``page``; code is left as it is."""
    parts, end = [], 0
    for fence in FENCE.finditer(text):
        parts += [_relink(text[end : fence.start()], origin, page), fence[0]]
        end = fence.end()
    return "".join([*parts, _relink(text[end:], origin, page)])


def _relink(text: str, origin: Path, page: Path) -> str:
    def replace(link: re.Match[str]) -> str:
        target = (origin.parent / link["path"]).resolve()
        path = os.path.relpath(mirrors().get(target, target), page.parent)
        return f"{link['before']}{path}{link['anchor'] or ''}{link['after']}"

    return LINK.sub(replace, text)


def read_source(app: Any, docname: str, source: list[str]) -> None:
    """Replace a page that shows a file by the file, and note that it is to be read again when the file changes."""
    page = Path(app.env.doc2path(docname))
    for match in (MIRROR.match(source[0]), *SECTION.finditer(source[0])):
        if match:
            app.env.note_dependency(str((page.parent / match["path"]).resolve()))
    source[0] = mirrored(page, source[0])


def setup(app: Any) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.connect("source-read", read_source, priority=400)  # before markers are expanded
    return {"parallel_read_safe": True, "parallel_write_safe": True}
