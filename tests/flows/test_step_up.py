"""Step-up (RFC 9470): the access tokens of this server know when and how their user signed in."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import path
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.models import Authorization
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import RequiresAuthentication
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory
from tests.urls import urlpatterns as project_urls

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__), pytest.mark.spec("RFC 9470", "6")]


class Payments(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [RequiresAuthentication(acr="mfa", max_age=300)]

    def get(self, request: Any) -> Response:
        return Response({"acr": request.auth.acr, "auth_time": request.auth.auth_time})


urlpatterns = [*project_urls, path("payments", Payments.as_view())]


def pay(access_token: str) -> Any:
    return Browser().get("/payments", headers={"Authorization": f"Bearer {access_token}"})


def test_a_sign_in_is_known_by_every_token_that_comes_of_it() -> None:
    driver = signed_in()
    tokens = driver.tokens()
    Authorization.objects.update(acr="mfa")
    refreshed = driver.refresh(tokens["refresh_token"]).json()
    for access_token in (tokens["access_token"], refreshed["access_token"]):
        assert pay(access_token).json()["acr"] == "mfa"
    Authorization.objects.update(auth_time=timezone.now() - timedelta(seconds=301))
    for access_token in (tokens["access_token"], refreshed["access_token"]):
        assert pay(access_token).json()["error"] == "insufficient_user_authentication"


def test_what_is_not_known_is_not_enough() -> None:
    access_token = signed_in().tokens()["access_token"]
    assert 'acr_values="mfa", max_age="300"' in pay(access_token)["WWW-Authenticate"]
    Authorization.objects.update(acr="mfa", auth_time=None)
    assert pay(access_token).status_code == 401


def test_a_client_alone_did_not_sign_in() -> None:
    service = Driver(ApplicationFactory(service=True))
    issued = service.token(grant_type="client_credentials", scope="notes:read").json()
    assert pay(issued["access_token"]).json()["error"] == "insufficient_user_authentication"


def test_introspection_says_both() -> None:
    access_token = signed_in().tokens()["access_token"]
    asker = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    assert "acr" not in asker.introspect(access_token).json()
    Authorization.objects.update(acr="mfa")
    members = asker.introspect(access_token).json()
    signed_in_at = Authorization.objects.get().auth_time
    assert signed_in_at is not None
    assert (members["acr"], members["auth_time"]) == ("mfa", int(signed_in_at.timestamp()))
