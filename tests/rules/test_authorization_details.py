"""Authorization details (RFC 9396 §2, §6 and §12): read strictly, compared exactly, narrowed and never widened."""

import json
import time
from typing import Any

import pytest

from oauth_provider.protocol import authorization_details as rar
from oauth_provider.protocol.authorization_details import AuthorizationDetailsType
from oauth_provider.protocol.details_requirement import DetailsRequirement
from oauth_provider.protocol.errors import InvalidAuthorizationDetails
from oauth_provider.protocol.json_schema import Schema, SchemaError, SchemaMismatch

ACCOUNT = {"type": "account", "actions": ["read", "list"], "locations": ["https://api.example.com/accounts"]}
PAYMENT = {"type": "payment", "amount": {"currency": "EUR", "value": "12.50"}}


def text(*elements: Any) -> str:
    return json.dumps(elements)


# -- reading -------------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "2")
def test_elements_are_read_in_their_order_each_once():
    assert rar.parse_details(text(PAYMENT, ACCOUNT, PAYMENT)) == (PAYMENT, ACCOUNT)


@pytest.mark.spec("RFC 9396", "2")
def test_left_out_it_asks_for_nothing():
    assert rar.parse_details("") == ()


@pytest.mark.spec("RFC 9396", "2.1")
def test_two_elements_of_one_type_are_two():
    other = {**PAYMENT, "amount": {"currency": "EUR", "value": "13.00"}}
    assert rar.parse_details(text(PAYMENT, other)) == (PAYMENT, other)


MALFORMED = {
    "an object": json.dumps(PAYMENT),
    "a text": '"payment"',
    "a number": "1",
    "null": "null",
    "true": "true",
    "no JSON": "payment",
    "half of it": '[{"type": "payment"',
    "empty": "[]",
    "texts": '["payment"]',
    "arrays": '[[{"type": "payment"}]]',
    "null in it": '[{"type": "payment"}, null]',
    "no type": '[{"actions": ["read"]}]',
    "an empty type": '[{"type": ""}]',
    "a type that is a list": '[{"type": ["payment"]}]',
    "a type that is an object": '[{"type": {"payment": true}}]',
    "a type that is a number": '[{"type": 1}]',
    "a type that is null": '[{"type": null}]',
    "a member twice": '[{"type": "payment", "type": "account"}]',
    "a member twice, further in": '[{"type": "payment", "amount": {"value": "1", "value": "100"}}]',
    "NaN": '[{"type": "payment", "amount": NaN}]',
    "Infinity": '[{"type": "payment", "amount": -Infinity}]',
    "a number beyond floats": '[{"type": "payment", "amount": 1e400}]',
    "a number that readers round": '[{"type": "payment", "amount": 9007199254740993}]',
    "a number of many digits": '[{"type": "payment", "amount": %s}]' % ("9" * 4000),
    "NUL": '[{"type": "payment", "for": "a\\u0000b"}]',
    "NUL in a name": '[{"type": "payment", "a\\u0000b": 1}]',
    "half a character": '[{"type": "payment", "for": "\\ud800"}]',
    "a control character": '[{"type": "payment", "for": "a\\u001b[2J"}]',
    "text that runs backwards": '[{"type": "payment", "for": "\\u202e00.1"}]',
    "an isolate": '[{"type": "payment", "for": ["\\u2066x"]}]',
    "too deep": '[{"type": "payment", "for": %s}]' % ("[" * 10 + "]" * 10),
    "a thousand arrays": "[" * 1000 + "]" * 1000,
    "a hundred thousand arrays": "[" * 100_000,
    "too many": text(*({"type": "payment", "for": number} for number in range(21))),
    "too long": text({"type": "payment", "for": "a" * 12_288}),
}


@pytest.mark.spec("RFC 9396", "5")
@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_array_of_typed_objects_is_refused_soon(value):
    began = time.monotonic()
    with pytest.raises(InvalidAuthorizationDetails) as caught:
        rar.parse_details(value)
    assert time.monotonic() - began < 1
    assert caught.value.description.isascii()
    assert caught.value.redirectable


@pytest.mark.spec("RFC 9396", "5")
def test_what_is_told_holds_nothing_of_what_was_sent():
    with pytest.raises(InvalidAuthorizationDetails) as caught:
        rar.parse_details('[{"type": "payment"}, "<script>"]')
    assert caught.value.description == "authorization_details[1] is no object."


