"""Questions and decisions: what of a question is allowed, whatever the decision says."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from oauth_provider.authorization import question as module
from oauth_provider.authorization.question import NO, YES, Asked, Decision, Question, allowed_part, yes_to
from oauth_provider.authorization.sign_in import SignIn
from oauth_provider.registry.resource import Audience, KnownResource
from tests.details import ONE, READ, TWO
from tests.each import each

pytestmark = pytest.mark.spec("RFC 6749", "4.1.1")

ANYWHERE = Audience()
PHOTOS = Audience((KnownResource("https://photos.example", "Photos"),))
TOMORROW = datetime(2030, 1, 1, tzinfo=UTC)


def question(
    *scope: str, details: Any = (), audience: Audience = ANYWHERE, required: Any = (), **more: Any
) -> Question:
    asked = Asked(scope, audience, tuple(details), frozenset(required))
    return Question(cast(Any, None), None, asked, SignIn(None, ""), **more)


def allowed(asked: Question, **decision: Any) -> Any:
    """The scopes and details that a yes of this kind allows; None for nothing."""
    part = allowed_part(asked, Decision(True, **decision))
    return part and (part.scope, part.details)


def test_a_plain_yes_is_to_everything_that_is_asked_for() -> None:
    asked = question("a", "b", details=[ONE], audience=PHOTOS)
    assert allowed_part(asked, YES) == asked.asked


def test_a_no_is_to_everything_whatever_it_names() -> None:
    assert allowed_part(question("a"), NO) is None
    assert allowed_part(question("a", required=["a"]), Decision(False, scopes=frozenset({"a"}))) is None


@each(
    ("scopes", "expected"),
    [({"b"}, ("b",)), ({"c", "a"}, ("a", "c")), ({"a", "b", "c"}, ("a", "b", "c")), ({"b", "admin"}, ("b",))],
)
def test_scopes_are_those_of_both_in_the_order_of_the_question(scopes: set[str], expected: tuple[str, ...]) -> None:
    assert allowed(question("a", "b", "c"), scopes=frozenset(scopes)) == (expected, ())


@pytest.mark.parametrize("scopes", [set(), {"admin"}])
def test_a_yes_to_nothing_is_a_no(scopes: set[str]) -> None:
    assert allowed(question("a", "b"), scopes=frozenset(scopes)) is None


def test_details_are_those_of_both_and_a_scope_may_be_left_out_beside_them() -> None:
    asked = question("a", details=[ONE, TWO])
    assert allowed(asked, details=(TWO,)) == (("a",), (TWO,))
    assert allowed(asked, scopes=frozenset(), details=(ONE,)) == ((), (ONE,))
    assert allowed(asked, scopes=frozenset({"a"}), details=()) == (("a",), ())


@each(
    "other",
    [{**ONE, "amount": {"currency": "EUR", "value": "13.00"}}, {**READ, "actions": ["read"]}, {**ONE, "more": True}],
)
def test_details_that_were_not_asked_for_so_are_not_granted(other: Any) -> None:
    assert allowed(question("a", details=[ONE, READ]), details=(other,)) == (("a",), ())


def test_the_order_of_members_makes_no_other_detail() -> None:
    assert allowed(question("a", details=[ONE]), details=(dict(reversed(ONE.items())),)) == (("a",), (ONE,))


def test_what_is_required_is_part_of_every_yes() -> None:
    asked = question("openid", "a", required=["openid"])
    assert allowed(asked, scopes=frozenset({"a"})) == (("openid", "a"), ())
    assert allowed(asked, scopes=frozenset()) == (("openid",), ())


def test_details_that_are_of_no_use_at_the_resource_are_nothing_by_themselves() -> None:
    elsewhere = {**READ, "locations": ["https://accounts.example"]}
    asked = question("a", details=[elsewhere], audience=PHOTOS)
    assert allowed(asked) == (("a",), (elsewhere,))
    assert allowed(asked, scopes=frozenset()) is None


def test_reading_only_exchanges_what_is_allowed_and_nothing_that_is_not() -> None:
    asked = question("a", "b", "r", required=["a"])
    asked = replace(asked, asked=replace(asked.asked, twins={"a": ("r",), "b": ("s",)}))
    assert allowed(asked, reads_only=True) == (("r", "s"), ())
    assert allowed(asked, scopes=frozenset({"r", "s", "admin"}), reads_only=True) == (("r",), ())
    assert allowed(asked, scopes=frozenset({"b"}), reads_only=True) == (("s",), ())
    assert allowed(question("a"), reads_only=True) is None


@pytest.mark.parametrize("other", [{"context": "a company"}, {"until": TOMORROW}])
def test_a_yes_in_another_context_or_for_another_time_allows_nothing(other: Any) -> None:
    assert allowed(question("a"), **other) is None
    assert allowed(question("a", **other)) is None
    assert allowed(question("a", **other), **other) == (("a",), ())
    assert allowed_part(question("a", **other), yes_to(question("a", **other))) is not None


def test_two_decisions_have_one_digest_where_they_say_the_same() -> None:
    one = Decision(True, frozenset({"a", "b"}), (ONE, TWO))
    same = Decision(True, frozenset({"b", "a"}), (TWO, dict(reversed(ONE.items()))))
    others = (YES, NO, Decision(True, frozenset({"a"}), (ONE, TWO)), Decision(True, frozenset({"a", "b"}), (ONE,)))
    later = Decision(True, one.scopes, one.details, until=TOMORROW)
    elsewhere = Decision(True, one.scopes, one.details, context="a company")
    assert one.digest == same.digest
    reading = Decision(True, one.scopes, one.details, reads_only=True)
    different = (one, later, elsewhere, reading, *others)
    assert len({decision.digest for decision in different}) == len(different)


def test_a_question_knows_neither_http_nor_redirects() -> None:
    source = Path(str(module.__file__)).read_text()
    imported = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert not [line for line in imported if "django" in line or "redirect" in line or "destination" in line]
    assert not {"redirect_uri", "HttpRequest", "state"} & set(Question.__dataclass_fields__)
