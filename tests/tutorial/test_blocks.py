"""The reader of the tutorial's pages, and the pages by themselves: nothing is run here."""

import ast
import re

import pytest

from tests.tutorial.blocks import (
    INDEX,
    TUTORIAL,
    Commands,
    File,
    NewTerminal,
    Person,
    TutorialError,
    matches,
    pages,
    read,
)

PAGES = pages()


def test_the_index_names_every_page() -> None:
    assert len(PAGES) == 5
    assert {path.name for path in TUTORIAL.glob("*.md")} == {INDEX.name, *(path.name for path in PAGES)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_block_of_a_page_is_a_step(path) -> None:
    steps = read(path.read_text())
    assert sum(isinstance(step, Commands | File) for step in steps) == len(
        re.findall(r"^```(?!text\b)\S", path.read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_python_of_a_page_can_be_parsed(path) -> None:
    for step in read(path.read_text()):
        if isinstance(step, File) and step.path.endswith(".py"):
            ast.parse(step.text, step.path)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_says_which_test_runs_it(path) -> None:
    (named,) = re.findall(r"\A<!-- blocks run by: (\S+) -->\n", path.read_text())
    assert (TUTORIAL.parents[1] / named).is_file()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_leads_on_to_the_next(path) -> None:
    following = PAGES[PAGES.index(path) + 1 :][:1]
    assert all(f"({one.name})" in path.read_text() for one in following)


def test_a_block_that_names_a_file_is_that_file_or_its_end() -> None:
    text = "```python\n# a/b.py\nx = 1\n```\n\n```js\n// c.js: at the end\ny();\n```\n"
    assert read(text) == [
        File("a/b.py", "# a/b.py\nx = 1\n", at_end=False),
        File("c.js", "// c.js: at the end\ny();\n", at_end=True),
    ]


def test_commands_have_their_output_below_them() -> None:
    text = "<!-- exits with 1 -->\n```console\nls\n```\n\n```text\na\n```\n\nWords.\n"
    assert read(text) == [Commands("ls\n", status=1, expected=["a\n"])]


def test_terminals_and_people_are_steps() -> None:
    text = "<!-- new terminal -->\n<!-- stays busy -->\n```console\nserve\n```\n\n<!-- person: ana -->\nOpen it.\n"
    assert read(text) == [NewTerminal(), Commands("serve\n", stays_busy=True), Person("ana")]


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = 1\n```\n",  # no file
        "```toml\n# a.toml\n```\n",  # a language without a comment that is known
        "```text\nout\n```\n",  # of no command
        "```console\nls\n```\n\nWords between.\n\n```text\nout\n```\n",
        "<!-- stays busy -->\n```python\n# a.py\n```\n",
        "<!-- stays bussy -->\n```console\nls\n```\n",
        "```console\nls\n```\n\n<!-- stays busy -->\n",
    ],
)
def test_a_page_that_nobody_could_follow_is_refused(text) -> None:
    with pytest.raises(TutorialError):
        read(text)


@pytest.mark.parametrize(
    ("expected", "output", "is_there"),
    [
        ("b", "a\nb\nc\n", True),
        ("b", "a\nbb\nc\n", False),
        ("b…", "a\nbb\nc\n", True),
        ("a\nc", "a\nb\nc\n", False),
        ("a\n…\nc", "a\nb\nb\nc\n", True),
        ("a\n…\nc", "a\nc\n", True),
        ("a…c", "a\nc\n", False),
        ("a.c", "abc\n", False),
        ("HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nAllow: GET\r\n", True),
        ("last", "first\nlast", True),
    ],
)
def test_output_is_compared_line_by_line(expected, output, is_there) -> None:
    assert matches(expected, output) is is_there
