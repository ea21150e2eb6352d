"""Scope (RFC 6749 §3.3): its grammar, and what may be asked for of what was granted."""

import pytest

from oauth_provider.protocol.errors import InvalidScope
from oauth_provider.protocol.scope import (
    MAX_TOKENS,
    check_scope,
    downscope,
    format_scope,
    is_scope_token,
    narrow_scope,
    parse_scope,
)
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "3.3")


@each(
    ("scope", "tokens"),
    [
        ("", ()),
        ("a", ("a",)),
        ("b a", ("b", "a")),
        ("a b a", ("a", "b")),
        ("Notes notes", ("Notes", "notes")),
        ("https://api.example.com/notes.read", ("https://api.example.com/notes.read",)),
        ("!#$%&'()*+,-./:;<=>?@[]^_`{|}~", ("!#$%&'()*+,-./:;<=>?@[]^_`{|}~",)),
    ],
)
def test_a_scope_is_its_tokens_each_once_in_the_order_given(scope, tokens):
    assert parse_scope(scope) == tokens


@each(
    "scope",
    [
        " ", " a", "a ", "a  b", "a\tb", "a\nb", "a\r\nb", "a\x00", "a\x7f", 'a"b', "a\\b", "é", "a\u00a0b",
        "\ud800", "\u202ea", "а",  # noqa: RUF001 - a Cyrillic letter
    ],
)  # fmt: skip
def test_a_malformed_scope_is_invalid_scope(scope):
    with pytest.raises(InvalidScope) as refusal:
        parse_scope(scope)
    assert refusal.value.description.isascii()


@pytest.mark.spec("RFC 6749", "A.4")
@each("token", ["", " ", "a b", '"', "\\", "a\n", "é"])
def test_what_is_no_scope_token(token):
    assert not is_scope_token(token)


def test_tokens_are_joined_by_one_space():
    assert format_scope(("a", "b")) == "a b"
    assert format_scope(()) == ""


@each("requested", [("a",), ("a", "b"), ()])
def test_a_scope_that_is_allowed_may_be_asked_for(requested):
    check_scope(requested, {"a", "b"})


@each("requested", [("c",), ("a", "c"), ("A",), ("a b",), ("",)])
def test_a_scope_that_is_not_allowed_is_invalid_scope(requested):
    with pytest.raises(InvalidScope):
        check_scope(requested, {"a", "b"})


def test_a_refused_scope_is_named_to_the_operator_alone():
    with pytest.raises(InvalidScope) as refusal:
        check_scope(("secret:project",), {"a"})
    assert "secret:project" in refusal.value.detail
    assert "secret:project" not in refusal.value.description


@pytest.mark.spec("RFC 6749", "6")
@each(
    ("requested", "granted", "yields"),
    [
        ((), ("a", "b"), ("a", "b")),
        (("b",), ("a", "b"), ("b",)),
        (("b", "a"), ("a", "b"), ("b", "a")),
        ((), (), ()),
    ],
)
def test_a_refresh_yields_what_was_granted_or_the_part_asked_for(requested, granted, yields):
    assert downscope(requested, granted) == yields


@pytest.mark.spec("RFC 6749", "6")
@each(("requested", "granted"), [(("c",), ("a", "b")), (("a", "c"), ("a",)), (("A",), ("a",)), (("a",), ())])
def test_a_refresh_for_more_than_was_granted_is_invalid_scope(requested, granted):
    with pytest.raises(InvalidScope):
        downscope(requested, granted)


def test_a_request_names_so_many_scopes_and_no_more():
    many = [f"s{number}" for number in range(MAX_TOKENS)]
    assert parse_scope(" ".join(many)) == tuple(many)
    with pytest.raises(InvalidScope):
        parse_scope(" ".join([*many, "more"]))
    with pytest.raises(InvalidScope):
        parse_scope("a " * 30_000 + "a")


@each(
    ("requested", "kept"),
    [((), ()), (("a",), ("a",)), (("x", "b", "y", "a"), ("b", "a")), (("A", "a"), ("a",))],
)
def test_what_is_not_allowed_is_left_out(requested, kept):
    assert narrow_scope(requested, ("a", "b")) == kept


def test_where_nothing_is_left_the_error_names_what_is_refused_and_no_more_than_some_of_it():
    with pytest.raises(InvalidScope) as refusal:
        narrow_scope(("x", "y"), ("a",))
    assert refusal.value.description.endswith(": x y")
    with pytest.raises(InvalidScope) as refusal:
        narrow_scope(tuple(f"{number}" * 5000 for number in range(10)), ("a",))
    assert len(refusal.value.description) < 500


@pytest.mark.parametrize("refuse", [check_scope, narrow_scope])
def test_a_misspelt_scope_is_told_with_one_that_may_be_had(refuse):
    with pytest.raises(InvalidScope) as refused:
        refuse(("notes:raed",), ("photos:read", "notes:read"))
    assert refused.value.description == (
        "The scope is unknown, or this client may not ask for it: notes:raed. Did you mean notes:read?"
    )


@pytest.mark.parametrize("refuse", [check_scope, narrow_scope])
def test_scopes_that_are_divided_by_commas_are_told_with_spaces(refuse):
    with pytest.raises(InvalidScope) as refused:
        refuse(("notes:read,photos:read",), ("photos:read", "notes:read"))
    assert refused.value.description.endswith(
        "ask for it: notes:read,photos:read. Did you mean notes:read photos:read?"
    )


@each("refuse", [check_scope, narrow_scope])
@each("allowed", [(), ("photos:read",), ('notes"read',)])
def test_nothing_is_guessed_that_may_not_be_had_or_could_not_be_sent(refuse, allowed):
    with pytest.raises(InvalidScope) as refused:
        refuse(("notes:raed",), allowed)
    assert "Did you mean" not in refused.value.description
