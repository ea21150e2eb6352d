"""Plans for scopes: what is no plan is told, and what becomes of names, scopes and what people agreed to."""

from typing import Any

import pytest

from oauth_provider.protocol.consent import Agreed
from oauth_provider.protocol.scope_plan import becomes, parse_plan, rewrite_agreed, rewrite_names, rewrite_scope

pytestmark = pytest.mark.spec("RFC 6749", "3.3")

PLAN = {
    "rename": [{"from": "a", "to": "A"}],
    "split": [{"from": "b", "to": ["b1", "b2"]}],
    "retire": [{"scope": "c"}],
    "imply": [{"scope": "d", "implies": ["e"]}],
}
TO = becomes(parse_plan(PLAN))


def test_every_kind_says_what_stands_in_the_place_of_a_scope() -> None:
    assert TO == {"a": ("A",), "b": ("b1", "b2"), "c": (), "d": ("d", "e")}
    assert rewrite_names(["a", "b", "c", "d", "x"], TO) == ["A", "b1", "b2", "d", "e", "x"]
    assert rewrite_names(["a", "A"], TO) == ["A"]


def test_what_is_applied_again_changes_nothing() -> None:
    once = rewrite_scope("a b c d x", TO)
    assert once == "A b1 b2 d e x"
    assert rewrite_scope(once, TO) == once


def test_a_scope_that_has_nothing_else_stays_as_it_is() -> None:
    assert rewrite_scope("c", TO) == "c"  # an empty one would be granted without any
    assert rewrite_scope("abc ab", TO) == "abc ab"  # names are compared whole


def test_people_keep_the_words_that_they_agreed_to_and_agree_to_nothing_that_is_implied() -> None:
    agreed = Agreed("client", {"a": {"": "1"}, "b": {"x": "2"}, "c": {"": "3"}, "d": {"": "4"}})
    assert rewrite_agreed(agreed, TO).scopes == {"A": {"": "1"}, "b1": {"x": "2"}, "b2": {"x": "2"}, "d": {"": "4"}}
    both = Agreed("client", {"A": {"": "new"}, "a": {"": "old", "x": "1"}})
    assert rewrite_agreed(both, TO).scopes == {"A": {"": "new", "x": "1"}}


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        [],
        {"rename": {}},
        {"delete": []},
        {"rename": [{"from": "a"}]},
        {"rename": [{"from": "a", "to": "b", "why": "c"}]},
        {"rename": [{"from": "a", "to": ["b", "c"]}]},
        {"rename": [{"from": "a", "to": "a"}]},
        {"rename": [{"from": "a b", "to": "c"}]},
        {"rename": [{"from": 7, "to": "c"}]},
        {"rename": [{"from": "a", "to": {"b": "c"}}]},
        {"split": [{"from": "a", "to": ["b"]}]},
        {"split": [{"from": "a", "to": ["b", "b"]}]},
        {"split": [{"from": "a", "to": ["a", "b"]}]},
        {"retire": ["a"]},
        {"imply": [{"scope": "a", "implies": []}]},
        {"imply": [{"scope": "a", "implies": ["a"]}]},
        {"rename": [{"from": "a", "to": "b"}], "retire": [{"scope": "a"}]},
        {"rename": [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]},
    ],
)
def test_what_is_no_plan_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_plan(document)
