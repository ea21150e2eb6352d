"""The blocks of README and ``docs/`` are whole: each parses, imports what it uses, and says what is to be done with it.

``test_projects.py`` runs them.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import django.template
import yaml

from tests.documentation import console
from tests.documentation.blocks import (
    NOT_RUN,
    PARSED,
    ROOT,
    RUN,
    Block,
    assigned,
    blocks,
    languages,
    pages,
    run_elsewhere,
)
from tests.documentation.blocks import read as read_blocks
from tests.documentation.projects import BASE, of_blocks
from tests.each import each

PAGES = pages()
ALL = [block for page in PAGES for block in blocks(page)]
# What `startproject`, and the page Install, have written before a block is pasted at the end of the same file.
TEMPLATE = Path(django.__file__).parent / "conf" / "project_template" / "project_name" / "settings.py-tpl"
ASSIGNED = re.compile(r"^([A-Z_]+) =", re.MULTILINE)
SETTINGS = TEMPLATE.read_text() + (BASE / "settings_tail.py").read_text()
THERE = {"settings.py": set(ASSIGNED.findall(SETTINGS)), "urls.py": {"urlpatterns"}}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def of(language: str) -> list[Block]:
    return [block for block in ALL if block.language == language]


def test_there_are_blocks_to_look_at() -> None:
    assert {"README.md", "CONTRIBUTING.md", "docs/how-to/api.md"} <= set(map(place, PAGES))
    assert len(of("python")) > 50
    assert len(of("console")) > 10


@each("page", PAGES, ids=place)
def test_every_fence_names_a_language_that_has_a_fate(page: Path) -> None:
    """``bash``, ``shell`` and ``pycon`` would be blocks that nobody runs."""
    directives = {"{toctree}"}
    assert [one for one in languages(page) if one[1] not in {*RUN, *PARSED, *NOT_RUN, *directives}] == []


@each("page", PAGES, ids=place)
def test_a_block_is_skipped_only_for_a_reason(page: Path) -> None:
    directives = re.findall(r"<!--+ *skip: *(.*?) *-->", page.read_text())
    assert [one for one in directives if one != "end" and not re.fullmatch(r"(next|start) \"[^\"]{10,}\"", one)] == []


def test_few_blocks_are_skipped_and_what_runs_them_instead_is_there() -> None:
    skipped = [block for block in ALL if block.skipped]
    table = (ROOT / "CONTRIBUTING.md").read_text()
    rows = re.findall(r"^\| \[[^\]]+\]\((\S+)\)(, twice)? \| ([^|]+) \| `([^`]+)` \|$", table, re.MULTILINE)
    listed = sorted(
        (page, f"{reason}; {test}") for page, twice, reason, test in rows for _time in range(2 if twice else 1)
    )
    assert [(place(block.page), re.match(r"[^;]+; \S+", block.skipped)[0]) for block in skipped] == listed
    for block in skipped:
        for named in re.findall(r"\b(?:tests|docs)/[\w./-]+", block.skipped):
            assert (ROOT / named.rstrip(".")).exists(), block.place


@each("page", PAGES, ids=place)
def test_a_page_whose_blocks_another_test_runs_is_named_by_that_test(page: Path) -> None:
    test = ROOT / run_elsewhere(page)
    if test != ROOT:
        assert test.is_file()
        names = {f'"{page.parent.name}"', page.name, place(page)}
        assert any(name in path.read_text() for path in test.parent.glob("*.py") for name in names)


@each("block", of("python"), ids=lambda block: block.place)
def test_a_python_block_parses(block: Block) -> None:
    ast.parse(block.source, block.place)


@each("block", of("json"), ids=lambda block: block.place)
def test_a_json_block_parses(block: Block) -> None:
    json.loads(block.source)


@each("language", ["toml", "yaml", "django"])
def test_blocks_of_other_languages_parse(language: str) -> None:
    parse = {"toml": tomllib.loads, "yaml": yaml.safe_load, "django": django.template.Template}[language]
    for block in of(language):
        parse(block.source)


def test_a_python_block_imports_and_defines_all_that_it_uses(tmp_path: Path) -> None:
    """But for what a block above it, under the same heading, has assigned, and what is in the file already."""
    files = dict(standing_alone([block for block in ALL if block.language == "python"]))
    for name, source in files.items():
        (tmp_path / name).write_text(source)
    assert "\n".join(undefined(tmp_path)) == ""


def standing_alone(found: list[Block]) -> list[tuple[str, str]]:
    """Each block as a file, with a line before it that defines what it may take for granted."""
    sources = []
    above: dict[tuple[Path, str], set[str]] = {}
    for block in found:
        known = above.setdefault((block.page, block.section), set())
        granted = known | THERE.get(Path(block.file).name, set())
        name = block.place.replace("/", "__").replace(":", "_line_") + ".py"
        sources.append((name, "".join(f"{one} = 0; " for one in sorted(granted)) + f"\n{block.source}"))
        if not block.skipped:
            known |= assigned(block.source)
    return sources


def undefined(folder: Path) -> list[str]:
    """What ruff finds to be used and defined nowhere."""
    arguments = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "F821,F822,F823",
        "--output-format",
    ]
    said = subprocess.run([*arguments, "json", "."], cwd=folder, capture_output=True, text=True, check=False).stdout
    return [f"{Path(one['filename']).name}: {one['message']}" for one in json.loads(said)]


@each("block", of("python"), ids=lambda block: block.place)
def test_settings_and_urls_name_their_file(block: Block) -> None:
    """A block that were executed alone would set a variable, and nothing would look at it."""
    names = assigned(block.source)
    if not block.file and names:
        assert not all(name.isupper() for name in names)
        assert "urlpatterns" not in names


def test_a_block_that_lacks_an_import_is_found(tmp_path: Path) -> None:
    text = "# A\n\n```python\nx = 1\n```\n\n```python\nprint(x)\n```\n\n## B\n\n```python\nprint(x, path)\n```\n"
    for name, source in standing_alone(read_blocks(text)):
        (tmp_path / name).write_text(source)
    assert undefined(tmp_path) == [
        "README.md_line_14.py: Undefined name `x`",
        "README.md_line_14.py: Undefined name `path`",
    ]


# -- how a page is divided -----------------------------------------------------------------------------------

TWO_WAYS = """# Page

