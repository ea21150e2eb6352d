"""Projects made of a page: the blocks under one heading, pasted into what a reader has before them."""

import fcntl
import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from tests.documentation import console
from tests.documentation.blocks import ROOT, RUN, Block, assigned, blocks, pages, run_elsewhere
from tests.documentation.processes import call

Job = dict[str, Any]
BASE = Path(__file__).parent / "base"
# They are judged by Django's checks, and imported by them.
PROJECT = ("project.settings", "project.urls")
ENVIRONMENT = re.compile(r"os\.environ\[[\"'](\w+)[\"']\]")
# Of environment variables, by how their names end.
VALUES: dict[str, Callable[[], str]] = {
    "_URL": lambda: "rediss://user:password@redis.internal:6379/0",
    "_RSA_KEY": lambda: RSAKey.generate_key(2048).as_pem(private=True).decode(),
    "_EC_KEY": lambda: ECKey.generate_key("P-256").as_pem(private=True).decode(),
}


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
        """Does it begin with what ``startproject`` writes? It says so, as another project, or installs the package."""
        return any(block.language == "begins" for block in self.blocks) or any(
            re.search(r"INSTALLED_APPS[^\]]*\"oauth_provider", block.source) for block in self.files
        )


def projects() -> list[Project]:
    """Every project of every page, but for pages whose blocks another test runs."""
    return [one for page in pages() if not run_elsewhere(page) for one in of_blocks(blocks(page))]


def of_blocks(found: tuple[Block, ...] | list[Block]) -> Iterator[Project]:
    """Divide a page by its headings, and where a block gives anew what another gave to the same file before it."""
    wanted = (
        block for block in found if not block.skipped and (block.language in (*RUN, "checks", "begins") or block.file)
    )
    for _, section in groupby(wanted, key=lambda block: block.section):
        together: list[Block] = []
        names: set[tuple[str, str]] = set()
        for block in section:
            own = {(block.file, name) for name in assigned(block.source)} if block.file.endswith(".py") else set()
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
    if not file.endswith(".py"):
        return file if "templates/" in file else f"notes/templates/{file}"
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
    changed = {Path(home(block.file)).parent.name for block in project.files if Path(block.file).name == "models.py"}
    if changed:
        call(folder, [sys.executable, "manage.py", "makemigrations", *changed, "-v", "0"], **variables(project))
        call(folder, [sys.executable, "manage.py", "migrate", "-v", "0"], **variables(project))


def module_of(block: Block) -> str:
    """The dotted name of the file that a block was pasted into."""
    return home(block.file).removesuffix(".py").replace("/", ".")


def variables(project: Project) -> dict[str, str]:
    """A value for each environment variable that a block reads, of the kind that its name says."""
    read = {name for block in project.blocks for name in ENVIRONMENT.findall(block.source)}
    return {
        name: next((make() for end, make in VALUES.items() if name.endswith(end)), f"value-of-{name}") for name in read
    }


def run(project: Project, folder: Path, client: dict[str, str]) -> None:
    """Paste what is a file, check the project, and run all other blocks in the order of the page."""
    paste(folder, project)
    files = [block for block in project.files if block.language == "python"]
    pasted = dict.fromkeys(module_of(block) for block in files if not is_test(block.file))
    job: Job = {"modules": [name for name in pasted if name not in PROJECT], "expected": project.expected}
    rest = [block for block in project.blocks if block.language in RUN and not block.file]
    if not rest or rest[0].language != "python":
        _python(folder, job, [], variables(project))
    for language, together in groupby(rest, key=lambda block: block.language):
        if language == "python":
            _python(folder, job, list(together), variables(project))
            continue
        for block in together:
            console.run(folder, block, {**client, **variables(project)})
    tests = list(dict.fromkeys(home(block.file) for block in files if is_test(block.file)))
    if tests:
        shutil.copy(BASE / "fixtures.py", folder / "conftest.py")
        call(
            folder,
            [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", *tests],
            here=True,
            **variables(project),
        )


def _python(folder: Path, job: Job, together: list[Block], further: dict[str, str]) -> None:
    """Check the project in a process of its own, and run blocks in it."""
    sources = [{"source": one.source, "page": str(one.page), "line": one.line} for one in together]
    arguments = [sys.executable, "-W", "error", "-m", "tests.documentation.run_blocks"]
    call(folder, arguments, given=json.dumps({**job, "blocks": sources}), here=True, **further)
