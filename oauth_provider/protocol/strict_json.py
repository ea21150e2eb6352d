"""JSON with one meaning (RFC 8259 §4, RFC 8725 §2.4): no duplicate member, and no number that JSON does not have.

Its depth and the number of its elements are limited, since work is done for each of them.
"""

import json
import math
from collections.abc import Iterable
from typing import Any

MAX_DEPTH = 32
# Members and items, at every depth.
MAX_ELEMENTS = 10_000


def parse_object(text: str, *, max_depth: int = MAX_DEPTH, max_elements: int = MAX_ELEMENTS) -> dict[str, Any]:
    """Return the JSON object in ``text``. Raise ``ValueError`` for any other text."""
    value = _parse(text, max_depth, max_elements)
    if not isinstance(value, dict):
        raise ValueError("JSON is no object.")
    return value


def parse_array(text: str, *, max_depth: int = MAX_DEPTH, max_elements: int = MAX_ELEMENTS) -> list[Any]:
    """Return the JSON array in ``text``. Raise ``ValueError`` for any other text."""
    value = _parse(text, max_depth, max_elements)
    if not isinstance(value, list):
        raise ValueError("JSON is no array.")
    return value


def dump(value: Any) -> bytes:
    """Return ``value`` as JSON in UTF-8. Everything that is signed or answered is written here.

    Raises ``ValueError`` for what JSON does not have: other objects, NaN and infinity, half characters, endless
    depth.
    """
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _parse(text: str, max_depth: int, max_elements: int) -> Any:
    try:
        value = json.loads(
            text, object_pairs_hook=_once_each, parse_constant=_refuse_constant, parse_float=_finite_float
        )
    except RecursionError:
        raise ValueError("JSON is nested too deeply.") from None
    check_size(value, max_depth, max_elements)
    return value


def check_size(value: Any, max_depth: int, max_elements: int) -> None:
    """Raise ``ValueError`` where arrays and objects are nested too deeply, or hold too many elements in total."""
    level, count, containers = 0, 0, [value] if isinstance(value, dict | list) else []
    while containers:
        level += 1
        if level > max_depth:
            raise ValueError("JSON is nested too deeply.")
        inner = [one for container in containers for one in _inside(container)]
        count += len(inner)
        if count > max_elements:
            raise ValueError("JSON has too many elements.")
        containers = [one for one in inner if isinstance(one, dict | list)]


def is_storable(value: Any) -> bool:
    """Can every database store it? No text in it may hold NUL or half a surrogate pair."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return all(is_storable(name) and is_storable(inner) for name, inner in value.items())
    return not isinstance(value, list) or all(is_storable(inner) for inner in value)


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("A JSON member is repeated.")
    return members


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON.")


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("A number is too large.")
    return number
