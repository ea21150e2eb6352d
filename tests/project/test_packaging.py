"""The pins that ``make`` installs and the ranges that users get say the same."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import oauth_provider
from tests.each import each
from tests.pins import pins

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS = ("requirements.txt", "requirements-next.txt")


@each("name", PINS)
@each("dependency", PROJECT["project"]["dependencies"])
def test_what_we_test_with_is_what_we_allow(name: str, dependency: str) -> None:
    """A pin outside of the range would test what nobody can install."""
    requirement = Requirement(dependency)

    assert requirement.specifier.contains(pins(name)[canonicalize_name(requirement.name)])


@each("group", ["test", "demo"])
@each("name", PINS)
def test_every_group_is_pinned(name: str, group: str) -> None:
    """What a group lists is in both files."""
    wanted = {canonicalize_name(Requirement(one).name) for one in PROJECT["dependency-groups"][group]}

    assert wanted <= pins(name).keys()


def test_the_two_files_differ_in_django_alone() -> None:
    """A failure on the newest pair then has one cause."""
    oldest, newest = (pins(name) for name in PINS)

    assert {name for name, version in newest.items() if oldest.get(name) != version} == {"django"}


def test_the_oldest_and_the_newest_django_are_tested() -> None:
    """The oldest is where the range begins; it has no end."""
    assert [pins(name)["django"].rpartition(".")[0] for name in PINS] == ["5.2", "6.1"]


def test_an_upper_bound_has_a_reason_beside_it() -> None:
    """Whoever runs the next release on its first day is not kept out by a guess."""
    text = (ROOT / "pyproject.toml").read_text()
    bounded = {Requirement(one).name for one in PROJECT["project"]["dependencies"] if "<" in one}

    assert bounded == {"django-oauth-toolkit", "oauthlib"}
    for name in bounded:
        (line,) = (line for line in text.splitlines() if line.strip().startswith(f'"{name}>='))
        assert "# " in line
    assert "<" not in PROJECT["project"]["requires-python"]


def test_both_major_releases_of_oauthlib_are_tested() -> None:
    """``make test`` and ``make test-oauthlib3``: 3.3 has published vulnerabilities, 4 is what django-allauth needs."""
    (allowed,) = (Requirement(one) for one in PROJECT["project"]["dependencies"] if one.startswith("oauthlib"))
    makefile, ci = ((ROOT / name).read_text() for name in ("Makefile", ".ci/run"))
    (older,) = re.findall(r"^OLD_OAUTHLIB = (\S+)$", makefile, re.MULTILINE)

    assert [pins(name)["oauthlib"].split(".")[0] for name in PINS] == ["4", "4"]
    assert older.startswith("3.3.")
    assert allowed.specifier.contains(older)
    assert not allowed.specifier.contains("5.0")
    assert " test-oauthlib3 " in ci


def test_an_audit_that_could_ask_nobody_fails() -> None:
    """Without ``--strict`` pip-audit says that it found no package, and is content."""
    audits = re.findall(r"^\t\$\(AUDIT\)/bin/pip-audit (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert [one.split()[-1] for one in audits] == list(PINS)
    assert all("--strict" in one.split() for one in audits)


def test_versions_in_the_readme_are_those_that_are_tested() -> None:
    """A reader finds what runs in CI, and the oldest that may be installed."""
    readme, install = ((ROOT / name).read_text() for name in ("README.md", "docs/how-to/install.md"))
    classifiers = [one.rpartition(" :: ")[2] for one in PROJECT["project"]["classifiers"]]
    pythons = [one for one in classifiers if one.startswith("3.")]
    djangos = [one for one in classifiers if one in ("5.2", "6.0", "6.1")]
    tested = f"Tested with Python {pythons[0]} to {pythons[-1]}, Django {djangos[0]} to {djangos[-1]}"

    assert PROJECT["project"]["requires-python"] == f">={pythons[0]}"
    assert tested in readme
    assert tested in install


def test_the_package_is_typed_and_versioned() -> None:
    """PEP 561."""
    assert (ROOT / "oauth_provider" / "py.typed").is_file()
    assert oauth_provider.__version__ == "0.1.0"
