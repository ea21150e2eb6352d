"""Denials (RFC 6750 §3.1) of composed permissions: whose fault was it, and which scopes would have helped?"""

import pytest
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny

from oauth_provider.rest_framework.permissions import HasScopes
from tests.rest_framework.views import (
    ADA,
    ORDERS,
    MustNotBeAsked,
    No,
    Notes,
    Owner,
    Yes,
    call,
    factory,
    is_ordinary,
    wanted,
)

pytestmark = pytest.mark.spec("RFC 6750", "3.1")

A, B, C = HasScopes("a"), HasScopes("b"), HasScopes("c")


@pytest.mark.parametrize(
    "permission",
    [
        A,
        A & Yes,
        Yes & A,
        A | No,
        No | A,
        A & A,
        A | B,
        B | A,
        ~B,
        ~~A,
        ~(B & Yes),
        (No | A) & Yes,
        Yes & (A | No),
    ],
)
@pytest.mark.parametrize("obj", [{}, {"obj": "mine"}])
def test_a_composition_that_holds_lets_the_call_through(issue, permission, obj):
    issue(scope="a")
    assert call(permission, token="good", **obj).status_code == 200


@pytest.mark.parametrize(
    ("granted", "permissions", "scope"),
    [
        ("a", [A & B], "a b"),
        ("b", [A & B], "a b"),
        ("", [A & B & C], "a b c"),
        ("a", [Yes & B], "b"),
        ("a", [B & Yes], "b"),
        ("a", [B & No], "b"),
        ("a", [B & MustNotBeAsked], "b"),
        ("a", [B, MustNotBeAsked], "b"),
        ("a", [B, MustNotBeAsked | C], "b"),
        ("a", [A, B], "a b"),
        ("b", [A, B], "a b"),
        ("c", [A, B & C], "a b c"),
        ("a", [No | B], "b"),
        ("a", [B | No], "b"),
        ("", [A | B], "a"),
        ("", [~A & B], "b"),
        ("c", [~A & (B | C) & A], "c a"),
        ("b", [A | B, C], "b c"),
        ("b", [B | Yes, C], "b c"),
        ("b", [Yes | B, C], "b c"),
        ("a", [(A & No) | B], "b"),
        ("a", [((A & No) | B) & Yes], "b"),
        ("a", [(No & B) | C], "c"),
        ("a", [HasScopes("a", "b") & HasScopes("b", "c")], "a b c"),
    ],
)
def test_a_denial_for_want_of_scope_names_all_that_the_call_needs(issue, granted, permissions, scope):
    issue(scope=granted, user=ADA)
    assert wanted(call(*permissions, token="good")) == scope


@pytest.mark.parametrize(
    "permissions",
    [
        [A | Yes, No],
        [Yes | A, No],
        [B | Yes, No],
        [B | Yes, Owner, No],
        [No, B],
        [No & B],
        [A & No],
        [A, No],
        [~A],
        [~(A & Yes)],
        [~A | No],
        [~A & B],
        [(A & No) | (No & B)],
        [No | ~A],
        [(B | Yes) & No],
    ],
)
def test_a_denial_for_another_reason_is_an_ordinary_one(issue, permissions):
    issue(scope="a", user=ADA)
    assert is_ordinary(call(*permissions, token="good"))


def test_an_ordinary_denial_keeps_the_message_of_its_permission(issue):
    issue(scope="a", user=ADA)
    assert call(A, No, token="good").data["detail"] == "No is no."


def test_a_view_may_still_say_in_its_own_words_what_a_denial_is(issue):
    class Hidden(Notes):
        def permission_denied(self, request, message=None, code=None):
            raise NotFound

    issue(scope="a", user=ADA)
    assert call(A, No, view=Hidden, token="good").status_code == 404
    assert wanted(call(B, view=Hidden, token="good")) == "b"


def test_a_view_is_prepared_once_however_many_permissions_look_at_it():
    view = Notes()
    HasScopes("a").has_permission(view.initialize_request(factory.get("/")), view)
    prepared = view.permission_denied
    HasScopes("b").has_permission(view.initialize_request(factory.get("/")), view)
    assert view.permission_denied is prepared


# -- objects -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("permission", [Owner, A & Owner, Owner & A, B | Owner, Owner | B, ~B & Owner])
def test_the_owner_of_an_object_gets_it(issue, permission):
    issue(scope="a", user=ADA)
    assert call(permission, token="good", obj="mine").status_code == 200


@pytest.mark.parametrize(
    "permissions",
    [
        [Owner],
        [A, Owner],
        [A & Owner],
        [Owner & A],
        [B | Yes, Owner],
        [B | AllowAny, A & Owner],
        [~B & Owner],
    ],
)
def test_a_denial_for_the_sake_of_an_object_is_an_ordinary_one(issue, permissions):
    issue(scope="a", user=ADA)
    assert is_ordinary(call(*permissions, token="good", obj="another's"))


@pytest.mark.parametrize(
    ("permissions", "scope"),
    [
        ([B | Owner], "b"),
        ([Owner | B], "b"),
        ([A & (B | Owner)], "a b"),
        ([A, Owner | B], "a b"),
        ([(A & Owner) | B], "b"),
    ],
)
def test_a_scope_that_would_open_the_object_is_named(issue, permissions, scope):
    issue(scope="a", user=ADA)
    assert wanted(call(*permissions, token="good", obj="another's")) == scope


def test_a_view_that_asks_about_the_object_alone_is_guarded_too(issue):
    class Lax(Notes):
        def check_permissions(self, request):
            pass

    issue(scope="a")
    assert wanted(call(B, view=Lax, token="good", obj="mine")) == "b"
    assert is_ordinary(call(B, view=Lax, user=ADA, authenticators=ORDERS[0], obj="mine"))


def test_the_code_of_a_permission_of_the_projects_own_reaches_the_caller(issue):
    class OnHoliday(No):
        code = "on_holiday"

    issue(scope="a")
    response = call(A, OnHoliday, token="good")
    assert (response.status_code, response.data["detail"].code) == (403, "on_holiday")
