"""ClientUser (RFC 6749 §4.4): a client that acts for itself, where Django and DRF expect a user."""

import pytest
from django.contrib.auth.models import User
from rest_framework.permissions import (
    DjangoModelPermissions,
    DjangoModelPermissionsOrAnonReadOnly,
    IsAdminUser,
    IsAuthenticated,
    IsAuthenticatedOrReadOnly,
)
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.throttling import AnonRateThrottle, ScopedRateThrottle, UserRateThrottle
from rest_framework.views import APIView

from oauth_provider.resource_server.users.client_user import ClientUser
from tests.each import each

pytestmark = pytest.mark.spec("RFC 9700", "4.15")


def request_by_client(method="get"):
    request = Request(getattr(APIRequestFactory(), method)("/", REMOTE_ADDR="192.0.2.1"))
    request.user = ClientUser("service")
    return request


class UsersView(APIView):
    queryset = User.objects.all()
    throttle_scope = "notes"


def test_a_client_is_not_authenticated_and_has_no_account():
    user = ClientUser("service")
    assert (user.is_authenticated, user.is_anonymous) == (False, True)
    assert (user.pk, user.id, user.username, user.get_username()) == (None, None, "", "")
    assert (user.is_active, user.is_staff, user.is_superuser) == (False, False, False)
    assert bool(user)


def test_a_client_holds_no_permission_of_djangos():
    user = ClientUser("service")
    assert not user.has_perm("auth.view_user")
    assert not user.has_perm("auth.view_user", User())
    assert not user.has_perms(["auth.view_user"])
    assert not user.has_module_perms("auth")
    assert user.get_user_permissions() == user.get_group_permissions() == user.get_all_permissions() == set()


def test_nothing_asked_for_is_granted_as_to_an_anonymous_user():
    assert ClientUser("service").has_perms([])


def test_a_client_is_equal_to_itself_alone():
    assert ClientUser("a") == ClientUser("a")
    assert hash(ClientUser("a")) == hash(ClientUser("a"))
    assert ClientUser("a") != ClientUser("b")
    assert ClientUser("a") != User()
    assert User() != ClientUser("a")


def test_a_client_called_admin_does_not_read_like_the_person():
    assert str(ClientUser("admin")) == "client:admin"


def test_a_client_cannot_be_made_into_a_user():
    user = ClientUser("service")
    with pytest.raises((AttributeError, TypeError)):  # which of them depends on the Python
        user.is_authenticated = True
    with pytest.raises(AttributeError):
        user.client_id = "another"


@each("permission", [IsAuthenticated, IsAdminUser, DjangoModelPermissions])
@each("method", ["get", "post"])
def test_permissions_that_ask_for_a_person_refuse_a_client(permission, method):
    assert not permission().has_permission(request_by_client(method), UsersView())


@pytest.mark.parametrize("permission", [IsAuthenticatedOrReadOnly, DjangoModelPermissionsOrAnonReadOnly])
def test_permissions_open_to_anyone_for_reading_let_a_client_read_and_not_write(permission):
    assert permission().has_permission(request_by_client("get"), UsersView())
    assert not permission().has_permission(request_by_client("post"), UsersView())


@each("throttle", [AnonRateThrottle, UserRateThrottle, ScopedRateThrottle])
def test_throttles_count_a_client_by_its_address(throttle):
    class Throttle(throttle):
        rate = "5/min"
        THROTTLE_RATES = {"notes": "5/min"}
        scope = "notes"

    assert "192.0.2.1" in Throttle().get_cache_key(request_by_client(), UsersView())
