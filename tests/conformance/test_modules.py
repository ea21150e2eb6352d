"""Every module of the conformance suite has a test of ours over HTTP, or a reason why not."""

from fnmatch import fnmatchcase

import pytest

from tests import marks
from tests.conformance.modules import LATER, MODULES, SUBJECTS, expanded

pytestmark = pytest.mark.xdist_group("marks")  # collecting them takes a while


@pytest.fixture(scope="module")
def marked() -> set[str]:
    """The modules that a test here is marked with."""
    return {mark.section for mark in marks.collected() if mark.document == "OIDF" and "/conformance/" in mark.test}


def is_left(module: str) -> bool:
    return any(fnmatchcase(module, pattern) for pattern in LATER)


def test_names_are_written_out() -> None:
    assert list(expanded("a-{b,c}-d{,-e} LOGOUT:x")) == [
        *("a-b-d", "a-b-d-e", "a-c-d", "a-c-d-e"),
        "oidcc-rp-initiated-logout-x",
    ]
    assert len(MODULES) == sum(len(list(expanded(text))) for text in SUBJECTS.values())


def test_every_module_is_tested_or_left(marked: set[str]) -> None:
    assert not [module for module in MODULES if module not in marked and not is_left(module)]


def test_nothing_is_left_that_is_tested(marked: set[str]) -> None:
    assert not [module for module in marked if is_left(module)]
    assert not [pattern for pattern in LATER if not any(fnmatchcase(module, pattern) for module in MODULES)]


def test_no_mark_names_what_is_no_module(marked: set[str]) -> None:
    assert not marked - set(MODULES)
