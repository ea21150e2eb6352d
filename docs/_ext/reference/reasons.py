"""The reference of the errors: each reason code with its error on the wire and its words (``protocol/reason.py``)."""

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import oauth_provider
from docs._ext.reference import words
from oauth_provider.protocol import errors, reason
from oauth_provider.protocol.reason import Reason
from tests.events.refusals import made_errors

PACKAGE = Path(oauth_provider.__file__).parent
# It has no error of its own: the challenge names the one of every token that is not good (RFC 6750 §3.1).
CHALLENGED = {"NoToken": "invalid_token"}


def groups() -> Iterator[tuple[str, list[Reason]]]:
    """Yield each comment that stands over some reasons, with the reasons below it."""
    title = ""
    members: list[Reason] = []
    for line in inspect.getsource(reason).splitlines():
        text = line.strip()
        if text.startswith("# "):
            if members:
                yield title, members
            title, members = text[2:], []
        name = text.partition(" = ")[0]
        if " = " in text and name in Reason.__members__:
            members.append(Reason[name])
    yield title, members


@cache
def wire_codes() -> dict[str, set[str]]:
    """Return the values of ``error`` that each reason is given with, by the name of the reason."""
    found: dict[str, set[str]] = {}
    for made in made_errors():
        if made.reason not in (None, "*"):
            found.setdefault(str(made.reason), set()).add(_code(made.error))
    for name, code in _handed_on():
        found.setdefault(name, set()).add(code)
    return found


def _code(name: str) -> str:
    cls = getattr(errors, name, errors.InvalidRequest)
    return CHALLENGED.get(name, str(cls.error))


def _handed_on() -> Iterator[tuple[str, str]]:
    """Yield reasons that are arguments of a function which makes the error, with the code of that error."""
    trees = [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")]
    makers: dict[str, set[str]] = {}
    for function in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        arguments = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call) and node.args):
            given = call.args[0]
            if isinstance(given, ast.Name) and given.id in arguments and hasattr(errors, ast.unparse(call.func)):
                makers.setdefault(function.name, set()).add(_code(ast.unparse(call.func)))
    for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        for code in makers.get(ast.unparse(call.func).rpartition(".")[2], ()):
            for given in (*call.args, *(one.value for one in call.keywords)):
                if ast.unparse(given).startswith("Reason."):
                    yield ast.unparse(given).removeprefix("Reason."), code


def section() -> str:
    """Return a section with a table for each group of reasons."""
    parts = []
    for title, members in groups():
        rows = [_row(one) for one in members if one is not Reason.UNSPECIFIED]
        if rows:
            heading, _, rest = title.rstrip(".").partition(". ")
            parts += [f"## {heading}", *([f"{rest}."] if rest else []), words.table(["code", "error", "words"], rows)]
    return "\n\n".join(parts)


def _row(one: Reason) -> list[str]:
    codes = ", ".join(f"`{code}`" for code in sorted(wire_codes()[one.name]))
    return [f"`{one.code}`", codes, words.escape(one.text)]
