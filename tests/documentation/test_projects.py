"""The blocks of README and ``docs/`` do what they say: each section is pasted into a project and run there."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.documentation.blocks import read
from tests.documentation.projects import Project, of_blocks, projects, run, templates


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The projects that are copied, shared by all processes of a run."""
    own = tmp_path_factory.getbasetemp()
    return templates(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.mark.parametrize("project", projects(), ids=lambda project: project.name)
def test_the_blocks_of_a_section_run_as_they_stand(made: Path, tmp_path: Path, project: Project) -> None:
    folder = tmp_path / "project"
    shutil.copytree(made / ("bare" if project.is_bare else "installed"), folder)
    fault = ""
    try:
        run(project, folder, json.loads((made / "client.json").read_text()))
    except AssertionError as error:
        fault = str(error)
    if fault:  # what the process said is enough
        pytest.fail(fault, pytrace=False)


# -- a block that is wrong is found --------------------------------------------------------------------------

VIEW = """# views.py
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication


class Open(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = []

    def get(self, request):
        return Response({})
"""
WRONG = {
    "a setting that is not there": ("python", '# settings.py\nOAUTH_PROVIDER["ISSUR"] = "x"\n', "E010"),
    "a name that is not there": ("python", "print(application)\n", "NameError"),
    "a file that cannot be imported": ("python", "# notes/extra.py\nfrom notes.models import Nothing\n", "ImportError"),
    "a guarded view that lets everybody in": ("python", VIEW, "Open answers 200 to a GET without a token"),
    "a test that fails": ("python", "# tests.py\ndef test_it(note):\n    assert note.text == ''\n", "1 failed"),
    "a command that is not there": ("console", "python manage.py oauth_nothing\n", "Unknown command"),
    "a package that is not there": ("console", 'pip install "django-oauth-authority[nothing]"\n', "no extra"),
    "an output that is another": ("console", "$ echo one\ntwo\n", "it is\none"),
    "a request that is refused": ("console", "curl -d a=b https://auth.example.com/oauth/token\n", "invalid_"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_block_that_is_wrong_is_found(made: Path, tmp_path: Path, wrong: str) -> None:
    language, source, told = WRONG[wrong]
    (project,) = of_blocks(read(f"# A page\n\n```{language}\n{source}```\n"))
    folder = tmp_path / "project"
    shutil.copytree(made / "installed", folder)
    with pytest.raises(AssertionError, match=re.escape(told)):
        run(project, folder, {})
