"""The mistakes of newcomers, one by one: ``manage.py`` says which it is, and what to do about it."""

import shutil
from pathlib import Path

import pytest

from tests.setups.newcomers.fresh_project import FreshProject
from tests.setups.newcomers.mistakes import MISTAKES, Mistake

SILENT = "System check identified no issues (0 silenced).\n"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> FreshProject:
    project = FreshProject.start(tmp_path_factory.mktemp("fresh"))
    project.run("manage.py", "migrate", "--verbosity", "0").check_returncode()  # the database is asked about scopes
    return project


@pytest.fixture
def project(fresh: FreshProject, tmp_path: Path) -> FreshProject:
    """A copy, to make a mistake in."""
    return FreshProject(Path(shutil.copytree(fresh.folder, tmp_path / "project")))


def test_a_project_without_a_mistake_hears_nothing(fresh: FreshProject) -> None:
    assert fresh.manage("check", "--fail-level", "DEBUG") == SILENT


def make(mistake: Mistake, project: FreshProject) -> None:
    project.add("shop/settings.py", mistake.settings)
    project.add("shop/urls.py", mistake.urls)
    for name, text in mistake.files.items():
        project.add(name, text)


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_what_to_do_about_it(project: FreshProject, mistake: Mistake) -> None:
    make(mistake, project)
    checked = project.run("manage.py", *mistake.command)
    assert mistake.told in checked.stderr
    assert mistake.remedy in checked.stderr
    assert (checked.returncode != 0) is mistake.fatal


# Every command that looks at the project says the same: one for each way in which it can be told is tried.
@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("no django-oauth-toolkit", ("migrate", "--verbosity", "0")),
        ("scopes as a list", ("migrate", "--verbosity", "0")),
        ("scopes as a list", ("oauth_keys", "list")),
        ("scopes as a list", ("oauth_quickstart", "--kind", "service", "--no-input")),
        ("no login page", ("migrate", "--verbosity", "0")),
    ],
)
def test_whatever_command_comes_first_says_the_same(project: FreshProject, name: str, command: tuple[str, ...]) -> None:
    mistake = MISTAKES[name]
    make(mistake, project)
    run = project.run("manage.py", *command)
    told = mistake.told if command[0] == "migrate" else mistake.told.partition(") ")[2]
    assert told in run.stdout + run.stderr
    assert mistake.remedy in run.stdout + run.stderr
    assert "Traceback" not in run.stderr or name == "no django-oauth-toolkit"
    assert (run.returncode != 0) is mistake.fatal
