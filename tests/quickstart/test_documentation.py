"""The page of the command says what the command has: its options, its problems, its JSON, the usual of each kind."""

import re
from pathlib import Path

import pytest
from django.core.management import load_command_class

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.quickstart import problems
from tests.quickstart.conftest import quickstart

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "oauth-quickstart.md").read_text()
HOW_TO = (DOCS / "how-to" / "first-client.md").read_text()
INHERITED = {"help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color"}


def rows(text: str, heading: str) -> list[str]:
    """The names in the first column of the table below a heading."""
    section = text.split(f"\n## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_every_option_is_described() -> None:
    parser = load_command_class("oauth_provider", "oauth_quickstart").create_parser("manage.py", "oauth_quickstart")
    options = {one.option_strings[-1] for one in parser._actions if one.dest not in INHERITED}
    assert set(rows(REFERENCE, "Options")) == options


def test_every_problem_is_described() -> None:
    source = Path(problems.__file__).read_text()
    ids = set(re.findall(r'Problem\(\s*(?:ERROR|WARNING),\s*"(\w+)"', source))
    assert len(ids) > 6
    assert set(rows(REFERENCE, "Problems")) == ids


@pytest.mark.django_db
def test_every_member_of_the_json_is_described() -> None:
    assert rows(REFERENCE, "For programs") == list(quickstart("--kind", "service", "--json").json)


def test_the_table_of_kinds_says_what_is_usual() -> None:
    found = re.findall(r"^\| [^|]+ \| `(\w+)` \| ([^|]*)\| ([^|]*)\|$", HOW_TO, re.MULTILINE)
    told = {kind: (uri.strip().strip("`"), tuple(scopes.strip().strip("`").split())) for kind, uri, scopes in found}
    assert told == {kind.name: (kind.usual_redirect_uri, kind.usual_scopes) for kind in KINDS.values()}


def test_every_check_that_is_an_error_here_alone_is_described() -> None:
    section = REFERENCE.split("\n## Problems\n")[1].partition("\n## ")[0]
    assert set(re.findall(r"oauth_provider\.\w\d+", section)) == problems.FATAL
