"""Loggers: the page that lists them has each line of the code, with its logger and its level, and no others."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "loggers.md").read_text()
LEVELS = {"debug": "DEBUG", "info": "INFO", "warning": "WARNING", "error": "ERROR", "exception": "ERROR"}
# Chosen when the line is written, from what happened.
ANY_LEVEL = "log"
PLACEHOLDER = re.compile(r"%[sdr]")

Line = tuple[str, str, str]


def lines_of(source: str) -> Iterator[Line]:
    """The logger, the method and the words of each line that ``source`` writes."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "getLogger"
        and isinstance(call.args[0], ast.Constant)
    ]
    for call in calls:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in (*LEVELS, ANY_LEVEL):
            continue
        if not isinstance(call.func.value, ast.Name) or call.func.value.id != "logger":
            continue
        (name,) = names
        words = call.args[1 if call.func.attr == ANY_LEVEL else 0]
        assert isinstance(words, ast.Constant), "words are a literal, so that they can be found"
        yield str(name), call.func.attr, PLACEHOLDER.sub("…", str(words.value))


def written() -> set[Line]:
    return {line for path in (ROOT / "oauth_provider").rglob("*.py") for line in lines_of(path.read_text())}


def listed() -> set[Line]:
    found = set()
    for section in PAGE.split("\n## `")[1:]:
        name, _, table = section.partition("`")
        found |= {(name, level, words) for level, words in re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \|", table, re.M)}
    return found


def test_lines_are_seen() -> None:
    source = (
        'logger = logging.getLogger("a.b")\nlogger.exception("One %s", x)\nlogger.log(level, "Two")\nx.error("Three")'
    )
    assert list(lines_of(source)) == [("a.b", "exception", "One …"), ("a.b", "log", "Two")]


def test_every_line_of_the_code_is_listed_with_its_level_and_no_others_are() -> None:
    code, page = written(), listed()
    fixed = {(name, LEVELS[method], words) for name, method, words in code if method != ANY_LEVEL}
    chosen = {(name, words) for name, method, words in code if method == ANY_LEVEL}
    assert fixed <= page
    assert {(name, words) for name, _level, words in page - fixed} == chosen


def test_every_logger_has_its_section_and_is_below_one_name() -> None:
    names = {name for name, _method, _words in written()}
    assert {name for name, _level, _words in listed()} == names
    assert all(name.startswith("oauth_provider.") for name in names)
