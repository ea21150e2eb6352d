"""RequiresAuthentication (RFC 9470 §3): a call that wants its user to have signed in lately, or better."""

from datetime import UTC, datetime, timedelta

import pytest
from oauth2_provider.models import get_access_token_model
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import IsAuthenticated

from oauth_provider.rest_framework.authorization_details import HasAuthorizationDetails
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication, ScopesOrSession
from tests.each import each
from tests.rest_framework.views import ADA, ORDERS, MustNotBeAsked, No, Owner, Yes, call, is_ordinary, wanted

pytestmark = pytest.mark.spec("RFC 9470", "3")

FRESH, STRONG = RequiresAuthentication(max_age=300), RequiresAuthentication(acr=["mfa", "hwk"])


def signed_in(issue, seconds_ago=0, **facts):
    issue(auth_time=datetime.now(UTC) - timedelta(seconds=seconds_ago), user=ADA, **facts)


def stepped_up(response):
    """What a 401 insufficient_user_authentication asks for, as it stands in the challenge."""
    assert response.status_code == 401
    assert response.data["error"] == "insufficient_user_authentication"
    assert 'error="insufficient_user_authentication"' in response["WWW-Authenticate"]
    return response["WWW-Authenticate"].partition('for this call.", ')[2]


@pytest.mark.parametrize("seconds", [0, 1, 299])
def test_a_recent_sign_in_is_enough(issue, seconds):
    signed_in(issue, seconds)
    assert call(FRESH, token="good").status_code == 200


@pytest.mark.parametrize("seconds", [301, 86_400])
def test_a_sign_in_too_long_ago_is_told_the_max_age(issue, seconds):
    signed_in(issue, seconds)
    assert stepped_up(call(FRESH, token="good")) == 'max_age="300"'


def test_max_age_0_asks_for_a_new_sign_in(issue):
    signed_in(issue, 1)
    assert stepped_up(call(RequiresAuthentication(max_age=0), token="good")) == 'max_age="0"'


@pytest.mark.parametrize("acr", ["mfa", "hwk"])
def test_any_of_the_ways_is_enough(issue, acr):
    signed_in(issue, acr=acr)
    assert call(STRONG, token="good").status_code == 200


@pytest.mark.parametrize("acr", [None, "", "pwd", "MFA", "mfa hwk"])
def test_another_way_is_told_all_of_them_in_order(issue, acr):
    signed_in(issue, acr=acr)
    assert stepped_up(call(STRONG, token="good")) == 'acr_values="mfa hwk"'


@pytest.mark.parametrize("facts", [{}, {"acr": "mfa"}])
def test_a_sign_in_at_an_unknown_time_is_too_long_ago(issue, facts):
    issue(user=ADA, **facts)
    assert stepped_up(call(FRESH, token="good")) == 'max_age="300"'


def test_both_may_be_wanted_and_both_are_told(issue):
    both = RequiresAuthentication(acr="mfa", max_age=60)
    signed_in(issue, acr="pwd")
    assert stepped_up(call(both, token="good")) == 'acr_values="mfa", max_age="60"'
    signed_in(issue, 61, acr="mfa")
    assert stepped_up(call(both, token="good")) == 'acr_values="mfa", max_age="60"'
    signed_in(issue, acr="mfa")
    assert call(both, token="good").status_code == 200


def test_the_scopes_of_the_call_are_told_with_it(issue):
    signed_in(issue, 301, scope="a")
    for permissions in ([HasScopes("a") & FRESH], [FRESH & HasScopes("a")], [FRESH, HasScopes("a")]):
        assert stepped_up(call(*permissions, token="good")) == 'scope="a", max_age="300"'


def test_a_challenge_for_scopes_names_the_sign_in_too(issue):
    signed_in(issue, 301, scope="b")
    challenge = call(HasScopes("a"), FRESH, token="good")["WWW-Authenticate"]
    assert challenge.endswith(
        'error_description="The access token lacks a scope for this call.", scope="a", max_age="300"'
    )


def test_nobody_without_a_token_is_told_what_to_ask_for_and_no_error():
    response = call(HasScopes("a"), FRESH & STRONG)
    assert (response.status_code, response["WWW-Authenticate"]) == (
        401,
        'Bearer realm="api", scope="a", acr_values="mfa hwk", max_age="300"',
    )


