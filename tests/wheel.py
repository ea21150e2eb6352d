"""Is everything in the wheel that must be? ``python -m tests.wheel dist/*.whl``, or ``make wheel``."""

import sys
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "oauth_provider"
FOLDERS = ("migrations", "templates", "static", "locale")


def expected() -> set[str]:
    """The files of the package, by their names in a wheel."""
    return {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def main(wheel: str) -> int:
    """0 if the wheel holds the package, the whole package and nothing but the package."""
    found = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    for name in sorted(expected() - found):
        sys.stdout.write(f"missing: {name}\n")
    for name in sorted(found - expected()):
        sys.stdout.write(f"should not be there: {name}\n")
    counts = [f"{sum(f'/{folder}/' in name for name in found)} in {folder}" for folder in FOLDERS]
    sys.stdout.write(f"{wheel}: {len(found)} files; {', '.join(counts)}\n")
    return 0 if found == expected() and "oauth_provider/py.typed" in found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
