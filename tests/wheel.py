"""Is in the wheel all that must be, and nothing else? ``python -m tests.wheel dist/*.whl``, or ``make wheel``."""

import csv
import io
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.metadata import Metadata
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "oauth_provider"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FOLDERS = ("migrations", "templates", "static", "locale")
DIST_INFO = {"METADATA", "RECORD", "WHEEL", "licenses/LICENSE"}
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)]*)\)")


def expected() -> set[str]:
    """The files of the package, by their names in a wheel."""
    return {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def faults(path: Path) -> Iterator[str]:
    """Everything that is wrong with the wheel, in words."""
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        texts = {
            name.rpartition(".dist-info/")[2]: wheel.read(name).decode() for name in names if ".dist-info/" in name
        }
    yield from faults_of_files({name for name in names if ".dist-info/" not in name})
    yield from (f"dist-info should not have: {name}" for name in sorted(texts.keys() - DIST_INFO))
    yield from (f"dist-info lacks: {name}" for name in sorted(DIST_INFO - texts.keys()))
    yield from faults_of_record(texts.get("RECORD", ""), names)
    if "Root-Is-Purelib: true" not in texts.get("WHEEL", "") or "Tag: py3-none-any" not in texts.get("WHEEL", ""):
        yield "WHEEL: it is not for every machine"
    metadata = Metadata.from_email(texts.get("METADATA", ""), validate=True)
    yield from faults_of_metadata(metadata)
    yield from faults_of_readme(metadata.description or "")


def faults_of_files(found: set[str]) -> Iterator[str]:
    """What is missing, and what should not be there. A package without its types or its pages is missing some."""
    yield from (f"missing: {name}" for name in sorted(expected() - found))
    yield from (f"should not be there: {name}" for name in sorted(found - expected()))
    if "oauth_provider/py.typed" not in found:
        yield "missing: the marker of a typed package (PEP 561)"


def faults_of_record(record: str, names: set[str]) -> Iterator[str]:
    """An installer removes what is recorded, and no more."""
    recorded = {row[0] for row in csv.reader(io.StringIO(record))}
    yield from (f"RECORD: {name}" for name in sorted(recorded ^ names))


def faults_of_metadata(found: Metadata) -> Iterator[str]:
    """What the index shows and installers obey, beside what pyproject.toml says."""
    wanted = {
        "name": PROJECT["name"],
        "summary": PROJECT["description"],
        "license_expression": PROJECT["license"],
        "license_files": PROJECT["license-files"],
        "classifiers": PROJECT["classifiers"],
        "description_content_type": "text/markdown",
        "provides_extra": sorted(PROJECT["optional-dependencies"]),
    }
    for name, value in wanted.items():
        if getattr(found, name) != value:
            yield f"METADATA: {name} is {getattr(found, name)!r} and not {value!r}"
    if f"{found.version}" not in (PACKAGE / "__init__.py").read_text():
        yield f"METADATA: version is {found.version}"
    if str(found.requires_python) != PROJECT["requires-python"]:
        yield f"METADATA: requires_python is {found.requires_python}"
    if {plain(str(one)) for one in found.requires_dist or ()} != set(requirements()):
        yield f"METADATA: requires_dist is {[str(one) for one in found.requires_dist or ()]}"


def requirements() -> Iterator[str]:
    """The dependencies and those of extras, as a wheel has them."""
    yield from map(plain, PROJECT["dependencies"])
    for extra, ones in PROJECT["optional-dependencies"].items():
        yield from (plain(f'{one}; extra == "{extra}"') for one in ones)


def plain(requirement: str) -> str:
    """One spelling of a requirement."""
    return str(Requirement(requirement)).lower()


def faults_of_readme(text: str) -> Iterator[str]:
    """On an index nothing lies beside README: its links are whole, and its code is as it was."""
    readme = (ROOT / "README.md").read_text()
    if not text.startswith(readme.partition("\n")[0]):
        yield "README: it begins with something else"
    if FENCE.findall(text) != FENCE.findall(readme):
        yield "README: its code was changed"
    for link in LINK.finditer(FENCE.sub("", text)):
        if not link["target"].startswith(("https://", "#")):
            yield f"README: {link['target']} leads nowhere on an index"


def main(path: str) -> int:
    """0 if nothing is wrong."""
    found = list(faults(Path(path)))
    sys.stdout.writelines(f"{one}\n" for one in found)
    names = zipfile.ZipFile(path).namelist()
    counts = [f"{sum(f'/{folder}/' in name for name in names)} in {folder}" for folder in FOLDERS]
    sys.stdout.write(f"{path}: {len(names)} files; {', '.join(counts)}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