def test_of_several_the_strictest_age_is_told(issue):
    signed_in(issue, 301)
    assert stepped_up(call(RequiresAuthentication(max_age=900), FRESH, token="good")) == 'max_age="300"'


@pytest.mark.parametrize("permissions", [[FRESH | Yes], [FRESH | HasScopes("notes:read")], [~FRESH]])
def test_an_alternative_does_without(issue, permissions):
    signed_in(issue, 301)
    assert call(*permissions, token="good").status_code == 200


def test_of_two_alternatives_the_first_that_helps_is_told(issue):
    signed_in(issue, 301, scope="a")
    assert stepped_up(call(No | HasScopes("a") & FRESH, token="good")) == 'scope="a", max_age="300"'
    assert wanted(call(HasScopes("b") | FRESH, token="good")) == "b"
    assert stepped_up(call(FRESH | HasScopes("b"), token="good")) == 'max_age="300"'


@pytest.mark.parametrize("permissions", [[No, FRESH], [FRESH & No], [Yes, No]])
def test_a_denial_for_another_reason_is_an_ordinary_one(issue, permissions):
    signed_in(issue)
    assert is_ordinary(call(*permissions, token="good"))


def test_permissions_after_a_failed_one_are_not_evaluated(issue):
    signed_in(issue, 301)
    assert call(FRESH & MustNotBeAsked, token="good").status_code == 401


def test_an_object_may_want_it(issue):
    signed_in(issue, 301)
    assert call(Owner | FRESH, token="good", obj="mine").status_code == 200
    assert stepped_up(call(Owner | FRESH, token="good", obj="another's")) == 'max_age="300"'


def test_a_client_alone_never_signed_in(issue):
    issue()
    assert stepped_up(call(FRESH, token="good")) == 'max_age="300"'
    assert is_ordinary(call(IsAuthenticated, FRESH, token="good"))


@pytest.mark.parametrize("order", ORDERS)
def test_a_session_is_no_token(order):
    assert is_ordinary(call(FRESH, user=ADA, authenticators=order))
    assert call(ScopesOrSession("a") | FRESH, user=ADA, authenticators=order).status_code == 200


@each("terms", [{}, {"acr": []}, {"acr": [1]}, {"acr": 1}, {"max_age": "1"}])
def test_terms_that_are_none_are_an_error_where_they_are_written(terms):
    with pytest.raises(TypeError):
        RequiresAuthentication(**terms)


@each("terms", [{"max_age": -1}, {"acr": ""}, {"acr": "a b"}, {"acr": 'a"'}, {"acr": "é"}])
def test_terms_that_no_challenge_can_say_are_an_error_where_they_are_written(terms):
    with pytest.raises(ValueError):  # noqa: PT011 - each has words of its own
        RequiresAuthentication(**terms)


@pytest.mark.parametrize(("seconds", "permission"), [(0, FRESH), (301, ~FRESH)])
def test_an_object_is_asked_about_as_the_call_is(issue, seconds, permission):
    signed_in(issue, seconds)
    assert call(permission, token="good", obj="mine").status_code == 200


def test_a_token_from_dots_own_class_tells_of_no_sign_in_and_is_told_so():
    class ByDot(BaseAuthentication):
        def authenticate(self, request):
            return ADA, get_access_token_model()(scope="a", expires=datetime.now(UTC) + timedelta(minutes=5))

    assert stepped_up(call(FRESH, authenticators=[ByDot])) == 'max_age="300"'


PRINT = HasAuthorizationDetails("photo_print")


@pytest.mark.parametrize(
    ("permission", "asked"),
    [
        (HasScopes("a") | FRESH, 'scope="z a"'),
        (FRESH | HasScopes("a"), 'scope="z a"'),
        (STRONG | HasScopes("a"), 'scope="z a"'),
        (PRINT | HasScopes("a"), 'scope="z a"'),
        (HasScopes("a", "b") | FRESH, 'scope="z", max_age="300"'),
        (HasScopes("a", "b") | STRONG, 'scope="z", acr_values="mfa hwk"'),
        ((HasScopes("a") & PRINT) | HasScopes("b"), 'scope="z b"'),
    ],
)
def test_of_alternatives_beside_what_is_missing_the_one_that_needs_the_least_is_asked_for(permission, asked):
    assert call(HasScopes("z"), permission)["WWW-Authenticate"] == f'Bearer realm="api", {asked}'
