"""The blocks of README and ``docs/`` do what they say: each section is pasted into a project and run there."""

import json
import shutil
from pathlib import Path

import pytest

from tests.documentation.projects import Project, projects, run, templates


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The projects that are copied, shared by all processes of a run."""
    return templates(tmp_path_factory.getbasetemp().parent)


@pytest.mark.parametrize("project", projects(), ids=lambda project: project.name)
def test_the_blocks_of_a_section_run_as_they_stand(made: Path, tmp_path: Path, project: Project) -> None:
    folder = tmp_path / "project"
    shutil.copytree(made / ("bare" if project.is_bare else "installed"), folder)
    try:
        run(project, folder, json.loads((made / "client.json").read_text()))
    except AssertionError as fault:  # what the process said is enough
        pytest.fail(str(fault), pytrace=False)
