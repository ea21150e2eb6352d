"""All that bad input may hit: requests that would succeed until spoilt, sent by nobody in particular, and every row.

``HYPOTHESIS_PROFILE=deep`` looks further, and elsewhere each time.
"""

import base64
import os
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import path
from hypothesis import HealthCheck
from hypothesis import settings as profile
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes
from tests import cache_keys
from tests.driver import FORM, TOKEN, Driver
from tests.factories import ApplicationFactory, UserFactory
from tests.property.hostile import Pairs
from tests.urls import urlpatterns as project_urls

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
searched = profile(
    max_examples=3000 if DEEP else 40,
    derandomize=not DEEP,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

# A longer one is refused by Django 6.1 before there is a request that any view could answer.
LONGEST_CONTENT_TYPE = 9_000
# Django 6.1 calls it by another name, and warns of this one.
SAVEPOINT = getattr(transaction, "savepoint_create", None) or transaction.savepoint

APPS = ("oauth_provider", "oauth2_provider", "sessions")
TABLES = ["auth_user", *(model._meta.db_table for name in APPS for model in apps.get_app_config(name).get_models())]


class GuardedView(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request: Request) -> Response:
        return Response({})


urlpatterns = [*project_urls, path("guarded", GuardedView.as_view())]


@dataclass(frozen=True)
class Good:
    """A request that would succeed: spoil one of ``needed`` and it must not."""

    path: str
    pairs: Pairs
    needed: tuple[bytes, ...]
    authorization: str = ""

    def send(self, body: bytes, **headers: str) -> Any:
        authorization = {"Authorization": self.authorization} if self.authorization else {}
        return send("POST", self.path, body, headers=authorization | headers)


class World:
    """Clients of every kind, and one of everything that could be spent."""

    def __init__(self) -> None:
        cache_keys.start_anew()
        user = UserFactory()
        web = ApplicationFactory(policy={"may_introspect": True}, allowed_origins="https://app.example.com")
        self.drivers = {"web": Driver(web), "public": Driver(ApplicationFactory(public=True))}
        self.service = Driver(ApplicationFactory(service=True))
        self.service.token(grant_type="client_credentials", scope="notes:read")
        self.tokens = {}
        for name, driver in self.drivers.items():
            driver.sign_in(user)
            self.tokens[name] = driver.tokens()
            driver.browser.raise_request_exception = False
        self.web = self.drivers["web"]
        self.page = self.web.authorize(scope="photos:read")["Location"]
        self.goods = [self.client_credentials(basic) for basic in (True, False)]
        for name, basic in [("web", True), ("web", False), ("public", False)]:
            self.goods += [self.code(name, basic), self.refresh(name, basic)]
        self.before = self.rows()
        self.savepoint = SAVEPOINT()

    def client_credentials(self, basic: bool) -> Good:
        given = {"grant_type": "client_credentials", "scope": "notes:read"}
        return self.good(self.service, given, basic, ("grant_type", "scope"))

    def code(self, name: str, basic: bool) -> Good:
        driver = self.drivers[name]
        given = {"grant_type": "authorization_code", "code": driver.code(), "redirect_uri": driver.redirect_uri}
        given["code_verifier"] = driver.code_verifier
        return self.good(driver, given, basic, ("grant_type", "code", "code_verifier"))

    def refresh(self, name: str, basic: bool) -> Good:
        refresh_token = self.drivers[name].tokens()["refresh_token"]
        given = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": "notes:read"}
        return self.good(self.drivers[name], given, basic, ("grant_type", "refresh_token"))

    def good(self, driver: Driver, given: dict[str, str], basic: bool, needed: tuple[str, ...]) -> Good:
        """With the client's credentials in the header or in the form."""
        authorization = basic_header(driver.application.client_id, driver.application.secret) if basic else ""
        credentials = {} if basic else driver.credentials
        pairs = [(name.encode(), value.encode()) for name, value in (given | credentials).items()]
        return Good(TOKEN, pairs, tuple(name.encode() for name in (*needed, *credentials)), authorization)

    def rows(self) -> dict[str, Any]:
        """Everything that is stored."""
        rows = {}
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
                rows[table] = cursor.fetchall()
        return rows

    def harm_by(self, response: Any) -> list[str]:
        """The tables that are not as they were; a failure counts as harm, too."""
        assert response.status_code < 500, response.content[:300]
        harmed = [table for table, rows in self.rows().items() if rows != self.before[table]]
        if harmed:
            transaction.savepoint_rollback(self.savepoint)  # for the examples after this one
        return harmed


def basic_header(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def send(method: str, where: str, body: bytes = b"", *, content_type: str = FORM, **options: Any) -> Any:
    """One request from nobody in particular, who has not failed too often yet."""
    cache_keys.start_anew()
    browser = options.pop("browser", None) or Browser(raise_request_exception=False)
    return browser.generic(method, where, body, content_type=content_type[:LONGEST_CONTENT_TYPE], **options)
