"""The code blocks of README, CONTRIBUTING and ``docs/``, as sybil reads them: what each is, and where it stands."""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import SkipTest

from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser, SkipParser

ROOT = Path(__file__).resolve().parents[2]
# What is run; what is only parsed; and languages that say nothing which a test here could hold them to.
RUN = ("python", "console")
PARSED = ("json", "toml", "yaml", "django")
NOT_RUN = ("text", "http", "html", "css", "js", "ts", "tsx", "java", "ini", "nginx", "dockerfile", "sql", "diff")
HEADING = re.compile(r"^(?P<marks>#{1,6}) +(?P<title>.+?)[ #]*$", re.MULTILINE)
FENCE = re.compile(r"^(?P<indent> *)(?P<fence>```+|~~~+)(?P<language>[^\n`]*)\n.*?^ *(?P=fence)[ \t]*$", re.M | re.S)
FILES = {
    "python": re.compile(r"\A# (?P<path>[\w./-]+\.py)(?::.*)?\n"),
    "django": re.compile(r"\A\{# (?P<path>[\w./-]+\.(?:html|txt)) #\}\n"),
}
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CHECKS = re.compile(r"^<!-- checks find: (?P<ids>[^>]+) -->$", re.MULTILINE)
BEGINS = re.compile(r"^<!-- begins: (?P<with>bare) -->$", re.MULTILINE)
RUN_BY = re.compile(r"\A<!-- blocks run by: (?P<path>\S+) -->\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One code block. ``skipped`` is the reason of a ``skip`` before it; ``section`` the heading that it is under."""

    page: Path
    line: int
    section: str
    language: str
    source: str
    is_visible: bool = True
    skipped: str = ""

    @property
    def file(self) -> str:
        """The file that a block names in its first comment, to which it is to be pasted; else empty."""
        pattern = FILES.get(self.language)
        found = pattern.match(self.source) if pattern else None
        return found["path"] if found else ""

    @property
    def place(self) -> str:
        """The page and the line of the block's first line of code, for messages."""
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def pages() -> list[Path]:
    """Every Markdown page whose blocks people paste."""
    docs = [path for path in sorted((ROOT / "docs").rglob("*.md")) if "_build" not in path.parts]
    found = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "UPGRADING.md", "SECURITY.md")]
    return [path for path in found if path.is_file()] + docs


def run_elsewhere(page: Path) -> str:
    """The test that runs the blocks of ``page`` in a way of its own, which the page names in its first line; or ""."""
    found = RUN_BY.match(page.read_text())
    return found["path"] if found else ""


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """Every block of ``page`` in a language that is run or parsed, in the order of the page."""
    return tuple(sorted(_read(page.read_text(), page), key=lambda block: block.line))


def read(text: str, page: Path = ROOT / "README.md") -> list[Block]:
    """The blocks of ``text``, as if it stood in ``page``."""
    return sorted(_read(text, page), key=lambda block: block.line)


def _read(text: str, page: Path) -> Iterator[Block]:
    document = Document(text, str(page))
    found: list[Example] = []
    for parser in (*(CodeBlockParser(name, found.append) for name in (*RUN, *PARSED)), SkipParser()):
        for region in parser(document):
            document.add(region)
    headings = _headings(text)

    def section(line: int) -> str:
        return next((title for start, title in reversed(headings) if start < line), page.stem)

    for language, pattern in (("checks", CHECKS), ("begins", BEGINS)):
        for one in pattern.finditer(text):
            line = text.count("\n", 0, one.start()) + 1
            yield Block(page, line, section(line), language, one[1], is_visible=False)
    for example in document:
        skipped = ""
        before = len(found)
        try:
            example.evaluate()
        except SkipTest as reason:
            skipped = str(reason)
        if len(found) == before and not skipped:  # a directive
            continue
        source = example.region.lexemes["source"]
        line = example.line + source.line_offset + 1
        is_visible = not text[example.region.start :].lstrip().startswith("<!--")
        yield Block(page, line, section(line), example.region.lexemes["arguments"], str(source), is_visible, skipped)


def _headings(text: str) -> list[tuple[int, str]]:
    """The line and the words of each heading; a comment in a code block is none, be the block visible or not."""
    blank = text
    for code in (FENCE, COMMENT):
        blank = code.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), blank)
    return [(blank.count("\n", 0, one.start()) + 1, one["title"]) for one in HEADING.finditer(blank)]


def languages(page: Path) -> list[tuple[int, str]]:
    """The line and the language of every fence, those that nothing here reads included."""
    text = page.read_text()
    return [(text.count("\n", 0, one.start()) + 1, one["language"].strip()) for one in FENCE.finditer(text)]


def other_blocks(page: Path) -> list[Block]:
    """Return the blocks of the languages that nothing here runs."""
    text = page.read_text()
    found = ((text.count("\n", 0, one.start()) + 2, one) for one in FENCE.finditer(text))
    return [
        Block(
            page,
            line,
            "",
            one["language"].strip(),
            textwrap.dedent(one[0].split("\n", 1)[1].rpartition("\n")[0] + "\n"),
        )
        for line, one in found
        if one["language"].strip() in NOT_RUN
    ]


def assigned(source: str) -> set[str]:
    """The names that a block gives a value, or defines, at its top level; what it imports is not among them."""
    names: set[str] = set()
    for node in _top_level(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.For | ast.With):
            names |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return names


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for inner in ("body", "orelse", "handlers", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _top_level(getattr(node, inner, []))
