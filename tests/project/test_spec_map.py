"""The map of the specifications: every mark names a section that the table has, and every claim has a test."""

import json
from typing import Any

import pytest

from tests import marks, spec_map, specs
from tests.each import each
from tests.marks import Mark
from tests.specs import Section, Spec

TABLE = [
    Spec(
        "RFC 1",
        "A title",
        (Section("2", "Two"), Section("2.1", "Two and one"), Section("10", "Ten", "it is old")),
    ),
    Spec("RFC 2", "Another", (), "not yet"),
]
TEST = "tests/test_x.py::test_it"
HELD = [
    Mark("RFC 1", "2", TEST, f"{TEST}[a]"),
    Mark("RFC 1", "2", TEST, f"{TEST}[b]"),
    Mark("RFC 1", "2.1", TEST, TEST),
]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The little table in place of ours, and its marks."""
    monkeypatch.setattr(specs, "listed", lambda: TABLE)
    monkeypatch.setattr(marks, "collected", lambda: tuple(HELD))


@pytest.mark.thorough
@pytest.mark.xdist_group("marks")
def test_our_tests_and_our_table_agree() -> None:
    assert list(specs.faults(specs.listed(), marks.collected())) == []


def test_sections_stand_in_the_order_of_the_document() -> None:
    for spec in specs.listed():
        numbers = [section.number for section in spec.sections]
        assert len(set(numbers)) == len(numbers)
    (rfc,) = (spec for spec in specs.listed() if spec.name == "RFC 6749")
    numbers = [section.number for section in rfc.sections]
    assert [one for one in numbers if one in {"2.1", "3.1", "4.3", "10.2", "10.10", "A", "A.4", "B"}] == [
        *("2.1", "3.1", "4.3", "10.2", "10.10", "A", "A.4", "B"),
    ]


def test_every_specification_is_claimed_or_left_with_a_reason() -> None:
    for spec in specs.listed():
        assert spec.title
        assert bool(spec.unsupported) != bool(spec.sections), spec.name
        assert all(section.title or section.subject for section in spec.sections)


@each(
    ("marked", "fault"),
    [
        (HELD, None),
        ([*HELD, Mark("RFC 1", "2.2", TEST, TEST)], f"RFC 1 §2.2 is not in specs.toml, and {TEST} is marked with it"),
        ([*HELD, Mark("rfc 1", "2", TEST, TEST)], f"rfc 1 §2 is not in specs.toml, and {TEST} is marked with it"),
        ([*HELD, Mark("RFC 2", "1", TEST, TEST)], f"RFC 2 §1 is not in specs.toml, and {TEST} is marked with it"),
        (
            [*HELD, Mark("RFC 1", "10", TEST, TEST)],
            f"RFC 1 §10 is said to be unsupported, and {TEST} is marked with it",
        ),
        (HELD[:2], "RFC 1 §2.1 (Two and one) has no test"),
    ],
    ids=["agree", "no such section", "a typing error", "unsupported document", "unsupported section", "no test"],
)
def test_what_disagrees_is_named(marked: list[Mark], fault: str | None) -> None:
    assert list(specs.faults(TABLE, marked)) == ([fault] if fault else [])


def test_the_map_counts_each_test_once(small: None, capsys: Any) -> None:
    assert spec_map.main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "RFC 1  A title",
        "    1  2    Two",
        "    1  2.1  Two and one",
        f"    {spec_map.MARK}  10   Ten (it is old)",
        "",
        "RFC 2  Another",
        f"    {spec_map.MARK}  not yet",
        "",
        "2 sections and modules of 2 documents, held by 1 tests; 2 not supported.",
    ]


def test_what_shares_a_subject_stands_under_it(small: None, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    modules = Spec("Suite", "Modules", (Section("a", "", "", "One"), Section("b", "", "later", "One")))
    monkeypatch.setattr(specs, "listed", lambda: [*TABLE, modules])
    monkeypatch.setattr(marks, "collected", lambda: (*HELD, Mark("Suite", "a", TEST, TEST)))
    assert spec_map.main(["Suite"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == ["Suite  Modules", "", "  One", "    1  a", f"    {spec_map.MARK}  b  (later)"]


def test_it_names_the_tests_of_one_specification(small: None, capsys: Any) -> None:
    assert spec_map.main(["-v", "RFC 1"]) == 0
    out = capsys.readouterr().out
    assert out.count(TEST) == 2
    assert "RFC 2" not in out


def test_it_is_read_by_programs(small: None, capsys: Any) -> None:
    assert spec_map.main(["--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["sections"][0] == {"section": "2", "title": "Two", "unsupported": None, "tests": [TEST]}
    assert first["sections"][2]["unsupported"] == "it is old"
    assert (second["sections"], second["unsupported"]) == ([], "not yet")


def test_it_is_written_as_markdown(small: None, capsys: Any) -> None:
    assert spec_map.main(["--markdown", "-v"]) == 0
    out = capsys.readouterr().out
    assert f"| 2.1 | Two and one | `{TEST}` |" in out
    assert "| 10 | Ten | not supported: it is old |" in out
    assert "Not supported: not yet." in out


@pytest.mark.parametrize("asked", ["RFC 3", "rfc 1"])
def test_a_specification_that_nobody_knows_is_an_error(small: None, capsys: Any, asked: str) -> None:
    assert spec_map.main([asked]) == 1
    assert capsys.readouterr().err == f"{asked} is not in specs.toml\n"


def test_a_map_with_faults_is_an_error(small: None, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "collected", lambda: tuple(HELD[:2]))
    assert spec_map.main([]) == 1
    assert capsys.readouterr().err == "RFC 1 §2.1 (Two and one) has no test\n"
