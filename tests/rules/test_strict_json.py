"""JSON that means one thing (RFC 8259 §4): what two readers could read in two ways is refused."""

import pytest

from oauth_provider.protocol.strict_json import MAX_ELEMENTS, dump, is_storable, parse_array, parse_object
from tests.each import each

pytestmark = pytest.mark.spec("RFC 8259", "4")


def nested(levels):
    return '{"a":' * levels + "1" + "}" * levels


def test_an_object_is_read():
    assert parse_object('{"a": [1, 1.5, null, {"b": "é"}]}') == {"a": [1, 1.5, None, {"b": "é"}]}


@each(
    "text",
    ["", "1", "[]", "null", '"a"', "{", '{"a":1,"a":1}', '{"b":[{"a":1,"a":2}]}', '{"a":NaN}', '{"a":-Infinity}',
     '{"a":1e999}', '{"a":-1e999}', "{'a':1}", '{"a":1}x', '{"a":' + "1" * 5000 + "}"],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - its only error
        parse_object(text)


@each("levels", [5, 1000, 50_000])
def test_depth_has_an_end(levels):
    assert parse_object(nested(4), max_depth=4)
    with pytest.raises(ValueError, match="deep"):
        parse_object(nested(levels), max_depth=4)


@each("value", ["\x00", "a\x00b", "\ud800", {"\x00": 1}, {"a": ["\udfff"]}, [{"a": {"b": "\x00"}}]], ids=repr)
def test_what_a_database_cannot_keep_is_found(value):
    assert not is_storable(value)


@each("value", ["é\n\t", {"a": [1, None, True, "\U0001f600"]}, 1.5])
def test_other_json_can_be_stored(value):
    assert is_storable(value)


@each("text", ['{"a": [1, 2, 3]}', '{"a": 1, "b": 2, "c": {"d": 4}}', '{"a": [[[[]]]]}'])
def test_elements_are_counted_at_every_depth(text):
    assert parse_object(text, max_elements=4)
    with pytest.raises(ValueError, match="too many"):
        parse_object(text, max_elements=3)


def test_elements_are_counted_in_arrays_too():
    assert parse_array("[[1, 2]]", max_elements=3) == [[1, 2]]
    with pytest.raises(ValueError, match="too many"):
        parse_array("[[1, 2]]", max_elements=2)
    with pytest.raises(ValueError, match="too many"):
        parse_object('{"a": [' + ",".join(["0"] * MAX_ELEMENTS) + "]}")


def test_what_is_answered_or_signed_is_read_back_as_it_was():
    value = {"a": [1, 1.5, None, True, "é\x00\u2028"], "": {"b": "\U0001f511"}}
    assert parse_object(dump(value).decode()) == value
    assert dump({"a": [1, "é"]}) == '{"a":[1,"é"]}'.encode()


@each("value", [object(), float("nan"), float("inf"), "\ud800", b"x", {1: {2}}, {("a",): 1}])
def test_what_is_no_json_is_not_written(value):
    with pytest.raises(ValueError):  # noqa: PT011 - its only error
        dump([value])


def test_what_has_no_end_is_not_written():
    endless = []
    endless.append(endless)
    with pytest.raises(ValueError):  # noqa: PT011 - its only error
        dump(endless)
