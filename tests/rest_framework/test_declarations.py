"""Scopes declared on a view (RFC 6750 §3.1): by action, by method, by decorator, and what each leads to."""

import logging

import pytest
from django.contrib.auth.models import User
from rest_framework import generics, routers, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.rest_framework.decorators import requires_scopes
from oauth_provider.rest_framework.permissions import HasScopes, ScopesOrSession
from tests.each import each
from tests.rest_framework.declared import AUTHENTICATION, ByAction, answer, factory
from tests.rest_framework.views import ADA, MustNotBeAsked, is_ordinary, wanted
from tests.sessions import sign_in

pytestmark = pytest.mark.spec("RFC 6750", "3.1")


class ByMethod(APIView):
    authentication_classes = AUTHENTICATION
    permission_classes = [HasScopes]
    scopes = {"GET": "read", "POST": ["read", "write"]}
    get = post = put = answer

    @requires_scopes(HasScopes.any_of("admin", "delete"))
    def delete(self, request):
        return Response("done")


def on_viewset(method, **actions):
    view = ByAction.as_view({name: handler for name, handler in actions.items()})
    return lambda **headers: view(factory.generic(method, "/notes", headers=headers))


def on_view(method, view=ByMethod):
    as_view = view.as_view()
    return lambda **headers: as_view(factory.generic(method, "/notes", headers=headers))


CALLS = {
    # the call, a token that is enough, one that is not, and what that one is told to ask for
    "an action": (on_viewset("GET", get="list"), "read", "write", "read"),
    "an action's scopes are all needed": (on_viewset("POST", post="create"), "write read", "read", "read write"),
    "an alternative": (on_viewset("DELETE", delete="destroy"), "admin", "read", "admin"),
    "the nearest alternative": (on_viewset("DELETE", delete="destroy"), "write delete", "write", "write delete"),
    "HEAD is GET's action": (on_viewset("HEAD", get="list"), "read", "write", "read"),
    "a decorator below @action": (on_viewset("GET", get="below"), "share", "read", "share"),
    "a decorator above @action": (on_viewset("GET", get="above"), "share", "read", "share"),
    "a method": (on_view("GET"), "read", "write", "read"),
    "a method's scopes are all needed": (on_view("POST"), "write read", "write", "read write"),
    "HEAD is GET": (on_view("HEAD"), "read", "write", "read"),
    "a decorator on a method": (on_view("DELETE"), "delete", "read", "admin"),
    "OPTIONS is for whoever may do something": (on_view("OPTIONS"), "delete", "share", "read"),
    "OPTIONS of a viewset": (on_viewset("OPTIONS", get="list", delete="destroy"), "admin", "share", "read"),
}


@pytest.mark.parametrize(("call", "enough", "poor", "needed"), CALLS.values(), ids=CALLS)
def test_a_call_needs_what_its_view_declares_for_it(issue, call, enough, poor, needed):
    issue("good", scope=enough)
    issue("poor", scope=poor)
    assert call(Authorization="Bearer good").status_code == 200
    assert wanted(call(Authorization="Bearer poor")) == needed
    missing = call()
    assert missing.status_code == 401
    assert "error" not in missing["WWW-Authenticate"]


@pytest.mark.parametrize("call", [on_view("PATCH"), on_view("TRACE"), on_viewset("PUT", get="list")])
def test_a_method_that_is_not_served_is_405_to_whoever_may_do_something(issue, call):
    issue("good", scope="read")
    issue("poor", scope="share")
    assert call(Authorization="Bearer good").status_code == 405
    assert call(Authorization="Bearer poor").status_code == 403
    assert call().status_code == 401


def test_a_method_without_a_declaration_is_closed_and_the_operator_is_told(issue, caplog):
    issue("good", scope="read write admin")
    with caplog.at_level(logging.ERROR, "oauth_provider.resource_server"):
        assert is_ordinary(on_view("PUT")(Authorization="Bearer good"))
    assert "ByMethod declares no scopes for PUT" in caplog.text
    assert on_view("PUT")().status_code == 401


@pytest.mark.parametrize(
    "scopes", [{"GET": "a b"}, {"GET": 1}, {"GET": [[]]}, "a b", 7, {"get": "a"}, {"list": "a"}, {}, None]
)
def test_a_declaration_that_means_nothing_closes_the_view(issue, scopes):
    view = type("Broken", (APIView,), {"authentication_classes": AUTHENTICATION, "permission_classes": [HasScopes]})
    view.get, view.scopes = answer, scopes
    issue("good", scope="a b")
    assert is_ordinary(on_view("GET", view)(Authorization="Bearer good"))
    assert on_view("GET", view)().status_code == 401


def test_one_declaration_may_serve_the_whole_view(issue):
    class Whole(ByMethod):
        scopes = "all"

    issue("good", scope="all")
    for method in ("GET", "PUT", "OPTIONS", "HEAD"):
        assert on_view(method, Whole)(Authorization="Bearer good").status_code == 200


# -- get_required_scopes -------------------------------------------------------------------------------------


class Computed(ByMethod):
    permission_classes = [IsAuthenticated, HasScopes]

    def get_required_scopes(self):
        return f"of-{self.request.user.last_name}"


