"""What a token lets its user do (RFC 9700 §2.3): never more than its scopes carry, whoever the user is."""

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import path
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import DjangoModelPermissions, IsAdminUser
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests.driver import signed_in
from tests.factories import UserFactory
from tests.urls import urlpatterns as project_urls

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__), pytest.mark.spec("RFC 9700", "2.3")]


class Admin(APIView):
    authentication_classes = [OAuthAuthentication, SessionAuthentication]
    permission_classes = [IsAdminUser]

    def get(self, request):
        token_user = request.auth.user if request.auth else request.user
        return Response([request.user.is_staff, token_user.is_superuser])


class Models(Admin):
    permission_classes = [DjangoModelPermissions]
    queryset = User.objects.all()
    post = Admin.get


class Profile(Admin):
    permission_classes = [HasScopes("notes:read")]

    def post(self, request):
        request.user.first_name = request.data["first_name"]
        request.user.save()
        return Response([request.user.is_staff, request.auth.user.is_superuser])


urlpatterns = [
    *project_urls,
    path("admin-api", Admin.as_view()),
    path("models", Models.as_view()),
    path("profile", Profile.as_view()),
]


@pytest.fixture
def resource_server(settings):
    settings.OAUTH_RESOURCE_SERVER = {}
    return settings


@pytest.fixture
def chief():
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def bearer(resource_server, chief):
    return {"Authorization": f"Bearer {signed_in(chief).tokens()['access_token']}"}


def test_an_admins_token_is_no_admin(bearer):
    assert Browser().get("/admin-api", headers=bearer).status_code == 403
    assert Browser().post("/models", headers=bearer).status_code == 403


def test_unless_a_scope_of_it_carries_that(bearer, resource_server):
    resource_server.OAUTH_RESOURCE_SERVER = {"SCOPE_PERMISSIONS": {"notes:read": ["is_staff"]}}
    response = Browser().get("/admin-api", headers=bearer)
    assert (response.status_code, response.json()) == (200, [True, False])
    assert Browser().post("/models", headers=bearer).status_code == 403
    resource_server.OAUTH_RESOURCE_SERVER = {"SCOPE_PERMISSIONS": {"notes:read": ["auth.add_user"]}}
    assert Browser().post("/models", headers=bearer).status_code == 200
    resource_server.OAUTH_RESOURCE_SERVER = {"SCOPE_PERMISSIONS": {"photos:read": ["is_staff", "auth.add_user"]}}
    assert Browser().get("/admin-api", headers=bearer).status_code == 403
    assert Browser().post("/models", headers=bearer).status_code == 403


def test_a_session_is_not_touched(resource_server, chief):
    browser = Browser()
    browser.force_login(chief)
    assert browser.get("/admin-api").json() == [True, True]


def test_a_view_may_save_its_user(bearer, chief):
    response = Browser().post("/profile", {"first_name": "Ada"}, headers=bearer)
    assert (response.status_code, response.json()) == (200, [False, False])
    chief.refresh_from_db()
    assert (chief.first_name, chief.is_staff, chief.is_superuser) == ("Ada", True, True)
