"""The checks of what is published can fail: the wheel (PEP 427), the source distribution and the bill of materials."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.metadata import Metadata

from oauth_provider import __version__
from tests import sbom, sdist, wheel
from tests.each import each
from tests.pins import pins

ROOT = wheel.ROOT
HATCH = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]
README = (ROOT / "README.md").read_text()


def rendered() -> str:
    """README as hatch-fancy-pypi-readme makes it for an index."""
    settings = HATCH["metadata"]["hooks"]["fancy-pypi-readme"]
    text = "".join((ROOT / one["path"]).read_text() if "path" in one else one["text"] for one in settings["fragments"])
    for one in settings["substitutions"]:
        text = re.sub(one["pattern"], one["replacement"], text)
    return text


def metadata(**changed: Any) -> Metadata:
    """Metadata as they should be, but for what is ``changed``."""
    project = wheel.PROJECT
    raw: dict[str, Any] = {
        "metadata_version": "2.4",
        "name": project["name"],
        "version": __version__,
        "summary": project["description"],
        "license_expression": project["license"],
        "license_files": project["license-files"],
        "classifiers": project["classifiers"],
        "description_content_type": "text/markdown",
        "provides_extra": sorted(project["optional-dependencies"]),
        "requires_python": project["requires-python"],
        "requires_dist": list(wheel.requirements()),
    }
    return Metadata.from_raw({**raw, **changed})


def test_metadata_as_they_should_be_have_no_fault() -> None:
    assert list(wheel.faults_of_metadata(metadata())) == []


@each(
    "changed",
    [
        {"name": "django-oauth"},
        {"version": "9.9"},
        {"license_expression": "MIT"},
        {"license_files": []},
        {"classifiers": []},
        {"description_content_type": "text/plain"},
        {"provides_extra": []},
        {"requires_python": ">=3.9"},
        {"requires_dist": ["Django>=5.2"]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_metadata_that_say_something_else_are_found(changed: dict[str, Any]) -> None:
    assert len(list(wheel.faults_of_metadata(metadata(**changed)))) == 1


def test_a_missing_file_and_one_too_many_are_found() -> None:
    files = wheel.expected()
    assert {"oauth_provider/py.typed", "oauth_provider/templates/registration/login.html"} <= files
    assert list(wheel.faults_of_files(files)) == []
    assert list(wheel.faults_of_files(files - {"oauth_provider/urls.py"})) == ["missing: oauth_provider/urls.py"]
    assert list(wheel.faults_of_files(files | {"tests/wheel.py"})) == ["should not be there: tests/wheel.py"]


def test_a_file_that_is_not_recorded_is_found() -> None:
    assert list(wheel.faults_of_record("a,sha256=x,1\nRECORD,,\n", {"a", "RECORD"})) == []
    assert list(wheel.faults_of_record("a,sha256=x,1\n", {"a", "b"})) == ["RECORD: b"]


def test_a_wheel_of_something_else_has_faults(tmp_path: Path) -> None:
    path = tmp_path / "other.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other-1.dist-info/METADATA", "Metadata-Version: 2.4\nName: other\nVersion: 1\n")
        archive.writestr("other-1.dist-info/entry_points.txt", "")
    found = list(wheel.faults(path))
    assert {"dist-info should not have: entry_points.txt", "dist-info lacks: licenses/LICENSE"} <= set(found)
    assert wheel.main(str(path)) == 1


# -- README on an index --------------------------------------------------------------------------------------


def test_readme_on_an_index_has_whole_links_alone_and_its_code_untouched() -> None:
    assert list(wheel.faults_of_readme(rendered())) == []
    assert "](docs/" in README
    assert "docs/pictures" not in rendered()


@each("text", [README, rendered().replace("```python", "```"), "# Other\n"])
def test_readme_that_an_index_would_show_broken_is_found(text: str) -> None:
    assert list(wheel.faults_of_readme(text))


# -- the source distribution ---------------------------------------------------------------------------------


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is one")
def test_every_file_of_the_repository_is_in_the_source_distribution() -> None:
    folders = {one.strip("/").partition("/")[0] for one in HATCH["build"]["targets"]["sdist"]["include"]}
    always = {".gitignore", "LICENSE", "README.md", "pyproject.toml"}
    tops = {name.partition("/")[0] for name in sdist.tracked()}
    assert {one for one in tops if not any(Path(one).match(folder) for folder in folders)} <= always


# -- the bill of materials -----------------------------------------------------------------------------------


def bill() -> dict[str, Any]:
    """One without a fault."""
    pinned = pins("requirements.txt")
    components = [
        {
            "name": name,
            "version": pinned[name],
            "bom-ref": name,
            "purl": f"pkg:pypi/{name}@{pinned[name]}",
            "licenses": [{"license": {"id": "MIT"}}],
        }
        for name in sorted(sbom.dependencies())
    ]
    root = {"name": wheel.PROJECT["name"], "version": __version__, "bom-ref": "root"}
    root["licenses"] = [{"license": {"id": "BSD-3-Clause"}}]
    return {
        "metadata": {"component": root},
        "components": components,
        "dependencies": [{"ref": "root", "dependsOn": sorted(sbom.dependencies())}],
    }


def test_a_bill_without_fault_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "bill.json"
    path.write_text(json.dumps(bill()))
    assert list(sbom.faults(bill())) == []
    assert sbom.main(str(path)) == 0


def test_a_bill_of_another_version_is_found() -> None:
    changed = bill()
    changed["metadata"]["component"]["version"] = "0.0.1"
    assert list(sbom.faults(changed)) == ["it is about django-oauth-authority 0.0.1 (BSD-3-Clause)"]


@each(("member", "value"), [("version", "0"), ("purl", ""), ("licenses", []), ("name", "pytest")])
def test_a_component_that_says_too_little_or_is_a_strangers_is_found(member: str, value: Any) -> None:
    changed = bill()
    changed["components"][0][member] = value
    assert list(sbom.faults(changed))


def test_a_dependency_that_the_bill_does_not_name_is_found() -> None:
    changed = bill()
    del changed["dependencies"][0]["dependsOn"][0]
    assert len(list(sbom.faults(changed))) == 1
    del changed["components"][0]
    assert len(list(sbom.faults(changed))) == 2


def test_the_extras_that_make_installs_for_it_are_all_there_are() -> None:
    (extras,) = re.findall(r"^EXTRAS = (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert extras.split(",") == sorted(wheel.PROJECT["optional-dependencies"])


def test_what_looks_at_a_release_needs_no_project_of_django() -> None:
    modules = ", ".join(f"tests.{name}" for name in ("sbom", "sdist", "wheel"))
    without = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", f"import {modules}"], check=True, cwd=ROOT, env=without)