# -- comparing -----------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "12")
@pytest.mark.parametrize(
    ("one", "other"), [({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({"a": 1}, {"a": 1.0}), ({"a": [1, 2.0]}, {"a": [1.0, 2]})]
)
def test_equal_json_has_the_same_canonical_text(one, other):
    assert rar.canonical(one) == rar.canonical(other)


@pytest.mark.spec("RFC 9396", "12")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": True}),
        ({"a": 0}, {"a": False}),
        ({"a": 1}, {"a": "1"}),
        ({"a": None}, {}),
        ({"a": ""}, {"a": None}),
        ({"a": []}, {"a": {}}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": "é"}, {"a": "e\u0301"}),
        ({"a": "A"}, {"a": "a"}),
        ({"a": "x "}, {"a": "x"}),
    ],
)
def test_different_json_has_another_canonical_text(one, other):
    assert rar.canonical(one) != rar.canonical(other)
    assert not rar.is_part(one, other)
    assert not rar.is_part(other, one)


# -- narrowing -----------------------------------------------------------------------------------------------

TYPES = {
    "account": AuthorizationDetailsType("account", narrowable=["actions"]),
    "payment": AuthorizationDetailsType("payment"),
}


@pytest.mark.spec("RFC 9396", "6.1")
@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ([PAYMENT], [PAYMENT]),
        ([ACCOUNT, PAYMENT], [ACCOUNT, PAYMENT]),
        ([{**ACCOUNT, "actions": ["list"]}], [{**ACCOUNT, "actions": ["list"]}]),
        ([{**ACCOUNT, "actions": ["list", "read"]}], [{**ACCOUNT, "actions": ["list", "read"]}]),
    ],
)
def test_a_part_of_what_was_granted_is_given(asked, got):
    assert list(rar.narrow_details(asked, [PAYMENT, ACCOUNT], TYPES)) == got


WIDER = {
    "another amount": {**PAYMENT, "amount": {"currency": "EUR", "value": "1250"}},
    "a number for a text": {**PAYMENT, "amount": {"currency": "EUR", "value": 12.5}},
    "a member left out": {"type": "payment"},
    "a member more": {**PAYMENT, "urgent": True},
    "another action": {**ACCOUNT, "actions": ["read", "write"]},
    "no action at all": {**ACCOUNT, "actions": []},
    "the actions left out": {"type": "account", "locations": ACCOUNT["locations"]},
    "one action, as a text": {**ACCOUNT, "actions": "read"},
    "a part of what is not narrowable": {**ACCOUNT, "locations": []},
    "another location": {**ACCOUNT, "locations": ["https://evil.example.com/"]},
    "another type with the same members": {**PAYMENT, "type": "account"},
    "an unknown type": {**PAYMENT, "type": "transfer"},
}


@pytest.mark.spec("RFC 9396", "6")
@pytest.mark.parametrize("asked", WIDER.values(), ids=WIDER)
def test_nothing_more_than_was_granted_is_given(asked):
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([asked], [PAYMENT, ACCOUNT], TYPES)


@pytest.mark.spec("RFC 9396", "6")
def test_one_detail_that_was_not_granted_refuses_the_whole_request():
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([PAYMENT, WIDER["another amount"]], [PAYMENT], TYPES)


@pytest.mark.spec("RFC 9396", "6")
def test_two_grants_are_not_put_together():
    granted = [{**ACCOUNT, "actions": ["read"]}, {**ACCOUNT, "actions": ["list"]}]
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([ACCOUNT], granted, TYPES)


class Limit(AuthorizationDetailsType):
    def narrow(self, granted, requested):
        return requested if requested["limit"] <= granted["limit"] else None


@pytest.mark.spec("RFC 9396", "6.1")
def test_a_type_says_for_itself_what_a_part_is():
    types = {"limit": Limit("limit")}
    assert rar.narrow_details([{"type": "limit", "limit": 5}], [{"type": "limit", "limit": 9}], types)
    with pytest.raises(InvalidAuthorizationDetails):
        rar.narrow_details([{"type": "limit", "limit": 10}], [{"type": "limit", "limit": 9}], types)


