"""HasScopes (RFC 6750 §3.1): which token may do what, and what one that may not is told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, User
from oauth2_provider.models import get_access_token_model
from rest_framework import generics, serializers, viewsets
from rest_framework.authentication import BaseAuthentication, BasicAuthentication, SessionAuthentication
from rest_framework.decorators import action, api_view, authentication_classes, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import force_authenticate

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes, ScopesOrSession
from tests.each import each
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

# -- one permission ------------------------------------------------------------------------------------------


def test_a_token_with_every_scope_passes(issue):
    issue(scope="notes:write notes:read other")
    assert call(HasScopes("notes:read", "notes:write"), token="good").status_code == 200


@pytest.mark.parametrize(
    "scope", ["", "notes:read", "notes:write", "notes", "NOTES:READ NOTES:WRITE", "notes:readnotes:write"]
)
def test_a_token_that_lacks_a_scope_is_told_all_that_are_needed(issue, scope):
    issue(scope=scope, user=ADA)
    response = call(HasScopes("notes:read", "notes:write"), token="good")
    assert wanted(response) == "notes:read notes:write"


@pytest.mark.parametrize("scope", ["a", "b c", "c b", "a x"])
def test_one_of_several_alternatives_is_enough(issue, scope):
    issue(scope=scope)
    assert call(HasScopes.any_of("a", ["b", "c"]), token="good").status_code == 200
    assert is_ordinary(call(~HasScopes.any_of("a", ["b", "c"]), token="good"))


@pytest.mark.parametrize(("scope", "nearest"), [("", "a"), ("x", "a"), ("b", "b c"), ("c", "b c"), ("A B", "a")])
def test_a_token_that_has_none_is_told_the_nearest(issue, scope, nearest):
    issue(scope=scope)
    assert wanted(call(HasScopes.any_of("a", ["b", "c"]), token="good")) == nearest


@pytest.mark.spec("RFC 6749", "4.4")
def test_a_client_alone_passes_by_its_scopes_and_is_no_person(issue):
    issue()
    assert call(HasScopes("notes:read"), token="good").status_code == 200
    assert is_ordinary(call(HasScopes("notes:read"), IsAuthenticated, token="good"))
    assert is_ordinary(call(IsAuthenticated & HasScopes("notes:read"), token="good"))


@pytest.mark.spec("RFC 6750", "3")
@each("authenticators", [[OAuthAuthentication], *ORDERS])
@each(
    "permissions",
    [
        [HasScopes("notes:read")],
        [IsAuthenticated, HasScopes("notes:read")],
        [IsAuthenticated & HasScopes("notes:read")],
        [HasScopes("notes:read") & IsAuthenticated],
        [HasScopes("notes:read") | IsAuthenticated],
        [IsAuthenticated | HasScopes("notes:read")],
    ],
)
def test_nobody_without_a_token_is_told_the_scope_and_no_error(authenticators, permissions):
    response = call(*permissions, authenticators=authenticators)
    assert (response.status_code, response["WWW-Authenticate"]) == (
        401,
        'Bearer realm="api", scope="notes:read"',
    )
    assert "error" not in response.data


@pytest.mark.spec("RFC 6750", "3")
def test_the_challenge_asks_for_a_token_where_only_a_token_helps_though_another_scheme_comes_first():
    response = call(HasScopes("a"), authenticators=[BasicAuthentication, OAuthAuthentication])
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api", scope="a"')


@pytest.mark.parametrize("order", ORDERS)
def test_a_session_holds_no_scopes(order):
    assert is_ordinary(call(HasScopes("notes:read"), user=ADA, authenticators=order))


@pytest.mark.parametrize("order", ORDERS)
def test_a_session_or_a_token_with_the_scope_may_be_asked_for(issue, order):
    issue(scope="other")
    either = IsAuthenticated | HasScopes("notes:read")
    assert call(either, user=ADA, authenticators=order).status_code == 200
    assert wanted(call(either, token="good", authenticators=order)) == "notes:read"


@each("facts", [{"key": "x"}, {"scope": "notes:read"}, {"scope": None, "allow_scopes": all}])
def test_the_token_of_another_authentication_class_holds_no_scopes(facts):
    class TokenAuthentication(BaseAuthentication):
        def authenticate(self, request):
            return ADA, SimpleNamespace(**facts)

    assert is_ordinary(call(HasScopes("notes:read"), authenticators=[TokenAuthentication]))


def test_a_view_without_authentication_is_closed(issue):
    issue()
    view = Notes.as_view(permission_classes=[HasScopes("notes:read")], authentication_classes=[])
    assert is_ordinary(view(factory.get("/", headers={"Authorization": "Bearer good"})))


# -- every kind of view --------------------------------------------------------------------------------------


@api_view(["GET"])
@authentication_classes([SessionAuthentication, OAuthAuthentication])
@permission_classes([HasScopes("a") | No])
def function_view(request):
    return Response("notes")


class GenericView(generics.ListAPIView):
    authentication_classes = [SessionAuthentication, OAuthAuthentication]
    permission_classes = [HasScopes("a")]
    serializer_class = serializers.Serializer
    queryset = User.objects.none()
    pagination_class = None

    def get_queryset(self):
        return []


class ViewSet(viewsets.ViewSet):
    authentication_classes = [SessionAuthentication, OAuthAuthentication]
    permission_classes = [MustNotBeAsked]

    @action(detail=False, permission_classes=[HasScopes("a")])
    def recent(self, request):
        return Response("notes")


VIEWS = {
    "function": function_view,
    "generic": GenericView.as_view(),
    "viewset": ViewSet.as_view({"get": "recent"}, **ViewSet.recent.kwargs),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_every_kind_of_view_answers_alike(issue, view):
    def get(**headers):
        return view(factory.get("/", headers=headers))

    issue("good", scope="a")
    issue("poor", scope="b")
    assert get(Authorization="Bearer good").status_code == 200
    assert wanted(get(Authorization="Bearer poor")) == "a"
    assert get()["WWW-Authenticate"] == 'Bearer realm="api", scope="a"'
    assert get(Authorization="Bearer bad").status_code == 401


def test_one_instance_serves_many_calls_without_remembering_any(issue):
    issue("good", scope="a")
    issue("poor", scope="b")
    answers = [call(HasScopes("a"), token=token).status_code for token in ("poor", "good", "poor", None, "good")]
    assert answers == [403, 200, 403, 401, 200]


# -- beside django-oauth-toolkit -----------------------------------------------------------------------------


def authenticated_by_dot(scope):
    class Authentication(BaseAuthentication):
        def authenticate(self, request):
            expires = datetime.now(UTC) + timedelta(minutes=5)
            return ADA, get_access_token_model()(scope=scope, expires=expires)

    return [Authentication]


def test_a_token_from_dots_own_authentication_class_counts():
    assert call(HasScopes("a", "b"), authenticators=authenticated_by_dot("b a")).status_code == 200


def test_a_token_from_dots_own_authentication_class_that_lacks_a_scope_is_told_so():
    assert wanted(call(HasScopes("a", "b"), authenticators=authenticated_by_dot("a"))) == "a b"
    assert (
        wanted(call(Owner & HasScopes("a") | HasScopes("b"), authenticators=authenticated_by_dot("c"), obj="mine"))
        == "a"
    )


def test_a_token_that_another_class_silently_refused_is_an_invalid_token():
    class Silent(BaseAuthentication):
        def authenticate(self, request):
            return None

    response = call(HasScopes("a"), token="bad", authenticators=[Silent])
    assert (response.status_code, response.data["error"]) == (401, "invalid_token")
    assert response["WWW-Authenticate"].endswith('scope="a"')
    malformed = call(HasScopes("a"), token="a b", authenticators=[Silent])
    assert (malformed.status_code, malformed.data["error"]) == (400, "invalid_request")


# -- construction --------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 6749", "3.3")
@each("scope", ["", " ", "notes:read notes:write", "notes\n", 'no"tes', "no\\tes", "nötes", "a\x00"])
def test_a_misspelt_scope_is_an_error_where_it_is_written(scope):
    with pytest.raises(ValueError, match="scope token"):
        HasScopes("notes:read", scope)


@each("scopes", [(None,), (["notes:read"],), (b"notes:read",), (1,)])
def test_a_scope_that_is_none_is_an_error_where_it_is_written(scopes):
    with pytest.raises(TypeError):
        HasScopes(*scopes)


def test_the_order_of_scopes_means_nothing():
    assert HasScopes("a", "b", "a") == HasScopes("b", "a")
    assert hash(HasScopes("a", "b")) == hash(HasScopes("b", "a"))
    assert (HasScopes("a") & Yes) == (HasScopes("a") & Yes)
    assert HasScopes.any_of("a", ["b", "c"]) == HasScopes.any_of(["c", "b"], "a")
    assert hash(HasScopes.any_of("a", ["b", "c"])) == hash(HasScopes.any_of(["c", "b"], "a"))
    assert HasScopes("a") != HasScopes("b")
    assert HasScopes("a", "b") != HasScopes.any_of("a", "b")
    assert HasScopes("a") != ScopesOrSession("a")
    assert HasScopes() == HasScopes() != HasScopes("a")
    assert HasScopes("a") != "a"


def test_a_permission_reads_as_it_was_written():
    for permission in (HasScopes("a", "b"), HasScopes(), ScopesOrSession("a"), HasScopes.any_of(["a"], ["b", "c"])):
        assert eval(repr(permission)) == permission


# -- who is no session ---------------------------------------------------------------------------------------


class Credentials(BaseAuthentication):
    """A class that knows Ada by something else than the session that came along."""

    def authenticate(self, request):
        return ADA, None


def test_credentials_beside_a_session_of_the_same_person_are_no_session():
    for authenticators in ([Credentials], [Credentials, SessionAuthentication]):
        assert is_ordinary(call(ScopesOrSession("a"), user=ADA, authenticators=authenticators))
    assert call(ScopesOrSession("a"), user=ADA, authenticators=[SessionAuthentication]).status_code == 200


def test_where_nobody_is_none_a_call_without_a_token_is_asked_for_one(settings):
    settings.REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
    response = call(ScopesOrSession("a"))
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api", scope="a"')


def test_a_test_that_forces_nobody_is_no_session():
    request = factory.get("/notes")
    force_authenticate(request, AnonymousUser())
    assert is_ordinary(Notes.as_view(permission_classes=[ScopesOrSession("a")])(request))


def test_a_permission_of_named_scopes_asks_for_those_whatever_the_view_computes(issue):
    class Computed(Notes):
        def get_required_scopes(self):
            return ["b"]

    issue(scope="c")
    assert wanted(call(HasScopes("a"), token="good", view=Computed)) == "a"
    assert call(HasScopes("a"), view=Computed)["WWW-Authenticate"] == 'Bearer realm="api", scope="a"'


def test_a_permission_is_no_other_class_of_the_same_scopes():
    assert HasScopes("a", "b") == HasScopes("b", "a") != HasScopes("a")
    assert HasScopes("a") != ScopesOrSession("a")
    assert len({HasScopes("a", "b"), HasScopes("b", "a"), HasScopes("a"), ScopesOrSession("a")}) == 3
