"""The schemas of authorization details (RFC 9396 §2.1 and §10): what fits one, and what is none."""

import pytest

from oauth_provider.protocol.json_schema import Schema, SchemaError, SchemaMismatch
from tests.each import each

SCHEMA = {
    "type": "object",
    "properties": {
        "amount": {"$ref": "#/$defs/amount"},
        "items": {"type": "array", "items": {"properties": {"id": {"type": "integer"}}}},
        "note": {"type": "object"},
        "due": {"type": "string", "format": "date"},
    },
    "required": ["amount"],
    "$defs": {"amount": {"type": "object", "properties": {"value": {"type": "string"}}, "required": ["value"]}},
}


@pytest.mark.spec("RFC 9396", "5")
@pytest.mark.parametrize(
    "value",
    [
        {"amount": {"value": "1"}},
        {"amount": {"value": "1"}, "items": [{"id": 1}], "note": {"anything": 1}, "due": "2026-11-21"},
    ],
)
def test_a_detail_that_fits_its_schema_is_accepted(value):
    Schema(SCHEMA).check(value)


@pytest.mark.spec("RFC 9396", "5")
@each(
    "value",
    [
        {},
        {"amount": {"value": 1}},
        {"amount": {"value": "1"}, "unknown": 1},
        {"amount": {"value": "1", "unknown": 1}},
        {"amount": {"value": "1"}, "items": [{"id": 1, "unknown": 1}]},
        {"amount": {"value": "1"}, "items": [{"id": True}]},
        {"amount": {"value": "1"}, "due": "tomorrow"},
        [],
        None,
    ],
)
def test_unknown_members_wrong_types_and_missing_ones_do_not(value):
    with pytest.raises(SchemaMismatch):
        Schema(SCHEMA).check(value)


PAYEE = {"properties": {"iban": {"type": "string"}}}


@pytest.mark.spec("RFC 9396", "5")
@each(
    ("inside", "around"),
    [
        ({"prefixItems": [PAYEE]}, lambda payee: [payee]),
        ({"unevaluatedItems": PAYEE}, lambda payee: [payee]),
        ({"contains": PAYEE, "items": True}, lambda payee: [payee]),
        ({"additionalProperties": PAYEE}, lambda payee: {"rent": payee}),
        ({"patternProperties": {"^r": PAYEE}}, lambda payee: {"rent": payee}),
        ({"unevaluatedProperties": PAYEE}, lambda payee: {"rent": payee}),
        ({"dependentSchemas": {"iban": PAYEE}}, lambda payee: payee),
        ({"anyOf": [{"type": "string"}, PAYEE]}, lambda payee: payee),
        ({"if": PAYEE, "then": {"properties": {"iban": True}}}, lambda payee: payee),
        ({"$ref": "#/$defs/payee"}, lambda payee: payee),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_whichever_keyword_describes_it(inside, around):
    schema = Schema({"properties": {"to": inside}, "$defs": {"payee": PAYEE}})
    schema.check({"to": around({"iban": "GB1"})})
    with pytest.raises(SchemaMismatch):
        schema.check({"to": around({"iban": "GB1", "unknown": 1})})


def test_what_says_for_itself_what_else_may_be_is_left_open():
    Schema({"properties": {"a": True}, "additionalProperties": {"type": "integer"}}).check({"b": 1})
    Schema({"allOf": [{"properties": {"a": True}}], "properties": {"b": True}}).check({"a": 1, "b": 1})


def test_the_place_of_a_misfit_is_told_and_names_no_secrets():
    with pytest.raises(SchemaMismatch) as caught:
        Schema(SCHEMA).check({"amount": {"value": 1}})
    assert caught.value.path == "$.amount.value"
    with pytest.raises(SchemaMismatch) as caught:
        Schema({"additionalProperties": False, "patternProperties": {".*": {"type": "null"}}}).check({"<b>": 1})
    assert caught.value.path == ""


@each(
    "schema",
    [
        {"type": "objekt"},
        {"properties": {"a": {"$ref": "https://evil.example.com/schema.json"}}},
        {"allOf": [{"$ref": "file:///etc/passwd"}]},
        {"properties": {"a": {"$dynamicRef": "other.json"}}},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"pattern": "("},
    ],
)
def test_a_schema_that_is_none_or_looks_elsewhere_is_refused(schema):
    with pytest.raises(SchemaError):
        Schema(schema)


def test_a_reference_to_nothing_fits_nothing():
    with pytest.raises(SchemaMismatch):
        Schema({"properties": {"a": {"$ref": "#/$defs/missing"}}}).check({"a": 1})


def test_a_schema_without_end_fits_nothing():
    with pytest.raises(SchemaMismatch):
        Schema({"$ref": "#"}).check({"a": 1})
