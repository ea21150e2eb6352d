"""What a call needs in scopes (RFC 6750 §3.1): one set of them, or one of several."""

import pytest

from oauth_provider.protocol.scope_requirement import ScopeRequirement
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6750", "3.1")

all_of, any_of, declared = ScopeRequirement.all_of, ScopeRequirement.any_of, ScopeRequirement.from_declaration


@each("granted", ["a", "a c", "b c", "c b a", "x b c"])
def test_one_alternative_is_enough(granted):
    assert any_of("a", ["b", "c"]).is_met_by(granted.split())


@each("granted", ["", "b", "c", "A", "bc", "x"])
def test_less_than_one_alternative_is_not(granted):
    assert not any_of("a", ["b", "c"]).is_met_by(granted.split())


@each(
    ("granted", "asked_for"),
    [("", "a"), ("x", "a"), ("b", "b c"), ("c", "b c"), ("b d", "b c"), ("b c", "b c"), ("a", "a")],
)
def test_a_client_is_sent_for_the_alternative_that_it_lacks_the_least_of(granted, asked_for):
    assert " ".join(any_of("a", ["b", "c"]).nearest(granted.split())) == asked_for


def test_a_declaration_is_a_scope_a_list_of_scopes_or_a_requirement():
    assert declared("a") == all_of("a")
    assert declared(["a", "b", "a"]) == declared(("a", "b")) == all_of("a", "b")
    assert declared(any_of("a", "b")) == any_of(["a"], ("b",))


def test_all_that_is_named_is_told_once():
    assert any_of("a", ["b", "a"], "a").scopes == ("a", "b")
    assert ScopeRequirement.union([all_of("a", "b"), all_of("c"), all_of("c")]) == any_of(["a", "b"], "c")
    assert ScopeRequirement.union([]) is None


@each("declaration", [None, 1, b"a", [], [None], [["a"]], [b"a"], [[]]])
def test_what_is_no_scope_is_refused(declaration):
    with pytest.raises(TypeError):
        declared(declaration)
    with pytest.raises(TypeError):
        any_of("a", *([[declaration]] if declaration else [[]]))


@pytest.mark.spec("RFC 6749", "3.3")
@each("scope", ["", " ", "a b", "a\n", 'a"', "a\\", "ä", "a\x00"])
def test_what_is_no_scope_token_is_refused(scope):
    for make in (all_of, any_of, declared, lambda one: any_of("a", ["b", one]), lambda one: declared(["a", one])):
        with pytest.raises(ValueError, match="scope token"):
            make(scope)


def test_an_empty_requirement_is_refused():
    with pytest.raises(TypeError):
        all_of()
    with pytest.raises(TypeError):
        any_of()
