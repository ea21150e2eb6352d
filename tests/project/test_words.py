"""Docstrings begin with a verb or with the thing they describe, so that each can be read by itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.each import each

PACKAGE = Path(__file__).parents[2] / "oauth_provider"
FORBIDDEN = re.compile(
    r"(what|the same|those of|as above|as ever|never|how|whether|where|which|who|whom|whose|whatever|whoever)\b",
    re.IGNORECASE,
)
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def faults(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        docstring = ast.get_docstring(node) if isinstance(node, Documented) else None
        if docstring is not None and FORBIDDEN.match(docstring):
            yield docstring.splitlines()[0]


def faults_below(place: Path) -> list[str]:
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return [f"{path.relative_to(PACKAGE)}: {one}" for path in files for one in faults(path.read_text())]


@each("place", sorted(path.name for path in PACKAGE.iterdir()))
def test_docstrings_begin_with_a_verb_or_a_thing(place: str) -> None:
    assert faults_below(PACKAGE / place) == []


@each(("docstring", "is_fault"), [("What it is.", True), ("Whats", False), ("Return it.", False)])
def test_a_forbidden_beginning_is_found(docstring: str, is_fault: bool) -> None:
    assert bool(list(faults(f'"""{docstring}"""'))) is is_fault
