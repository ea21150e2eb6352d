"""JSON Schema (RFC 9396 §5): judging what a stranger sent takes a time that grows as the text does, and no faster."""

import json
from typing import Any
from unittest.mock import patch

import pytest

from oauth_provider.protocol.authorization_details import MAX_ELEMENTS, MAX_LOCATIONS, parse_details
from oauth_provider.protocol.errors import InvalidAuthorizationDetails
from oauth_provider.protocol.json_schema import Schema, SchemaMismatch
from tests.each import each

pytestmark = pytest.mark.spec("RFC 9396", "5")

UNIQUE = Schema({"type": "array", "uniqueItems": True})


@each(
    "items",
    [[], [1], [1, True, "1", None, [1], {"a": 1}], [[1, 2], [2, 1]], [{"a": 1}, {"a": 2}], [0, False], ["", []]],
    ids=str,
)
def test_items_that_differ_as_json_are_unique(items: list[Any]) -> None:
    UNIQUE.check(items)


@each(
    "items",
    [[1, 1], [1, 1.0], [{"a": 1, "b": 2}, {"b": 2, "a": 1.0}], [[[]], [[]]], [None, 0, None], ["a", "b", "a"]],
    ids=str,
)
def test_items_that_are_the_same_json_are_not(items: list[Any]) -> None:
    with pytest.raises(SchemaMismatch):
        UNIQUE.check(items)


def test_what_is_no_array_and_what_need_not_be_unique_is_not_asked() -> None:
    Schema({"uniqueItems": True}).check("aa")
    Schema({"uniqueItems": False}).check([1, 1])


def test_no_item_is_compared_with_each_other() -> None:
    mixed = [value for number in range(1000) for value in (number, str(number), [number], {"a": number})]
    with (
        patch("jsonschema._utils.equal", side_effect=AssertionError),
        patch("jsonschema._utils.unbool", side_effect=AssertionError),
    ):
        UNIQUE.check(mixed)


def test_elements_are_counted_before_any_schema_is_asked() -> None:
    def details(number: int) -> str:
        return json.dumps([{"type": "t", "rows": [0] * number}], separators=(",", ":"))

    assert parse_details(details(MAX_ELEMENTS - 3))
    with pytest.raises(InvalidAuthorizationDetails):
        parse_details(details(MAX_ELEMENTS - 2))
    where = [f"https://{number}.example" for number in range(MAX_LOCATIONS + 1)]
    assert parse_details(json.dumps([{"type": "t", "locations": where[1:]}]))
    with pytest.raises(InvalidAuthorizationDetails):
        parse_details(json.dumps([{"type": "t", "locations": where[1:]}, {"type": "t", "locations": where[:1]}]))
    deep = json.dumps([{"type": "t", "rows": [{"a": []}] * (MAX_ELEMENTS // 2)}], separators=(",", ":"))
    assert len(deep) < 12_288
    with pytest.raises(InvalidAuthorizationDetails):
        parse_details(deep)
