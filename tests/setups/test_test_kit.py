"""The test kit in a project just made by ``startproject``: no issuer is set, and test runners turn ``DEBUG`` off."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = """
INSTALLED_APPS += ["oauth2_provider", "oauth_provider"]
OAUTH_PROVIDER = {"SCOPES": {"notes:read": "Read your notes"}}
"""
URLS = """
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider import urls as oauth
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request):
        return Response({"user": request.user.get_username(), "issuer": request.auth.issuer})


urlpatterns = [
    path("api/notes", Notes.as_view()),
    path("accounts/", include(oauth.accounts)),
    path("", include("oauth_provider.urls")),
]
"""
TESTS = """
import base64
import json

import pytest
from django.conf import settings

from oauth_provider.testing import create_client

pytest_plugins = ["oauth_provider.rest_framework.fixtures"]
SCOPE, CALLBACK, ISSUER = "openid notes:read", "https://app.example.com/callback", "https://issuer.test"


@pytest.fixture(params=["opaque", "jwt"])
def app(request, db):
    kept = create_client("web", "App", CALLBACK, SCOPE)
    kept.application.oauth_policy.access_token_format = request.param
    kept.application.oauth_policy.save()
    return kept


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user("ann")


def opens(client, tokens):
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    return client.get("/api/notes")


def test_nothing_names_an_issuer():
    assert not settings.DEBUG
    assert "ISSUER" not in settings.OAUTH_PROVIDER


def test_a_code_flow_in_this_process(run_code_flow, oauth_client, app, ann):
    tokens = run_code_flow(app.application, ann, scope=SCOPE, client_secret=app.client_secret)
    claims = json.loads(base64.urlsafe_b64decode(tokens["id_token"].split(".")[1] + "=="))
    assert claims["iss"] == ISSUER
    assert tokens["access_token"].count(".") == (2 if app.application.oauth_policy.access_token_format == "jwt" else 0)
    assert opens(oauth_client, tokens).json() == {"user": "ann", "issuer": ISSUER}


def test_a_code_flow_against_a_live_server(run_code_flow, oauth_client, live_server, app, ann):
    tokens = run_code_flow(
        app.application, ann, scope=SCOPE, client_secret=app.client_secret, live_url=live_server.url
    )
    assert opens(oauth_client, tokens).status_code == 200


def test_forced_tokens_and_scopes(oauth_client, assert_requires_scopes, ann):
    assert_requires_scopes("/api/notes", "get", "notes:read", user=ann)
    oauth_client.force_oauth(ann, scopes="notes:read")
    assert oauth_client.get("/api/notes").json() == {"user": "ann", "issuer": ISSUER}


@pytest.mark.parametrize("path", ["oauth-authorization-server", "openid-configuration"])
def test_discovery_answers_the_client_of_the_kit(oauth_client, db, path):
    assert oauth_client.get(f"/.well-known/{path}").json()["issuer"] == ISSUER
"""


def run(folder: Path, *arguments: str) -> str:
    own = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "CACHE_URL", "PYTEST_ADDOPTS"}
    environment = {name: value for name, value in os.environ.items() if name not in own}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_kit_brings_an_issuer_where_a_project_names_none(tmp_path: Path) -> None:
    run(tmp_path, "-m", "django", "startproject", "mysite", ".")
    for name, text in {"settings": SETTINGS, "urls": URLS}.items():
        with (tmp_path / "mysite" / f"{name}.py").open("a") as file:
            file.write(text)
    (tmp_path / "test_kit.py").write_text(TESTS)
    output = run(tmp_path, "-m", "pytest", "-q", "-p", "no:schemathesis", "--ds=mysite.settings", "test_kit.py")
    assert "8 passed" in output
