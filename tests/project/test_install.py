"""``.ci/install.py``, which every target of ``make`` begins with: it says what it does, and does nothing twice."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "install.py"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def make_wheel(folder: Path, name: str) -> None:
    """A package that is on no index."""
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        info = f"{name}-1.0.dist-info"
        files = {"METADATA": METADATA.format(name=name), "WHEEL": WHEEL}
        for file, text in files.items():
            wheel.writestr(f"{info}/{file}", text)
        wheel.writestr(f"{info}/RECORD", "".join(f"{file},,\n" for file in (f"{name}.py", f"{info}/METADATA")))


def install(folder: Path, *packages: str) -> tuple[int, list[str]]:
    """The status of the script, and the lines that it prints."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "environment", *packages],
        cwd=folder,
        env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    names = [f"package{number}" for number in range(12)]
    for name in (*names, "another"):
        make_wheel(tmp_path, name)
    (tmp_path / "requirements.txt").write_text("".join(f"{name}==1.0\n" for name in names))
    return tmp_path


def test_it_says_how_far_it_is_and_does_nothing_twice(folder: Path) -> None:
    status, lines = install(folder, "-r", "requirements.txt")
    assert status == 0
    assert lines[0].startswith("Packages   making environment with Python 3.")
    assert "Packages   fetching 10 of 12: package9" in lines
    assert lines[-1].startswith("Packages   1")
    assert install(folder, "-r", "requirements.txt") == (0, ["Packages   environment is up to date"])
    (folder / "requirements.txt").write_text("another==1.0\n")
    status, lines = install(folder, "-r", "requirements.txt")
    assert status == 0
    assert not list(folder.glob("environment/lib/*/site-packages/package1.py"))  # made anew
    assert list(folder.glob("environment/lib/*/site-packages/another.py"))


def test_what_fails_is_told_in_full_and_tried_again(folder: Path) -> None:
    for _ in range(2):
        status, lines = install(folder, "nowhere==1.0")
        assert status != 0
        assert any("No matching distribution found for nowhere==1.0" in line for line in lines)


def test_an_environment_of_somebody_else_is_not_made_anew(folder: Path) -> None:
    (folder / "theirs").mkdir()
    (folder / "theirs" / "kept").touch()
    (folder / "environment").symlink_to("theirs")
    status, lines = install(folder, "-r", "requirements.txt")
    assert (status, lines) == (0, ["Packages   environment is a link, and taken as it is"])
    assert (folder / "theirs" / "kept").exists()
