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
import pytest
import yaml

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

PAGES = pages()
ALL = [block for page in PAGES for block in blocks(page)]
# What `startproject` has written before a block is pasted at the end of the same file.
THERE = {
    "settings.py": {"BASE_DIR", "DATABASES", "INSTALLED_APPS", "MIDDLEWARE", "TEMPLATES", "OAUTH_PROVIDER"},
    "urls.py": {"urlpatterns"},
}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def of(language: str) -> list[Block]:
    return [block for block in ALL if block.language == language]


def test_there_are_blocks_to_look_at() -> None:
    assert {"README.md", "CONTRIBUTING.md", "docs/how-to/api.md"} <= set(map(place, PAGES))
    assert len(of("python")) > 50
    assert len(of("console")) > 10


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_every_fence_names_a_language_that_has_a_fate(page: Path) -> None:
    """``bash``, ``shell`` and ``pycon`` would be blocks that nobody runs."""
    directives = {"{toctree}"}
    assert [one for one in languages(page) if one[1] not in {*RUN, *PARSED, *NOT_RUN, *directives}] == []


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_a_block_is_skipped_only_for_a_reason(page: Path) -> None:
    directives = re.findall(r"<!--+ *skip: *(.*?) *-->", page.read_text())
    assert [one for one in directives if one != "end" and not re.fullmatch(r"(next|start) \"[^\"]{10,}\"", one)] == []


@pytest.mark.parametrize("page", PAGES, ids=place)
def test_a_page_whose_blocks_another_test_runs_is_named_by_that_test(page: Path) -> None:
    test = run_elsewhere(page)
    if test:
        assert place(page) in (ROOT / test).read_text() or page.name in (ROOT / test).read_text()


@pytest.mark.parametrize("block", of("python"), ids=lambda block: block.place)
def test_a_python_block_parses(block: Block) -> None:
    ast.parse(block.source, block.place)


@pytest.mark.parametrize("block", of("json"), ids=lambda block: block.place)
def test_a_json_block_parses(block: Block) -> None:
    json.loads(block.source)


@pytest.mark.parametrize("language", ["toml", "yaml", "django"])
def test_blocks_of_other_languages_parse(language: str) -> None:
    parse = {"toml": tomllib.loads, "yaml": yaml.safe_load, "django": django.template.Template}[language]
    for block in of(language):
        parse(block.source)


def test_a_python_block_imports_and_defines_all_that_it_uses(tmp_path: Path) -> None:
    """But for what a block above it, under the same heading, has assigned, and what the file has that it is pasted to."""
    files = dict(standing_alone([block for block in ALL if block.language == "python"]))
    for name, source in files.items():
        (tmp_path / name).write_text(source)
    assert undefined(tmp_path) == []


def standing_alone(found: list[Block]) -> list[tuple[str, str]]:
    """Each block as a file, with a line before it that defines what it may take for granted."""
    sources = []
    above: dict[tuple[Path, str], set[str]] = {}
    for block in found:
        known = above.setdefault((block.page, block.section), set())
        granted = known | THERE.get(block.file, set())
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
        "F821,F822,F823,F811",
        "--output-format",
    ]
    said = subprocess.run([*arguments, "json", "."], cwd=folder, capture_output=True, text=True, check=False).stdout
    return [f"{Path(one['filename']).name}: {one['message']}" for one in json.loads(said)]


@pytest.mark.parametrize("block", of("python"), ids=lambda block: block.place)
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
        "README.md_line_13.py: Undefined name `x`",
        "README.md_line_13.py: Undefined name `path`",
    ]