```python
# settings.py
A = {"one": 1}
```

```python
# settings.py
B = 1
```

```python
# settings.py
A = {"two": 2}
```

## Next

<!-- skip: next "there is nothing to pay with" -->

```console
pay
```

<!-- invisible-code-block: python
# notes/hidden.py
C = 1
-->

```console
$ ls \\
    notes
hidden.py
$ true
```

```nginx
server {}
```
"""


def test_a_heading_and_a_second_value_of_the_same_name_begin_a_project() -> None:
    divided = [[block.source.splitlines()[-1] for block in one.blocks] for one in of_blocks(read_blocks(TWO_WAYS))]
    assert divided == [['A = {"one": 1}', "B = 1"], ['A = {"two": 2}'], ["C = 1", "$ true"]]


def test_a_block_that_is_skipped_or_invisible_is_known_for_it() -> None:
    found = {block.source.splitlines()[-1]: block for block in read_blocks(TWO_WAYS)}
    assert found["pay"].skipped == "there is nothing to pay with"
    assert [name for name, block in found.items() if not block.is_visible] == ["C = 1"]
    assert found["C = 1"].file == "notes/hidden.py"


def test_a_prompt_divides_commands_from_what_they_print() -> None:
    assert console.commands("$ ls \\\n    notes\nhidden.py\n$ true\n") == [
        ("ls \\\n    notes", "hidden.py"),
        ("true", ""),
    ]
    assert console.commands("cd x\npython manage.py runserver\ntrue\n") == [
        ("cd x\n", ""),
        ("python manage.py runserver", ""),
        ("true\n", ""),
    ]


@each(
    ("shown", "printed", "same"),
    [
        ('{"a": ...}', '{"a": 1}\n', True),
        ("one  two", "one\ntwo", True),
        ("one", "one two", False),
        ("one ... three", "one 2 four", False),
        ("a.c", "abc", False),
    ],
)
def test_what_is_printed_is_compared_but_for_white_space_and_ellipses(shown: str, printed: str, same: bool) -> None:
    assert console.matches(shown, printed) is same
