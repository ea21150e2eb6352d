"""The place of SQL: its text, cursors and system columns stand in ``sql/`` (and migrations), and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import oauth_provider
from tests.each import each

PACKAGE = Path(oauth_provider.__file__).parent
FILES = [path for path in PACKAGE.rglob("*.py") if not {"sql", "migrations"} & {*path.relative_to(PACKAGE).parts}]
# Words of SQL, written as such, and PostgreSQL's system columns.
TEXT = re.compile(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|FOR SHARE|DEALLOCATE|xmin|tableoid)\b")
CALLS = {"cursor", "raw", "extra", "_raw_delete", "executemany", "chunked_cursor"}
NAMES = {"RawSQL", "CursorWrapper"}


def sql_in(source: str) -> Iterator[str]:
    """Each piece of SQL in ``source``, docstrings left out."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield from TEXT.findall(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            yield node.func.attr
        elif isinstance(node, ast.Name | ast.alias):
            yield from NAMES & {node.id if isinstance(node, ast.Name) else node.name}


@each(
    "source",
    [
        'rows = connection.execute("SELECT 1")',
        'f"UPDATE {table} SET a = 1"',
        "connections[using].cursor()",
        "from django.db.models.expressions import RawSQL",
        "Model.objects.raw(text)",
        'order_by("xmin")',
    ],
)
def test_sql_is_seen_however_it_is_written(source: str) -> None:
    assert list(sql_in(source))


def test_what_is_said_of_sql_is_none() -> None:
    assert not list(sql_in('"""SELECT … FOR UPDATE, as sql/ does."""\nrows.select_for_update(skip_locked=True)'))


def test_sql_stands_in_one_package() -> None:
    assert len(FILES) > 100
    found = {path.relative_to(PACKAGE).as_posix(): list(sql_in(path.read_text())) for path in FILES}
    assert {place: pieces for place, pieces in found.items() if pieces} == {}
