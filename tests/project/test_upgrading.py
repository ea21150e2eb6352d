"""UPGRADING.md says of every migration if old code goes on writing after it, and from 0.1.0 on it always does."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from tests.each import each

ROOT = Path(__file__).resolve().parents[2]
UPGRADING = (ROOT / "UPGRADING.md").read_text()
NAMES = sorted(path.stem for path in (ROOT / "oauth_provider" / "migrations").glob("0*.py"))
ROWS = dict(re.findall(r"^\| `(\d{4}_\w+)` \|.*\| (.*?) \|$", UPGRADING, re.MULTILINE))
# Tables that operators write, and nobody who signs in.
OF_CLIENTS = {"clientpolicy", "resource"}
BREAKING = (migrations.RemoveField, migrations.RenameField, migrations.RenameModel, migrations.DeleteModel)
LAST_BEFORE_THE_FIRST_RELEASE = "0018_outbox"


def stopped(operation: Operation) -> str:
    """The model whose rows code from before ``operation`` cannot write after it; empty if it can."""
    if isinstance(operation, BREAKING):
        return str(
            getattr(operation, "model_name", "") or getattr(operation, "old_name", "") or getattr(operation, "name", "")
        ).lower()
    if not isinstance(operation, migrations.AddField):
        return ""
    field = operation.field
    may_be_left_out = field.null or field.has_db_default() or isinstance(field, models.GeneratedField)
    return "" if may_be_left_out else operation.model_name.lower()


def words(name: str) -> str:
    """The beginning of what the table has to say of a migration."""
    operations = import_module(f"oauth_provider.migrations.{name}").Migration.operations
    found = {model for model in map(stopped, operations) if model}
    if "authorization" in found:
        return "no: sign-ins"
    if found - OF_CLIENTS:
        return f"no: {min(found - OF_CLIENTS)}s"
    return "yes, but for new clients" if found else "yes"


def test_every_migration_is_in_the_table_in_order() -> None:
    assert list(ROWS) == NAMES


@each("name", NAMES)
def test_the_table_says_truly_if_old_code_goes_on_writing(name: str) -> None:
    said = ROWS[name].partition(":")[0] if ROWS[name].startswith("yes:") else ROWS[name]
    assert said.removesuffix(", once it is done") == words(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name > LAST_BEFORE_THE_FIRST_RELEASE])
def test_a_migration_from_the_first_release_on_lets_old_code_go_on_writing(name: str) -> None:
    assert words(name) == "yes"


@each(
    ("operation", "model"),
    [
        (migrations.AddField("ClientPolicy", "x", models.CharField(default="")), "clientpolicy"),
        (migrations.AddField("ClientPolicy", "x", models.CharField(default="", db_default="")), ""),
        (migrations.AddField("ClientPolicy", "x", models.DateField(null=True)), ""),
        (migrations.RemoveField("Consent", "entries"), "consent"),
        (migrations.RenameModel("Consent", "Agreement"), "consent"),
        (migrations.DeleteModel("Consent"), "consent"),
        (migrations.CreateModel("Thing", []), ""),
    ],
)
def test_what_stops_old_code_is_known(operation: Operation, model: str) -> None:
    assert stopped(operation) == model
