"""An API on a machine with no provider, no database and no users: prints what it answers, as JSON.

Run by ``tests/project/test_architecture.py`` in a process of its own, since what matters is what gets imported.
"""

import json
import sys
from datetime import UTC, datetime, timedelta

import django
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.test import RequestFactory
from django.urls import include, path

FORBIDDEN = ("oauth2_provider", "oauthlib", "oauth_provider.models", "django.contrib.auth.models")

settings.configure(
    ALLOWED_HOSTS=["api.example"],
    DATABASES={},
    INSTALLED_APPS=["oauth_provider.resource_server"],
    OAUTH_RESOURCE_SERVER={
        "VERIFIER": "__main__.verify",
        "RESOURCE": "https://api.example/notes",
        "AUTHORIZATION_SERVERS": ["https://as.example"],
    },
    REST_FRAMEWORK={
        "UNAUTHENTICATED_USER": None,
        # By path, as most projects do: DRF then imports our module in the middle of importing its own.
        "DEFAULT_AUTHENTICATION_CLASSES": ["oauth_provider.rest_framework.authentication.OAuthAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["__main__.ReadsNotes"],
        # Its pages for browsers would need templates, and "rest_framework" in INSTALLED_APPS.
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    ROOT_URLCONF="__main__",
    USE_TZ=True,
)
django.setup()

from oauth_provider.protocol.errors import InvalidToken  # noqa: E402
from oauth_provider.resource_server.testing import FakeIssuer  # noqa: E402
from oauth_provider.resource_server.token import AccessToken  # noqa: E402
from oauth_provider.resource_server.verifiers import introspection  # noqa: E402, F401 - to see what it brings with it
from oauth_provider.resource_server.views import requires_scopes  # noqa: E402
from oauth_provider.rest_framework.permissions import HasScopes  # noqa: E402

ReadsNotes = HasScopes("notes:read")

from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


def verify(token):
    if token == "away":
        raise OperationalError("a database of the verifier's own is away")
    if token not in {"good", "poor"}:
        raise InvalidToken("The access token is unknown.")
    return AccessToken(
        scope="notes:read" if token == "good" else "",
        client_id="service",
        sub=None,
        expires=datetime.now(UTC) + timedelta(minutes=5),
        issuer="https://as.example",
        resources=("https://api.example/notes",),
    )


class Notes(APIView):
    def get(self, request):
        return Response({"client": str(request.user)})


class Declared(Notes):
    permission_classes = [HasScopes]
    scopes = {"GET": ["notes:read", "notes:write"]}


@requires_scopes("notes:write")
def plain(request):
    raise AssertionError("Nobody has the scope.")


urlpatterns = [
    path("", include("oauth_provider.resource_server.urls")),
    path("notes", Notes.as_view()),
    path("notes/declared", Declared.as_view()),
    path("notes/plain", plain),
    path("people", Notes.as_view()),
]


def answer(url, token):
    """Status, challenge and body of a call through the whole of Django."""
    from django.core.handlers.wsgi import WSGIHandler

    headers = {"Host": "api.example"} | ({"Authorization": f"Bearer {token}"} if token else {})
    response = WSGIHandler().get_response(RequestFactory().get(url, headers=headers))
    return [response.status_code, response.headers.get("WWW-Authenticate"), json.loads(response.content)]


def answers_to_jwts():
    """By the keys of an issuer: a good token, a poor one, one for another API, and an ID token."""
    here = "https://api.example/notes"
    with FakeIssuer("https://as.example").serving() as issuer:
        good, poor = (issuer.token(scope, sub=None, client="service", resource=here) for scope in ("notes:read", ""))
        foreign = issuer.token("notes:read", resource="https://other.example/")
        id_token = issuer.token("notes:read", resource=here, typ="JWT")
        return [answer("/notes", token) for token in (good, poor, foreign, id_token)]


if __name__ == "__main__":
    call_command("check", fail_level="WARNING", stdout=sys.stderr)
    calls = [("/notes", None), ("/notes", "bad"), ("/notes", "poor"), ("/people", "good"), ("/notes", "good")]
    calls += [("/notes/declared", "good"), ("/notes/plain", "good")]
    calls += [("/.well-known/oauth-protected-resource/notes", None)]
    answers = [answer(*call) for call in calls]
    outages = [answer(url, "away") for url in ("/notes", "/notes/plain")]
    told = {"answers": answers, "jwts": answers_to_jwts(), "outages": outages}
    print(json.dumps({**told, "imported": [name for name in FORBIDDEN if name in sys.modules]}))  # noqa: T201