def test_an_option_that_there_is_not_is_told():
    with pytest.raises(TypeError, match="shema"):
        AuthorizationDetailsType("payment", shema={})


# -- locations -----------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 9396", "9.1")
def test_a_token_for_one_resource_gets_what_is_of_use_there():
    at = rar.at_resources([PAYMENT, ACCOUNT], ["https://API.example.com:443/accounts/"])
    assert at == (PAYMENT, ACCOUNT)
    assert rar.at_resources([PAYMENT, ACCOUNT], ["https://other.example.com"]) == (PAYMENT,)
    assert rar.at_resources([PAYMENT, ACCOUNT], []) == (PAYMENT, ACCOUNT)


@pytest.mark.spec("RFC 9396", "2.2")
@pytest.mark.spec("RFC 9396", "9.1")
def test_a_location_is_at_a_resource_of_the_same_name_or_below_it():
    urn, api = "urn:example:api", "https://api.example.com/v1"
    assert rar.is_for({"type": "account", "locations": [urn]}, [urn])
    assert not rar.is_for({"type": "account", "locations": [urn]}, ["urn:example:other"])
    assert not rar.is_for({"type": "account", "locations": ["urn:example:other"]}, [urn, api])
    assert rar.is_for({"type": "account", "locations": [f"{api}/accounts"]}, [urn, api])
    assert not rar.is_for({"type": "account", "locations": [api]}, [f"{api}/accounts"])
    assert not rar.is_for({"type": "account", "locations": []}, [api])


@pytest.mark.parametrize("locations", [[], "https://api.example.com", [1, None], ["https://api.example.com.evil.com"]])
def test_locations_that_name_no_such_place_are_of_use_nowhere(locations):
    detail = {"type": "account", "locations": locations}
    assert not rar.is_at(detail, "https://api.example.com/accounts")
    assert not rar.is_for(detail, ["https://api.example.com"])


# -- what a call needs ---------------------------------------------------------------------------------------

HERE = "https://api.example.com/accounts/1"


@pytest.mark.spec("RFC 9396", "9")
@pytest.mark.parametrize(
    "members", [{}, {"actions": "read"}, {"actions": ["list", "read"]}, {"actions": {"list"}}, {"actions": []}]
)
def test_an_element_that_holds_what_is_needed_allows_the_call(members):
    assert DetailsRequirement("account", members).met_by([PAYMENT, ACCOUNT], HERE) == ACCOUNT


@pytest.mark.spec("RFC 9396", "9")
@pytest.mark.parametrize(
    ("type", "members", "url"),
    [
        ("accounts", {}, HERE),
        ("account", {"actions": "write"}, HERE),
        ("account", {"actions": ["read", "write"]}, HERE),
        ("account", {"identifier": "1"}, HERE),
        ("account", {}, "https://api.example.com/payments"),
        ("account", {}, ""),
        ("payment", {"amount": {"currency": "EUR", "value": 12.5}}, HERE),
    ],
)
def test_no_other_does(type, members, url):
    assert DetailsRequirement(type, members).met_by([PAYMENT, ACCOUNT], url) is None


@pytest.mark.spec("RFC 9396", "2.2")
def test_two_elements_do_not_add_up():
    held = [{**ACCOUNT, "actions": ["read"]}, {**ACCOUNT, "actions": ["list"]}]
    assert DetailsRequirement("account", {"actions": ["read", "list"]}).met_by(held, HERE) is None


@pytest.mark.parametrize(("type", "members"), [("", {}), (None, {}), ("a", {"locations": []}), ("a", {"type": "b"})])
def test_a_requirement_that_means_nothing_is_refused(type, members):
    with pytest.raises(TypeError):
        DetailsRequirement(type, members)


# -- in words ------------------------------------------------------------------------------------------------


def test_an_element_is_listed_member_by_member():
    nested = {**PAYMENT, "items": [{"id": 1}, {"id": 2}], "gift": True, "tags": ["a", 2]}
    assert rar.flatten(nested) == [
        ("amount.currency", "EUR"),
        ("amount.value", "12.50"),
        ("items 1.id", "1"),
        ("items 2.id", "2"),
        ("gift", "true"),
        ("tags", "a, 2"),
    ]


# -- schemas -------------------------------------------------------------------------------------------------

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
@pytest.mark.parametrize(
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
@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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
