"""Every error that the package makes, found in its source: where, which class, and with which reason."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import oauth_provider
from oauth_provider.protocol import errors
from oauth_provider.protocol.errors import OAuthError

PACKAGE = Path(oauth_provider.__file__).parent
# Errors that choose their reason themselves, in their constructors.
OWN_CONSTRUCTOR = {"TicketExpired", "PushedTooLate"}
# What a permission says is its own, and may be a project's.
OF_PERMISSIONS = "fault.permission.error"


class Made(NamedTuple):
    """One place where an error is made. ``reason`` is None where none is given."""

    place: str
    error: str
    reason: str | None


def made_errors() -> list[Made]:
    """Every call of a class of errors."""
    trees = {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}
    names = _error_classes(trees.values())
    return [made for path, tree in trees.items() for made in _made_in(path, tree, names)]


def _error_classes(trees: object) -> set[str]:
    """The names of ``OAuthError`` and all that derive from it, wherever they are, but for ``OWN_CONSTRUCTOR``."""
    known = {name for name, cls in vars(errors).items() if isinstance(cls, type) and issubclass(cls, OAuthError)}
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]  # type: ignore[attr-defined]
    bases = [(node.name, {ast.unparse(base) for base in node.bases}) for node in classes]
    for _ in range(3):  # a class may derive from one that is found after it
        known |= {name for name, above in bases if above & known}
    return known - OWN_CONSTRUCTOR


def _made_in(path: Path, tree: ast.Module, names: set[str]) -> Iterator[Made]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield Made(f"{path.relative_to(PACKAGE)}:{node.lineno}", node.func.id, _reason(node))


def _reason(call: ast.Call) -> str | None:
    """The name of the reason; ``*`` where a function is given it."""
    given = ast.unparse(call.args[0]) if call.args else ""
    if given.startswith("Reason."):
        return given.removeprefix("Reason.")
    return "*" if given in ("reason", "unknown", "of_another_client") else None
