"""The reference of the settings: type, default and summary of each, from ``oauth_provider.conf`` and its docstrings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from docs._ext.reference import words
from docs._ext.reference.words import markdown
from oauth_provider.conf import NAMES, ProviderSettings
from oauth_provider.resource_server.conf import ResourceServerSettings

DEFAULT = re.compile(r"Default: (?P<words>.+?)(?:[.;](?=\s|$)|$)", re.DOTALL)
HEADING = re.compile(r"^## `(?P<name>[A-Z_]+)`\n", re.MULTILINE)
VALUE = re.compile(r"None|True|False|\d[\d_]*|\"[^\"]*\"|\{\}|\(.*?\)")
KINDS = {bool: "True or False", int: "a whole number", str: "a text", Callable: "a dotted path"}
LISTS = (tuple, list, frozenset)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as its property documents it: the name, a type in words, the default, and the first sentence."""

    name: str
    kind: str
    default: str
    summary: str


def provider() -> dict[str, Setting]:
    """Return the settings in ``OAUTH_PROVIDER``, by name."""
    return {name: _setting(name, _property(ProviderSettings, name)) for name in sorted(NAMES)}


def resource_server() -> dict[str, Setting]:
    """Return the settings in ``OAUTH_RESOURCE_SERVER``, by name."""
    cls = ResourceServerSettings
    paths = {"VERIFIER": "verifier_path"}
    return {key: _setting(key, _property(cls, paths.get(key, key.lower()))) for key in sorted(cls.KEYS)}


def _property(cls: type, name: str) -> property:
    found: property = next(vars(group)[name] for group in cls.__mro__ if name in vars(group))
    return found


def _setting(name: str, found: property) -> Setting:
    docstring = re.sub(r"\s+", " ", found.__doc__ or "").strip()
    docstring = re.sub(rf"^Return ``{name}``: ", "", docstring)
    default = DEFAULT.search(docstring)
    if default is None:
        raise ValueError(f"The docstring of {name} has no default.")
    summary = re.split(r"\.(?= |$)|:? ?Default:", docstring)[0].strip()
    is_path = re.match(r"(the )?dotted path of ", docstring, re.IGNORECASE)
    value = VALUE.match(default["words"])
    told = f"`{value[0]}`{default['words'][value.end() :]}" if value else default["words"]
    return Setting(
        name, "a dotted path" if is_path else _kind(found), markdown(told), markdown(summary[:1].upper() + summary[1:])
    )


def _kind(found: property) -> str:
    """Return the type that the property is annotated with, in words."""
    hint: Any = get_type_hints(found.fget)["return"]
    is_optional = type(None) in get_args(hint)
    inner = next(one for one in get_args(hint) if one is not type(None)) if is_optional else hint
    kind = get_origin(inner) or inner
    is_list = kind in LISTS or (kind is not Mapping and "Sequence" in str(kind))
    return KINDS.get(kind, "a list" if is_list else "a dictionary") + (", or None" if is_optional else "")


def table(found: dict[str, Setting]) -> str:
    """Return a table of settings, each linked to its section."""
    rows = [[f"[`{one.name}`](#{one.name.lower()})", f"{one.summary}.", one.default] for one in found.values()]
    return words.table(["setting", "", "default"], rows)


def annotate(text: str) -> str:
    """Put type and default below the heading of each setting in ``text``."""
    known = {**resource_server(), **provider()}

    def line(heading: re.Match[str]) -> str:
        setting = known.get(heading["name"])
        return f"{heading[0]}\n*{setting.kind}* · default: {setting.default}\n" if setting else heading[0]

    return HEADING.sub(line, text)
