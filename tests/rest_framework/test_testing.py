"""The test kit: forced tokens meet the real rules, and its assertions fail where they should."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import path
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.models import Authorization
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.views import requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.code_flow import ISSUER, given_issuer
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication
from oauth_provider.rest_framework.testing import OAuthAPIClient, assert_requires_scopes, run_code_flow
from tests.driver import METADATA
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.urls import urlpatterns as project_urls

pytest_plugins = ["oauth_provider.rest_framework.fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Notes(APIView):
    authentication_classes = [OAuthAuthentication, SessionAuthentication]
    permission_classes = [HasScopes]
    scopes = {"GET": "read", "POST": ["read", "write"]}

    def get(self, request):
        application = request.auth.application
        return Response(
            {"user": str(request.user), "client": application.name if application else request.auth.client_id}
        )

    def post(self, request):
        return Response(request.data, status=201)


class Open(Notes):
    permission_classes = [AllowAny]


class Payments(Notes):
    permission_classes = [RequiresAuthentication(acr="mfa", max_age=60)]


class Admin(Notes):
    permission_classes = [IsAdminUser]


@requires_scopes("read")
def plain(request):
    return HttpResponse(str(request.user))


urlpatterns = [
    *project_urls,
    path("notes", Notes.as_view()),
    path("open", Open.as_view()),
    path("payments", Payments.as_view()),
    path("admin-api", Admin.as_view()),
    path("plain", plain),
]


@pytest.fixture(autouse=True)
def _resource_server(settings):
    settings.OAUTH_RESOURCE_SERVER = {"REALM": "kept"}


def test_a_forced_token_opens_what_its_scopes_open(oauth_client):
    user = UserFactory(username="ada")
    oauth_client.force_oauth(user, scopes=["read"])
    assert oauth_client.get("/notes").json() == {"user": "ada", "client": "test-client"}
    refused = oauth_client.post("/notes", {})
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
    assert refused["WWW-Authenticate"].startswith('Bearer realm="kept"')
    assert oauth_client.get("/plain").content == b"ada"


def test_without_a_user_it_is_the_clients_own(oauth_client):
    application = ApplicationFactory(client_id="service", name="The service")
    oauth_client.force_oauth(scopes="read", client=application)
    assert oauth_client.get("/notes").json() == {"user": "client:service", "client": "The service"}


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"expires_in": 0}, "invalid_token"),
        ({"expires_in": -1}, "invalid_token"),
        ({"resource": "https://another.example"}, "invalid_token"),
        ({"resource": ["https://another.example", "urn:x"]}, "invalid_token"),
        ({"scopes": []}, "insufficient_scope"),
    ],
)
def test_the_rules_are_the_real_ones(oauth_client, facts, error):
    oauth_client.force_oauth(UserFactory(), **({"scopes": "read"} | facts))
    assert oauth_client.get("/notes").json()["error"] == error


def test_the_audience_of_a_forced_token_is_checked(oauth_client):
    oauth_client.force_oauth(UserFactory(), scopes="read", resource="http://testserver/notes")
    assert oauth_client.get("/notes").status_code == 200
    assert oauth_client.get("/plain").status_code == 401


def test_the_sign_in_of_a_forced_token_is_checked(oauth_client):
    user = UserFactory()
    oauth_client.force_oauth(user, acr="mfa")
    assert oauth_client.get("/payments").status_code == 200
    oauth_client.force_oauth(user, acr="mfa", auth_time=datetime.now(UTC) - timedelta(seconds=61))
    assert oauth_client.get("/payments").status_code == 401
    oauth_client.force_oauth(acr="mfa")
    assert oauth_client.get("/payments").status_code == 401


def test_the_user_of_a_forced_token_is_masked(oauth_client):
    oauth_client.force_oauth(UserFactory(is_staff=True))
    assert oauth_client.get("/admin-api").status_code == 403


def test_logging_out_ends_it_and_nothing_is_left_behind(oauth_client):
    verifier = conf.verifier
    oauth_client.force_oauth(UserFactory(), scopes="read")
    assert oauth_client.get("/notes").status_code == 200
    assert conf.verifier is verifier
    header = oauth_client._credentials["HTTP_AUTHORIZATION"]
    oauth_client.logout()
    assert oauth_client.get("/notes").status_code == 401
    assert oauth_client.get("/notes", headers={"Authorization": header}).status_code == 401


def test_two_clients_are_two(oauth_client):
    other = OAuthAPIClient()
    oauth_client.force_oauth(UserFactory(username="ada"), scopes="read")
    other.force_oauth(UserFactory(username="bob"), scopes="read")
    assert [client.get("/plain").content for client in (oauth_client, other)] == [b"ada", b"bob"]


# -- assert_requires_scopes ----------------------------------------------------------------------------------


def test_what_is_guarded_as_said_passes(assert_requires_scopes):
    assert assert_requires_scopes("/notes", "GET", "read").status_code == 200
    answer = assert_requires_scopes("/notes", "post", ["write", "read"], data={"text": "x"}, format="json")
    assert (answer.status_code, answer.json()) == (201, {"text": "x"})
    assert_requires_scopes("/plain", "GET", ["read"], user=UserFactory())


@each(
    ("url", "method", "scopes", "complaint"),
    [
        ("/notes", "GET", "write", "asks for 'read', not for 'write'"),
        ("/notes", "POST", "read", "asks for 'read write', not for 'read'"),
        ("/notes", "GET", ["read", "write"], "asks for 'read'"),
        ("/open", "POST", ["read", "write"], "answers 201 to a call without a token"),
        ("/nowhere", "GET", "read", "answers 404 to a call without a token"),
        ("/admin-api", "GET", [], "refuses a token"),
    ],
)
def test_what_is_guarded_otherwise_fails(url, method, scopes, complaint):
    with pytest.raises(AssertionError, match=complaint):
        assert_requires_scopes(url, method, scopes)


# -- run_code_flow -------------------------------------------------------------------------------------------


def test_a_whole_flow_ends_in_tokens_that_open_the_api(run_code_flow, oauth_client):
    application, user = ApplicationFactory(), UserFactory(username="ada")
    tokens = run_code_flow(application, user, scope="notes:read", client_secret=application.secret)
    assert tokens["scope"] == "notes:read"
    assert Authorization.objects.get().user == user
    oauth_client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    refused = oauth_client.get("/plain")
    assert refused.json()["error"] == "insufficient_scope"


def test_what_people_may_leave_out_is_allowed_too(run_code_flow):
    application, asked = ApplicationFactory(), "notes:read notes:write"
    secret = application.secret
    tokens = run_code_flow(application, UserFactory(), scope=asked, optional_scope=asked, client_secret=secret)
    assert tokens["scope"] == asked


@each(
    ("scope", "parameters", "complaint"),
    [
        ("unheard-of", {}, "invalid_scope"),
        ("notes:read", {"redirect_uri": "https://evil.example/"}, "No code"),
        ("notes:read", {"client_secret": "wrong"}, "invalid_client"),
        ("notes:read", {"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_flow_that_fails_says_why(scope, parameters, complaint):
    application = ApplicationFactory()
    secret = parameters.pop("client_secret", application.secret)
    with pytest.raises(AssertionError, match=complaint):
        run_code_flow(application, UserFactory(), scope=scope, client_secret=secret, **parameters)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("resource", [(), ("https://photos.example.com/",)])
def test_a_whole_flow_over_http_ends_in_the_same_tokens(live_server, resource, settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "RESOURCES": dict.fromkeys(resource, "Photos")}
    application = ApplicationFactory()
    tokens = run_code_flow(
        application,
        UserFactory(),
        scope="notes:read",
        client_secret=application.secret,
        live_url=live_server.url,
        **({"resource": resource[0]} if resource else {}),
    )
    assert tokens["scope"] == "notes:read"
    assert Authorization.objects.get().resources == list(resource)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("parameters", "complaint"),
    [({"scope": "unheard-of"}, "invalid_scope"), ({"client_secret": "wrong"}, "invalid_client")],
)
def test_a_flow_over_http_that_fails_says_why(live_server, parameters, complaint):
    application = ApplicationFactory()
    given = {"scope": "notes:read", "client_secret": application.secret} | parameters
    with pytest.raises(AssertionError, match=complaint):
        run_code_flow(application, UserFactory(), live_url=live_server.url, **given)


# -- the issuer ----------------------------------------------------------------------------------------------


def issuer_of_id_token(tokens):
    return json.loads(base64.urlsafe_b64decode(tokens["id_token"].split(".")[1] + "=="))["iss"]


def flow():
    application = ApplicationFactory()
    return run_code_flow(application, UserFactory(), scope="openid notes:read", client_secret=application.secret)


def test_an_issuer_is_brought_where_the_project_names_none_and_taken_away_again(settings, oauth_client):
    settings.OAUTH_PROVIDER = without = {k: v for k, v in settings.OAUTH_PROVIDER.items() if k != "ISSUER"}
    assert issuer_of_id_token(flow()) == ISSUER
    assert oauth_client.get(METADATA).json()["issuer"] == ISSUER
    assert settings.OAUTH_PROVIDER is without
    with pytest.raises(ImproperlyConfigured, match="ISSUER"):
        Browser().get(METADATA)


def test_the_issuer_of_the_project_stays_the_one_in_tokens(oauth_client):
    assert issuer_of_id_token(flow()) == "https://auth.example.com"
    assert oauth_client.get(METADATA).json()["issuer"] == "https://auth.example.com"


def test_under_debug_the_address_that_was_called_still_is_the_issuer(settings, oauth_client):
    settings.OAUTH_PROVIDER = {k: v for k, v in settings.OAUTH_PROVIDER.items() if k != "ISSUER"}
    settings.DEBUG = True
    assert issuer_of_id_token(flow()) == "http://testserver"
    assert oauth_client.get(METADATA).json()["issuer"] == "http://testserver"


def test_an_api_without_a_provider_gets_no_settings_of_one(settings):
    settings.INSTALLED_APPS = ["oauth_provider.resource_server"]
    del settings.OAUTH_PROVIDER
    with given_issuer():
        assert not hasattr(settings, "OAUTH_PROVIDER")
