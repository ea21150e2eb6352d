"""Authorization details (RFC 9396 §2, §12): read strictly, compared exactly, needed by a call, told in words."""

import json
import time
from typing import Any

import pytest

from oauth_provider.protocol import authorization_details as rar
from oauth_provider.protocol.details_requirement import DetailsRequirement
from oauth_provider.protocol.errors import InvalidAuthorizationDetails
from tests.each import each

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
@each("value", MALFORMED.values(), ids=MALFORMED)
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
@each(
    ("one", "other"), [({"a": 1, "b": 2}, {"b": 2, "a": 1}), ({"a": 1}, {"a": 1.0}), ({"a": [1, 2.0]}, {"a": [1.0, 2]})]
)
def test_equal_json_has_the_same_canonical_text(one, other):
    assert rar.canonical(one) == rar.canonical(other)


@pytest.mark.spec("RFC 9396", "12")
@each(
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


# -- what a call needs ---------------------------------------------------------------------------------------


HERE = "https://api.example.com/accounts/1"


@pytest.mark.spec("RFC 9396", "9")
@each("members", [{}, {"actions": "read"}, {"actions": ["list", "read"]}, {"actions": {"list"}}, {"actions": []}])
def test_an_element_that_holds_what_is_needed_allows_the_call(members):
    assert DetailsRequirement("account", members).met_by([PAYMENT, ACCOUNT], HERE) == ACCOUNT


@pytest.mark.spec("RFC 9396", "9")
@each(
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


@each(("type", "members"), [("", {}), (None, {}), ("a", {"locations": []}), ("a", {"type": "b"})])
def test_a_requirement_that_means_nothing_is_refused(type, members):
    with pytest.raises(TypeError):
        DetailsRequirement(type, members)


# -- in words ------------------------------------------------------------------------------------------------


def test_members_are_called_by_the_titles_of_their_schema():
    schema = {
        "properties": {
            "amount": {"title": "Amount", "properties": {"value": {"title": "Value"}}},
            "items": {"title": "Things", "items": {"properties": {"id": {"title": "Number"}}}},
            "tags": {"title": 5},
            "type": {"title": "Kind"},
            "gift": True,
        }
    }
    element = {"type": "x", "amount": {"value": "1", "unit": "EUR"}, "items": [{"id": 1}], "tags": [], "gift": True}
    assert rar.flatten(element, schema=schema, say=str.upper) == [
        ("AMOUNT: VALUE", "1"),
        ("AMOUNT.unit", "EUR"),
        ("THINGS 1: NUMBER", "1"),
        ("tags", ""),
        ("gift", "true"),
    ]


CHOICE = rar.AuthorizationDetailsType("print", chosen=("photo",), narrowable=("sizes",))
OPEN = {"type": "print", "copies": 2, "sizes": ["s", "l"]}


@pytest.mark.parametrize(
    ("picked", "is_allowed"),
    [
        ({**OPEN, "photo": "snow"}, True),
        ({**OPEN, "photo": "snow", "sizes": ["s"]}, True),
        ({**OPEN, "photo": "snow", "sizes": []}, False),
        ({**OPEN, "photo": "snow", "sizes": ["s", "xl"]}, False),
        ({**OPEN, "photo": "snow", "copies": 3}, False),
        ({**OPEN, "photo": "snow", "more": 1}, False),
        (OPEN, False),
        ({"type": "print", "photo": "snow", "copies": 2}, False),
        ({**OPEN, "type": "order", "photo": "snow"}, False),
    ],
)
def test_a_choice_adds_what_was_left_open_and_nothing_else(picked, is_allowed):
    assert CHOICE.leaves_open(OPEN)
    assert CHOICE.is_choice_of(OPEN, picked) == is_allowed


def test_what_was_named_is_not_chosen_again():
    named = {**OPEN, "photo": "snow"}
    assert not CHOICE.leaves_open(named)
    assert not CHOICE.is_choice_of(named, {**OPEN, "photo": "sea"})
    assert CHOICE.narrow(named, OPEN) == named
    assert CHOICE.narrow(named, {**OPEN, "photo": "sea"}) is None
    assert rar.AuthorizationDetailsType("x").leaves_open({"type": "x"})


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
