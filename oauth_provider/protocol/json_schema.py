"""JSON Schema (draft 2020-12): checks a value. Nothing is fetched, and members that a schema does not name are refused.

The library, ``jsonschema``, is an extra (``rar``); it is imported only here and only when it is needed.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from oauth_provider.protocol.authorization_details import canonical

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCES = ("$ref", "$dynamicRef")
# Keywords by which a schema says what an object looks like, and those by which it says what else may stand there.
NAMED = ("properties", "patternProperties")
PARTS = ("allOf", "anyOf", "oneOf", "if", "then", "else")
DEPENDENT = "dependentSchemas"
DESCRIBING = frozenset({*NAMED, *PARTS, *REFERENCES, DEPENDENT})
OPEN = frozenset({"additionalProperties", "unevaluatedProperties"})
# Those that describe what stands inside without naming it.
INNER = frozenset({"items", "prefixItems", "contains", "unevaluatedItems", *OPEN})
# A path is made of the members that somebody sent.
SAFE_PATH = re.compile(r"[\w.$\[\]-]{1,80}", re.ASCII)


class SchemaError(ValueError):
    """The schema cannot be used."""


class SchemaMismatch(ValueError):
    """The value does not fit its schema. ``path`` is the place as JSONPath, or "" where it cannot be shown safely."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.path = path if SAFE_PATH.fullmatch(path) else ""


class Schema:
    """One schema, checked and ready. Raises ``SchemaError``, and ``ImportError`` without the library."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError as LibraryError
        from jsonschema.validators import extend
        from referencing import Registry

        check_references(schema)
        try:
            Draft202012Validator.check_schema(dict(schema))
        except LibraryError as error:
            raise SchemaError(error.message) from None
        # An empty registry of our own: the library's default one fetches what it does not know.
        bounded = extend(Draft202012Validator, {"uniqueItems": _unique_items})
        self._validator = bounded(
            closed(schema), registry=Registry(), format_checker=Draft202012Validator.FORMAT_CHECKER
        )

    def check(self, value: Any) -> None:
        """Raise ``SchemaMismatch`` where ``value`` does not fit. Its text is for the log."""
        from referencing.exceptions import Unresolvable

        try:
            error = next(self._validator.iter_errors(value), None)
        except (Unresolvable, RecursionError, ArithmeticError) as failure:
            raise SchemaMismatch(f"the schema cannot judge it: {failure!r}") from None
        if error is not None:
            raise SchemaMismatch(error.message[:256], error.json_path)


def is_available() -> bool:
    """Is the library installed?"""
    return find_spec("jsonschema") is not None


def check_references(schema: Mapping[str, Any]) -> None:
    """Raise ``SchemaError`` for a schema of another draft, and for a reference to something outside it."""
    if schema.get("$schema", DIALECT) != DIALECT:
        raise SchemaError(f"$schema must be {DIALECT}")
    for reference in _references(schema):
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise SchemaError(f"it refers to {reference!r}, which is not in it")


def closed(schema: Any) -> Any:
    """Return ``schema`` so that each object refuses members it does not name, unless it says what else is allowed.

    The parts of ``allOf`` and similar keywords, and referenced schemas, are closed where they are combined.
    """
    made = _inside(schema)
    if isinstance(made, dict) and made.keys() & DESCRIBING and not made.keys() & OPEN:
        made["unevaluatedProperties"] = False
    return made


def _inside(schema: Any) -> Any:
    """Return ``schema`` with the schemas inside it closed, but not itself."""
    if not isinstance(schema, Mapping):
        return schema
    made = dict(schema)
    for keyword, described in made.items():
        if keyword in NAMED and isinstance(described, Mapping):
            made[keyword] = {name: closed(one) for name, one in described.items()}
        elif keyword in INNER:
            made[keyword] = [closed(one) for one in described] if isinstance(described, list) else closed(described)
        elif keyword in ("$defs", DEPENDENT) and isinstance(described, Mapping):
            made[keyword] = {name: _inside(one) for name, one in described.items()}
        elif keyword in PARTS:
            made[keyword] = [_inside(one) for one in described] if isinstance(described, list) else _inside(described)
    return made


def _unique_items(validator: Any, is_asked: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Check ``uniqueItems`` in linear time: the library compares every item with every other."""
    from jsonschema.exceptions import ValidationError

    if is_asked and isinstance(instance, list) and len({canonical(one) for one in instance}) != len(instance):
        yield ValidationError("an array has an item twice")


def _references(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from (value[name] for name in REFERENCES if name in value)
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for one in inner:
        yield from _references(one)
