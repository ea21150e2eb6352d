"""The versions that ``make`` installs; read without Django, by what builds a release, too."""

from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def pins(name: str) -> dict[str, str]:
    """The versions in one of the files, by the canonical name of the package."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    requirements = [Requirement(line) for line in lines if line]
    return {
        canonicalize_name(one.name): next(iter(one.specifier)).version
        for one in requirements
        if str(one.specifier).startswith("==")
    }