def test_scopes_may_be_computed_for_a_call(issue):
    issue("good", scope="of-love", user=User(last_name="love"))
    issue("poor", scope="of-love", user=User(last_name="hope"))
    assert on_view("GET", Computed)(Authorization="Bearer good").status_code == 200
    assert wanted(on_view("GET", Computed)(Authorization="Bearer poor")) == "of-hope"


def test_scopes_are_not_computed_after_another_permission_refused():
    class Careless(ByMethod):
        permission_classes = [IsAuthenticated, HasScopes]

        def get_required_scopes(self):
            raise AssertionError("Nobody is here.")

    assert on_view("GET", Careless)()["WWW-Authenticate"] == 'Bearer realm="api"'


def test_where_nothing_is_computed_the_declaration_holds(issue):
    class Sometimes(ByMethod):
        def get_required_scopes(self):
            return "special" if "special" in self.request.query_params else None

    issue("good", scope="read")
    view = Sometimes.as_view()
    headers = {"Authorization": "Bearer good"}
    assert view(factory.get("/", headers=headers)).status_code == 200
    assert wanted(view(factory.get("/?special", headers=headers))) == "special"


# -- sessions ------------------------------------------------------------------------------------------------


class OpenToSessions(ByAction):
    permission_classes = [ScopesOrSession]


@each("actions", [{"get": "list"}, {"get": "below"}, {"get": "above"}])
@each(("view", "status"), [(OpenToSessions, 200), (ByAction, 403)])
def test_a_session_needs_no_scopes_where_the_view_says_so(actions, view, status):
    request = factory.get("/")
    sign_in(request, ADA)
    assert view.as_view(actions)(request).status_code == status


def test_a_session_that_posts_must_show_that_it_meant_to():
    request = APIRequestFactory(enforce_csrf_checks=True).post("/")
    sign_in(request, ADA)
    assert OpenToSessions.as_view({"post": "create"})(request).status_code == 403


def test_a_token_needs_its_scopes_where_sessions_are_let_in(issue):
    issue("poor", scope="", user=ADA)
    for actions, scope in (({"get": "list"}, "read"), ({"get": "below"}, "share")):
        response = OpenToSessions.as_view(actions)(factory.get("/", headers={"Authorization": "Bearer poor"}))
        assert wanted(response) == scope


def test_metadata_tells_a_client_the_fields_of_what_it_may_do(issue):
    class Users(generics.ListCreateAPIView):
        authentication_classes = AUTHENTICATION
        permission_classes = [HasScopes]
        scopes = {"GET": "read", "POST": "write"}
        serializer_class = serializers.Serializer
        queryset = User.objects.none()

    issue("reader", scope="read")
    issue("writer", scope="write")
    answers = [
        Users.as_view()(factory.options("/", headers={"Authorization": f"Bearer {name}"})).data
        for name in ("reader", "writer")
    ]
    assert ["actions" in answer for answer in answers] == [False, True]


def test_permissions_after_a_failed_one_are_not_evaluated():
    class Ordered(ByMethod):
        permission_classes = [HasScopes, MustNotBeAsked]

    assert on_view("GET", Ordered)().status_code == 401


def test_a_router_finds_decorated_actions():
    router = routers.SimpleRouter()
    router.register("notes", ByAction, basename="notes")
    assert {"notes-above", "notes-below"} <= {pattern.name for pattern in router.urls}


# -- methods that stand for others ---------------------------------------------------------------------------


class WithTheirOwn(APIView):
    authentication_classes = AUTHENTICATION
    permission_classes = [HasScopes]
    scopes = {"GET": "read", "HEAD": "peek", "OPTIONS": "look"}
    get = answer


@pytest.mark.parametrize(("method", "scope"), [("HEAD", "peek"), ("OPTIONS", "look")])
def test_head_and_options_go_by_their_own_declaration_where_they_have_one(issue, method, scope):
    issue("good", scope=scope)
    issue("poor", scope="read")
    assert on_view(method, WithTheirOwn)(Authorization="Bearer good").status_code == 200
    assert wanted(on_view(method, WithTheirOwn)(Authorization="Bearer poor")) == scope


def test_options_of_a_viewset_is_its_action_metadata(issue):
    class Described(ByAction):
        scopes = {"list": "read", "metadata": "look"}

    def options(**headers):
        return Described.as_view({"get": "list"})(factory.options("/notes", headers=headers))

    issue("good", scope="look")
    issue("poor", scope="read")
    assert options(Authorization="Bearer good").status_code == 200
    assert wanted(options(Authorization="Bearer poor")) == "look"


def test_scopes_on_what_answers_options_are_asked_for(issue):
    class Closed(ByMethod):
        @requires_scopes("look")
        def options(self, request, *args, **kwargs):
            return Response("done")

    issue("good", scope="look")
    issue("poor", scope="read")
    assert on_view("OPTIONS", Closed)(Authorization="Bearer good").status_code == 200
    assert wanted(on_view("OPTIONS", Closed)(Authorization="Bearer poor")) == "look"


def test_a_method_that_the_view_leaves_out_is_not_served_though_it_has_a_handler(issue):
    class ReadOnly(ByMethod):
        scopes = {"GET": "read"}
        http_method_names = ["get", "options"]

    issue("good", scope="read")
    assert on_view("POST", ReadOnly)(Authorization="Bearer good").status_code == 405
