"""The steps of the tutorial, read from its Markdown. CONTRIBUTING.md tells writers how a page is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"
INDEX = TUTORIAL / "index.md"
FENCE = re.compile(r"^```(?P<language>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"^<!-- (?!blocks run by: )(?P<words>.*?) -->$")
# How the first line of a file names it, in each language.
NAMES = {
    "python": re.compile(r"^# (?P<path>[^\s:]+)(?P<at_end>: at the end)?$"),
    "html": re.compile(r"^<!-- (?P<path>[^\s:]+)(?P<at_end>: at the end)? -->$"),
    "js": re.compile(r"^// (?P<path>[^\s:]+)(?P<at_end>: at the end)?$"),
}
ANYTHING = "…"


class TutorialError(Exception):
    """The page cannot be followed, or what it promises does not happen."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that is pasted, or lines that are pasted at the end of one."""

    path: str
    text: str
    at_end: bool


@dataclass(frozen=True, slots=True)
class NewTerminal:
    """Another terminal is opened, in the folder where the tutorial begins."""


@dataclass(slots=True)
class Commands:
    """Commands that are pasted into the terminal, and what one then sees: all of it, but for what is elided."""

    text: str
    stays_busy: bool = False
    status: int = 0
    expected: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Person:
    """A person does in a browser what the next paragraph says: the function of that name in ``people.py``."""

    name: str


Step = File | NewTerminal | Commands | Person


def pages() -> list[Path]:
    """Return the pages of the tutorial in their order, which is that of the numbered links of its index."""
    return [TUTORIAL / name for name in re.findall(r"^\d+\. \[.*?\]\(([\w-]+\.md)\)", INDEX.read_text(), re.MULTILINE)]


def read(text: str) -> list[Step]:
    """Return the steps of a page in their order. Raise ``TutorialError`` for a block that nobody could follow."""
    steps: list[Step] = []
    commands: Commands | None = None
    directives: list[str] = []
    for language, piece in _pieces(text):
        if language is None:
            steps += _told(piece, directives)
            commands = None if piece.strip() else commands
        elif language == "console":
            commands = Commands(piece, stays_busy=_take("stays busy", directives), status=_status(directives))
            steps.append(commands)
        elif language == "text":
            if commands is None:
                raise TutorialError(f"Output of what? {piece!r}")
            commands.expected.append(piece)
        else:
            steps.append(_file(language, piece))
        if language is not None and directives:
            raise TutorialError(f"These are about a console block: {directives}")
    if directives:
        raise TutorialError(f"These are about no block: {directives}")
    return steps


def _pieces(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield the text between blocks, without a language, and the blocks."""
    end = 0
    for fence in FENCE.finditer(text):
        yield None, text[end : fence.start()]
        yield fence["language"], fence["text"]
        end = fence.end() + 1
    yield None, text[end:]


def _told(text: str, directives: list[str]) -> Iterator[Step]:
    """Yield the steps between two blocks, and add to ``directives`` what is said of the second."""
    for line in text.splitlines():
        words = found["words"] if (found := DIRECTIVE.match(line)) else ""
        if words == "new terminal":
            yield NewTerminal()
        elif words.startswith("person: "):
            yield Person(words.removeprefix("person: "))
        elif words:
            directives.append(words)


def _take(words: str, directives: list[str]) -> bool:
    """Take ``words`` out of ``directives``; False if it is not there."""
    if words not in directives:
        return False
    directives.remove(words)
    return True


def _status(directives: list[str]) -> int:
    for number in (1, 2):
        if _take(f"exits with {number}", directives):
            return number
    return 0


def _file(language: str, text: str) -> File:
    """Return the file of a block, whose first line names it."""
    first = text.partition("\n")[0]
    name = NAMES[language].match(first) if language in NAMES else None
    if name is None:
        raise TutorialError(f"The first line of a block in {language!r} names a file, and this one does not: {first!r}")
    return File(name["path"], text, at_end=name["at_end"] is not None)


def matches(expected: str, output: str) -> bool:
    """Does ``output`` have all lines of ``expected``, one after the other?

    ``…`` in a line stands for anything in that line, and a line of its own for any lines or none.
    """
    lines = expected.rstrip("\n").split("\n")
    patterns = [r"(?:.*\n)*?" if line == ANYTHING else f"{_pattern(line)}[^\\S\\n]*(?:\n|\\Z)" for line in lines]
    return re.search("^" + "".join(patterns), output.replace("\r\n", "\n"), re.MULTILINE) is not None


def _pattern(line: str) -> str:
    return ".*".join(map(re.escape, line.split(ANYTHING)))
