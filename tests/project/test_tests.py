"""The tests themselves: each beside what it tests, none too long, none that cannot fail, and a list of the attacks."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PACKAGE = TESTS.parent / "oauth_provider"
FILES = sorted(path for path in TESTS.rglob("*.py") if "migrations" not in path.parts)
ATTACKS = TESTS / "attacks"
LEGEND = (ATTACKS / "README.md").read_text()


def place(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()


def test_a_file_is_no_longer_than_300_lines() -> None:
    assert len(FILES) > 500
    lengths = {place(path): len(path.read_text().splitlines()) for path in FILES}
    assert {path: length for path, length in lengths.items() if length > 300} == {}


def test_a_module_at_the_root_tests_one_at_the_root_of_the_package() -> None:
    stems = [path.stem.removeprefix("test_") for path in TESTS.glob("test_*.py")]
    assert stems
    assert [stem for stem in stems if not (PACKAGE / f"{stem}.py").is_file()] == []


# -- attacks -------------------------------------------------------------------------------------------------


def test_each_file_of_attacks_has_a_line_that_says_whence_it_is_and_what_holds_it() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in LEGEND.splitlines() if line[:3] == "| `"]
    files = [path.relative_to(ATTACKS).as_posix() for path in ATTACKS.rglob("test_*.py")]
    assert sorted(row[0].strip("`") for row in rows) == sorted(files)
    for row in rows:
        assert len(row) == 4
        assert all(row)


def test_every_attack_is_listed_by_its_number() -> None:
    numbers = [int(number) for number in re.findall(r"\bA(\d+)\b", LEGEND)]
    assert set(numbers) == set(range(1, 31))


def test_every_file_that_the_legend_names_is_there() -> None:
    for named in re.findall(r"`([a-z_0-9/]+\.(?:py|toml))`", LEGEND):
        assert any((root / named).is_file() for root in (TESTS.parent, PACKAGE, ATTACKS)), named


# -- what cannot fail ----------------------------------------------------------------------------------------

CALLS = {"get", "post", "head", "put", "patch", "delete", "options", "generic", "authorize", "decide", "redeem"}
BROWSERS = {"browser", "client", "driver", "Browser", "Client"}


def vacuous(source: str) -> list[int]:
    """The lines of asserts on nothing but a response, which is always true."""
    found = []
    for node in ast.walk(ast.parse(source)):
        call = node.test if isinstance(node, ast.Assert) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CALLS:
            owner = call.func.value.func if isinstance(call.func.value, ast.Call) else call.func.value
            if {getattr(owner, "id", ""), getattr(owner, "attr", "")} & BROWSERS:
                found.append(node.lineno)
    return found


def test_no_test_asserts_a_response_object() -> None:
    assert vacuous("assert driver.browser.get(url)") == vacuous("assert Browser().post(url)") == [1]
    assert vacuous("assert browser.get(url).status_code == 200\nassert form.get('a')") == []
    found = {place(path): vacuous(path.read_text()) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines} == {}
