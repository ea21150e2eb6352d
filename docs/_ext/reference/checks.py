"""The reference of the system checks: each id with what it means, what it says, its hint, and when it is run.

Django's registry says which checks there are, and their docstrings what each id means; the words of a message are read
off the source, with what is filled in shown as ``…``.
"""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from django.core.checks import Tags
from django.core.checks.registry import registry

from docs._ext.reference.words import escape, markdown

IDS = re.compile(r"(?P<ids>[EWI]\d{3}(?:, [EWI]\d{3})*): (?P<words>.+?)(?=(?:\b[EWI]\d{3}[:,])|\Z)", re.DOTALL)
LEVELS = {"E": "error", "W": "warning", "I": "information"}
MESSAGES = {"Error", "Warning", "Info", "CheckMessage", "Critical"}
FILLED_IN = "…"


@dataclass(frozen=True, slots=True)
class Check:
    """One id. ``says`` and ``hint`` are empty where the source makes them of what it found."""

    id: str
    meaning: str
    says: str
    hint: str
    when: str

    @property
    def level(self) -> str:
        """Error, warning or information."""
        return LEVELS[self.id.rpartition(".")[2][0]]


def checks() -> list[Check]:
    """Return every id that a check of this package may give, in the order of the ids."""
    found = {one.id: one for check in _registered() for one in _of_function(check)}
    return [found[name] for name in sorted(found, key=lambda name: (name.partition(".")[0], name[-3:], name))]


def _registered() -> Iterator[Callable[..., Any]]:
    for check in (*registry.registered_checks, *registry.deployment_checks):
        if check.__module__.startswith("oauth_provider."):
            yield check


def _of_function(check: Any) -> Iterator[Check]:
    function = inspect.unwrap(check)
    module = sys.modules[function.__module__]
    prefix = "oauth_provider" if module.__name__.startswith("oauth_provider.checks") else "oauth_resource_server"
    words = re.sub(r"\s+", " ", function.__doc__ or "")
    messages = _messages(module)
    for found in IDS.finditer(words):
        for number in found["ids"].split(", "):
            name = f"{prefix}.{number}"
            says, hint = messages.get(name) or ("", _local_hint(function, module))
            meaning = found["words"].strip()
            yield Check(name, markdown(meaning[:1].upper() + meaning[1:]), escape(says), escape(hint), _when(check))


def _when(check: Any) -> str:
    is_deploy = check in registry.deployment_checks
    if Tags.database in getattr(check, "tags", ()):
        return "`check --database default`, and `migrate`"
    return "`check --deploy`" if is_deploy else "`check`, and every command that runs it"


# -- words of messages ---------------------------------------------------------------------------------------


@cache
def _messages(module: ModuleType) -> dict[str, tuple[str, str]]:
    """Return the words and the hint of each message that ``module`` makes, by its id."""
    found: dict[str, tuple[str, str]] = {}
    tree = ast.parse(inspect.getsource(module))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            keywords = {one.arg: one.value for one in call.keywords}
            if isinstance(call.func, ast.Name) and call.func.id in MESSAGES and "id" in keywords:
                words = Words(module, function, call.lineno)
                for name in _ids(keywords["id"]):
                    found.setdefault(name, (words.of(call.args[0]), words.of(keywords.get("hint", ast.Constant("")))))
    return found


def _ids(node: ast.expr) -> list[str]:
    """Return the ids that an expression may be: one, or either of two."""
    if isinstance(node, ast.IfExp):
        return [*_ids(node.body), *_ids(node.orelse)]
    return [str(node.value)] if isinstance(node, ast.Constant) else []


@dataclass(frozen=True, slots=True)
class Words:
    """The words of expressions at a line of a function; what is not in the source is ``…``."""

    module: ModuleType
    function: ast.FunctionDef
    line: int

    def of(self, node: ast.expr) -> str:
        """Return the words of one expression."""
        match node:
            case ast.Constant():
                return str(node.value)
            case ast.Name():
                return self._named(node.id)
            case ast.FormattedValue():
                return self.of(node.value)
            case ast.JoinedStr():
                return "".join(map(self.of, node.values))
            case ast.BinOp(op=ast.Add()):
                return self.of(node.left) + self.of(node.right)
        return FILLED_IN

    def _named(self, name: str) -> str:
        """Return what the name was assigned last before the line, in the function or in the module."""
        before = [
            node
            for node in ast.walk(self.function)
            if isinstance(node, ast.Assign) and node.lineno < self.line and ast.unparse(node.targets[0]) == name
        ]
        if before:
            return self.of(max(before, key=lambda node: node.lineno).value)
        value = getattr(self.module, name, None)
        return str(value) if isinstance(value, str | int) else FILLED_IN


def _local_hint(function: Any, module: ModuleType) -> str:
    """Return the words of the variable ``hint`` of a function that hands it on; empty where it has none."""
    found = next(node for node in ast.walk(ast.parse(inspect.getsource(function))) if isinstance(node, ast.FunctionDef))
    words = Words(module, found, (found.end_lineno or 0) + 1).of(ast.Name("hint"))
    return "" if words == FILLED_IN else words


# -- Markdown ------------------------------------------------------------------------------------------------


def section(prefix: str) -> str:
    """Return a section for each id that begins with ``prefix``."""
    return "\n".join(_entry(one) for one in checks() if one.id.startswith(f"{prefix}."))


def _entry(one: Check) -> str:
    lines = [f"### {one.id}", "", f"*{one.level}* · {one.when}", "", one.meaning, ""]
    if one.says.strip(f" {FILLED_IN}"):
        lines += [f"> {one.says}", ""]
    if one.hint.strip(f" {FILLED_IN}"):
        lines += [f"Hint: {one.hint}", ""]
    return "\n".join(lines)
