"""Projects made of a page: the blocks under one heading, pasted into what a reader has before them."""

import fcntl
import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.documentation import console
from tests.documentation.blocks import ROOT, RUN, Block, assigned, blocks, pages, run_elsewhere
from tests.documentation.processes import call

Job = dict[str, Any]
BASE = Path(__file__).parent / "base"
# They are judged by Django's checks, and imported by them.
PROJECT = ("project.settings", "project.urls")


@dataclass(frozen=True, slots=True)
class Project:
    """The blocks of one section, in order. They are pasted and run in a project of their own."""

    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """The page, the heading and the line, as the name of a test."""
        first = next(block for block in self.blocks if block.language in RUN)
        words = re.sub(r"\W+", "-", first.section.lower()).strip("-")
        return f"{first.page.relative_to(ROOT).with_suffix('').as_posix()}:{first.line}:{words}"

    @property
    def files(self) -> list[Block]:
        """The blocks that name a file."""
        return [block for block in self.blocks if block.file]

    @property
    def expected(self) -> list[str]:
        """The checks that find something here, as the page means them to."""
        return [one for block in self.blocks if block.language == "checks" for one in block.source.split()]

    @property
    def is_bare(self) -> bool:
        """Does it begin with nothing but what ``startproject`` writes, since it installs the package itself?"""
        return any(re.search(r"INSTALLED_APPS[^\]]*\"oauth_provider", block.source) for block in self.files)


def projects() -> list[Project]:
    """Every project of every page, but for pages whose blocks another test runs."""
    return [one for page in pages() if not run_elsewhere(page) for one in of_blocks(blocks(page))]


def of_blocks(found: tuple[Block, ...] | list[Block]) -> Iterator[Project]:
    """Divide a page by its headings, and where a block gives anew what another gave to the same file before it."""
    wanted = (block for block in found if block.language in (*RUN, "checks") and not block.skipped)
    for _, section in groupby(wanted, key=lambda block: block.section):
        together: list[Block] = []
        names: set[tuple[str, str]] = set()
        for block in section:
            own = {(block.file, name) for name in assigned(block.source)} if block.file else set()
            if own & names:
                yield Project(tuple(together))
                together, names = [], set()
            together.append(block)
            names |= own
        if any(block.language in RUN for block in together):
            yield Project(tuple(together))


# -- folders -------------------------------------------------------------------------------------------------


def templates(shared: Path) -> Path:
    """Make the two projects that all others are copies of, once for all processes of a run. Return their folder."""
    folder = shared / "documentation"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(folder)
            (folder / "made").touch()
    return folder


def _make(folder: Path) -> None:
    bare, installed = folder / "bare", folder / "installed"
    bare.mkdir()
    call(bare, [sys.executable, "-m", "django", "startproject", "project", "."])
    shutil.copytree(BASE / "notes", bare / "notes", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(bare, installed)
    for name in ("settings", "urls"):
        with (installed / "project" / f"{name}.py").open("a") as file:
            file.write((BASE / f"{name}_tail.py").read_text())
    call(installed, [sys.executable, "manage.py", "makemigrations", "notes", "-v", "0"])
    call(installed, [sys.executable, "manage.py", "migrate", "-v", "0"])
    seeded = call(installed, [sys.executable, str(BASE / "seed.py")], here=True)
    (folder / "client.json").write_text(seeded)
    shutil.copytree(installed / "notes" / "migrations", bare / "notes" / "migrations")


# -- what becomes of a block ---------------------------------------------------------------------------------


def home(file: str) -> str:
    """The path within the project of a file that a block names; one without a folder is the app's."""
    if file in ("settings.py", "urls.py"):
        return f"project/{file}"
    return file if "/" in file else f"notes/{file}"


def is_test(file: str) -> bool:
    """Is it a file of tests, to be run by pytest?"""
    return Path(file).name.startswith("test")


def paste(folder: Path, project: Project) -> None:
    """Put every block that names a file at the end of that file."""
    for block in project.files:
        path = folder / home(block.file)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(f"\n\n{block.source}")
    if any(Path(block.file).name == "models.py" for block in project.files):
        call(folder, [sys.executable, "manage.py", "makemigrations", "-v", "0"])
        call(folder, [sys.executable, "manage.py", "migrate", "-v", "0"])


def module_of(block: Block) -> str:
    """The dotted name of the file that a block was pasted into."""
    return home(block.file).removesuffix(".py").replace("/", ".")


def run(project: Project, folder: Path, client: dict[str, str]) -> None:
    """Paste what is a file, check the project, and run all other blocks in the order of the page."""
    paste(folder, project)
    pasted = dict.fromkeys(module_of(block) for block in project.files if not is_test(block.file))
    job: Job = {"modules": [name for name in pasted if name not in PROJECT], "expected": project.expected}
    rest = [block for block in project.blocks if block.language in RUN and not block.file]
    if not rest or rest[0].language != "python":
        _python(folder, job, [])
    for language, together in groupby(rest, key=lambda block: block.language):
        if language == "python":
            _python(folder, job, list(together))
            continue
        for block in together:
            console.run(folder, block, client)
    tests = [home(block.file) for block in project.files if is_test(block.file)]
    if tests:
        shutil.copy(BASE / "conftest.py", folder)
        call(folder, [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", *tests], here=True)


def _python(folder: Path, job: Job, together: list[Block]) -> None:
    """Check the project in a process of its own, and run blocks in it."""
    sources = [{"source": one.source, "page": str(one.page), "line": one.line} for one in together]
    arguments = [sys.executable, "-W", "error", "-m", "tests.documentation.run_blocks"]
    call(folder, arguments, given=json.dumps({**job, "blocks": sources}), here=True)
