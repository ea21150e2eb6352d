"""The pins that ``make`` installs and the ranges that users get say the same."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import oauth_provider

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PINS = ("requirements.txt", "requirements-next.txt")


def pins(name: str) -> dict[str, str]:
    """The versions in one of the files, by the canonical name of the package."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    requirements = [Requirement(line) for line in lines if line]
    return {
        canonicalize_name(one.name): next(iter(one.specifier)).version
        for one in requirements
        if str(one.specifier).startswith("==")
    }


@pytest.mark.parametrize("name", PINS)
@pytest.mark.parametrize("dependency", PROJECT["project"]["dependencies"])
def test_what_we_test_with_is_what_we_allow(name: str, dependency: str) -> None:
    """A pin outside of the range would test what nobody can install."""
    requirement = Requirement(dependency)

    assert requirement.specifier.contains(pins(name)[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("group", ["test", "demo"])
@pytest.mark.parametrize("name", PINS)
def test_every_group_is_pinned(name: str, group: str) -> None:
    """What a group lists is in both files."""
    wanted = {canonicalize_name(Requirement(one).name) for one in PROJECT["dependency-groups"][group]}

    assert wanted <= pins(name).keys()


def test_the_two_files_differ_in_django_alone() -> None:
    """A failure on the newest pair then has one cause."""
    oldest, newest = (pins(name) for name in PINS)

    assert {name for name, version in newest.items() if oldest.get(name) != version} == {"django"}


def test_the_oldest_and_the_newest_django_are_tested() -> None:
    """They are the ends of the range."""
    assert [pins(name)["django"].rpartition(".")[0] for name in PINS] == ["5.2", "6.1"]


def test_the_package_is_typed_and_versioned() -> None:
    """PEP 561."""
    assert (ROOT / "oauth_provider" / "py.typed").is_file()
    assert oauth_provider.__version__ == "0.1.0"
