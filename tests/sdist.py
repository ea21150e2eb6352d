"""Is the source distribution the repository? ``python -m tests.sdist dist/*.tar.gz``, or ``make wheel``."""

import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MADE = {"PKG-INFO"}


def tracked() -> set[str]:
    """The files of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return {name for name in listed.stdout.split("\0") if name}


def faults(path: Path) -> Iterator[str]:
    """What is missing, and what only lay about where it was built."""
    with tarfile.open(path) as archive:
        found = {one.name.partition("/")[2] for one in archive.getmembers() if one.isfile()}
    yield from (f"missing: {name}" for name in sorted(tracked() - found))
    yield from (f"should not be there: {name}" for name in sorted(found - tracked() - MADE))


def main(path: str) -> int:
    """0 if it holds all files of the repository and nothing else; also where there is no repository to compare with."""
    if not (ROOT / ".git").exists():
        return 0
    found = list(faults(Path(path)))
    sys.stdout.writelines(f"{one}\n" for one in found)
    sys.stdout.write(f"{path}: {len(tracked())} files\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
