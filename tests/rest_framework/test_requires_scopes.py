"""``@requires_scopes`` (RFC 6750 §3.1): a declaration on a function or an action, in any order."""

import pytest
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from oauth_provider.rest_framework.decorators import requires_scopes
from oauth_provider.rest_framework.permissions import HasScopes
from tests.each import each
from tests.rest_framework.declared import AUTHENTICATION, ByAction, factory
from tests.rest_framework.views import ADA, wanted

pytestmark = pytest.mark.spec("RFC 6750", "3.1")


def decorated(*decorators):
    def view(request):
        return Response("done")

    for decorate in reversed(decorators):
        view = decorate(view)
    return api_view(["GET"])(authentication_classes(AUTHENTICATION)(view))


ORDERS = {
    "alone": [requires_scopes("a")],
    "above": [requires_scopes("a"), permission_classes([AllowAny])],
    "below, where permission_classes replaces it": [permission_classes([AllowAny]), requires_scopes("a")],
    "beside a bare permission": [requires_scopes("a"), permission_classes([HasScopes])],
    "twice": [requires_scopes("a"), requires_scopes("a")],
}


@pytest.mark.parametrize("decorators", ORDERS.values(), ids=ORDERS)
def test_the_decorator_guards_a_function_view_in_any_order(issue, decorators):
    view = decorated(*decorators)
    issue("good", scope="a")
    issue("poor", scope="b")
    assert view(factory.get("/", headers={"Authorization": "Bearer good"})).status_code == 200
    assert wanted(view(factory.get("/", headers={"Authorization": "Bearer poor"}))) == "a"
    assert view(factory.get("/"))["WWW-Authenticate"] == 'Bearer realm="api", scope="a"'


def test_what_view_and_action_need_is_told_at_once(issue):
    class Both(ByAction):
        permission_classes = [HasScopes("view")]

    view = Both.as_view({"get": "below"})
    for scope in ("", "view", "share"):
        issue("poor", scope=scope)
        assert wanted(view(factory.get("/", headers={"Authorization": "Bearer poor"}))) == "view share"
    issue("good", scope="view share")
    assert view(factory.get("/", headers={"Authorization": "Bearer good"})).status_code == 200


def test_the_decorator_holds_where_the_view_lets_everybody_in(issue):
    class Lax(ByAction):
        permission_classes = [AllowAny]

    issue("poor", scope="", user=ADA)
    view = Lax.as_view({"get": "below"})
    assert wanted(view(factory.get("/", headers={"Authorization": "Bearer poor"}))) == "share"
    assert view(factory.get("/")).status_code == 401


@each("scopes", [(), (HasScopes,), (HasScopes(),), ("a b",), (1,), (HasScopes("a"), "b")])
def test_a_decorator_without_a_scope_is_an_error_where_it_is_written(scopes):
    with pytest.raises((TypeError, ValueError)):
        requires_scopes(*scopes)


def test_a_django_view_cannot_wear_it():
    with pytest.raises(TypeError, match="Django REST framework"):
        requires_scopes("a")(lambda request: None)(factory.get("/"))
