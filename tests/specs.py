"""The specifications we follow (``specs.toml``), and what the marks of the tests say of them."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.conformance.modules import LATER, MODULES
from tests.marks import Mark

TABLE = Path(__file__).with_name("specs.toml")


@dataclass(frozen=True, slots=True)
class Section:
    """``unsupported`` is the reason why we do not follow it, or empty; ``subject`` is what it shares with others."""

    number: str
    title: str
    unsupported: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """``unsupported`` is the reason why we follow nothing of it, or empty."""

    name: str
    title: str
    sections: tuple[Section, ...] = ()
    unsupported: str = ""


def listed() -> list[Spec]:
    """Every specification, in the order of the table; the conformance suite is the last."""
    return [*(_spec(name, entry) for name, entry in tomllib.loads(TABLE.read_text()).items()), _modules()]


def tests_of(marks: Iterable[Mark]) -> dict[tuple[str, str], list[str]]:
    """From a specification and its section to the tests, each once."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for mark in marks:
        found.setdefault((mark.document, mark.section), {})[mark.test] = None
    return {place: list(tests) for place, tests in found.items()}


def faults(specs: Iterable[Spec], marks: Iterable[Mark]) -> Iterator[str]:
    """Where table and marks disagree: a typing error, a claim that nothing holds, or a table out of date."""
    tests = tests_of(marks)
    sections = {(spec.name, section.number): section for spec in specs for section in spec.sections}
    for (name, number), marked in tests.items():
        section = sections.get((name, number))
        if section is None:
            yield f"{name} §{number} is not in specs.toml, and {marked[0]} is marked with it"
        elif section.unsupported:
            yield f"{name} §{number} is said to be unsupported, and {marked[0]} is marked with it"
    for (name, number), section in sections.items():
        if not section.unsupported and (name, number) not in tests:
            yield f"{name} §{number} ({section.title or section.subject}) has no test"


def _spec(name: str, entry: dict[str, Any]) -> Spec:
    claimed = [Section(number, title) for number, title in entry.get("sections", {}).items()]
    others = [
        Section(number, title, reason) for number, (title, reason) in entry.get("unsupported_sections", {}).items()
    ]
    sections = sorted([*claimed, *others], key=lambda section: _place(section.number))
    return Spec(name, entry["title"], tuple(sections), entry.get("unsupported", ""))


def _place(number: str) -> list[tuple[int, str]]:
    """Sections in the order of the document: 2, 10, 10.1, A."""
    return [(int(part), "") if part.isdigit() else (1000, part) for part in re.split(r"\.", number)]


def _modules() -> Spec:
    later = {name: why for name in MODULES for pattern, why in LATER.items() if fnmatchcase(name, pattern)}
    sections = (Section(name, "", later.get(name, ""), subject) for name, subject in MODULES.items())
    return Spec("OIDF", "The OpenID Foundation's conformance suite, module by module", tuple(sections))
