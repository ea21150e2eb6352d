"""Names of grants and of authentication methods are listed once: whatever offers or checks them reads that list."""

import ast
from collections.abc import Iterator
from pathlib import Path

from oauth_provider.clients.authentication.table import methods
from oauth_provider.registry.grant import grant_types
from tests.each import each

PACKAGE = Path(__file__).resolve().parents[2] / "oauth_provider"
# Why each may name several of them.
REASONS = {
    "models/client.py": "which grants of ours a grant type of DOT's stands for",
    "clients/registration/kinds.py": "which grants and which method a kind of client has: a choice among them",
}
# A client of any server, which brings its own; and history.
ELSEWHERE = ("walk/", "migrations/")


def names() -> set[str]:
    return {*grant_types(), *methods()} - {"none"}  # that is also the name of other things


def listed(source: str) -> Iterator[set[str]]:
    """The names in each literal of ``source`` that holds several, and in each class body with several."""
    for node in ast.walk(ast.parse(source)):
        elements: list[ast.AST | None] = []
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            elements = list(node.elts)
        elif isinstance(node, ast.Dict):
            elements = [*node.keys, *node.values]
        elif isinstance(node, ast.ClassDef):
            elements = [one.value for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign)]
        inner = [leaf for one in elements if one is not None for leaf in ([one, *getattr(one, "elts", [])])]
        found = {one.value for one in inner if isinstance(one, ast.Constant) and isinstance(one.value, str)} & names()
        if len(found) > 1:
            yield found


def test_a_list_is_seen_in_every_form() -> None:
    for source in (
        'X = ("authorization_code", "refresh_token")',
        'X = {"client_secret_basic": 1, "client_secret_post": 2}',
        'class X:\n    A = "client_secret_basic", "words"\n    B = "client_secret_post", "words"',
        'f(["client_credentials", ("authorization_code", 1)])',
    ):
        assert list(listed(source)), source
    assert not list(listed('X = ("refresh_token", "scope")\nif grant_type == "authorization_code": pass'))


def test_no_second_list_of_names_exists() -> None:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        place = path.relative_to(PACKAGE).as_posix()
        if not place.startswith(ELSEWHERE) and (second := list(listed(path.read_text()))):
            found[place] = second
    assert found.keys() - REASONS.keys() == set()


@each("name", sorted(names()))
def test_no_template_names_one(name: str) -> None:
    # A template shows what a table gives it.
    assert [path.name for path in (PACKAGE / "templates").rglob("*.html") if f'"{name}"' in path.read_text()] == []
