"""The truth table of api.md (RFC 6750 §3.1): every caller at every guard gets the answer written there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from rest_framework.authentication import SessionAuthentication
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.permissions import HasScopes, RequiresAuthentication, ScopesOrSession
from tests.sessions import sign_in

DOCUMENT = (Path(__file__).parents[2] / "docs" / "how-to" / "api.md").read_text()
GUARDS = {
    'HasScopes("a")': HasScopes("a"),
    'ScopesOrSession("a")': ScopesOrSession("a"),
    'HasScopes("a") & RequiresAuthentication(max_age=300)': HasScopes("a") & RequiresAuthentication(max_age=300),
}
ADA = User(username="ada", pk=1)
NOW = datetime.now(UTC)
# A clock ahead of ours: the sign-in stays recent however long the tests run.
GOOD = {"scope": "a", "user": ADA, "sub": "1", "auth_time": NOW + timedelta(days=1)}

# Each caller: the facts of the token called ``good``, the request, and who is signed in.
BEARER = {"headers": {"Authorization": "Bearer good"}}
UNKNOWN = {"headers": {"Authorization": "Bearer unknown"}}
CALLERS = {
    "nobody": (GOOD, {}, None),
    "a token with the scope": (GOOD, BEARER, None),
    "a token with another scope": (GOOD | {"scope": "b"}, BEARER, None),
    "a token whose user signed in too long ago": (GOOD | {"auth_time": NOW - timedelta(days=1)}, BEARER, None),
    "a client's own token with the scope": ({"scope": "a"}, BEARER, None),
    "an unknown or revoked token": (GOOD, UNKNOWN, None),
    "an expired token": (GOOD | {"expires": NOW}, BEARER, None),
    "a token for another resource": (GOOD | {"resources": ("https://another.example/",)}, BEARER, None),
    "a token bound to a key": (GOOD | {"cnf": {"jkt": "thumbprint"}}, BEARER, None),
    "a session": (GOOD, {}, ADA),
    "a session and a token with the scope": (GOOD, BEARER, ADA),
    "a session and a token with another scope": (GOOD | {"scope": "b"}, BEARER, ADA),
    "a session and an unknown token": (GOOD, UNKNOWN, ADA),
    "a token in the query string": (GOOD, {"query_params": {"access_token": "good"}}, None),
    "two tokens in the header": (GOOD, {"headers": {"Authorization": "Bearer good, Bearer good"}}, None),
    "another scheme": (GOOD, {"headers": {"Authorization": "Basic Z29vZDo="}}, None),
}


def cells(line):
    return [cell.strip() for cell in line.strip("|\n").split("|")]


def table():
    lines = DOCUMENT.partition("## The truth table")[2].splitlines()
    header, _rule, *rows = (cells(line) for line in lines if line.startswith("|"))
    guards = [guard.strip("`") for guard in header[1:]]
    return [(caller, guard, answer) for caller, *answers in rows for guard, answer in zip(guards, answers, strict=True)]


class Notes(APIView):
    authentication_classes = [OAuthAuthentication, SessionAuthentication]

    def get(self, request):
        return Response("notes")


def test_every_caller_meets_every_guard():
    assert {(caller, guard) for caller, guard, _answer in table()} == {(one, all) for one in CALLERS for all in GUARDS}


@pytest.mark.spec("RFC 6750", "3.1")
@pytest.mark.parametrize(("caller", "guard", "answer"), table())
def test_the_answer_is_the_one_that_is_written(issue, caller, guard, answer):
    facts, request, person = CALLERS[caller]
    issue("good", **facts)
    django_request = APIRequestFactory().get("/notes", **request)
    if person is not None:
        sign_in(django_request, person)
    response = Notes.as_view(permission_classes=[GUARDS[guard]])(django_request)

    status, _space, error = answer.partition(" ")
    assert response.status_code == int(status)
    assert ("error" in response.data) == bool(error)
    challenge = response.headers.get("WWW-Authenticate", "")
    if error:
        assert response.data["error"] == error.strip("`")
        assert f'error="{error.strip("`")}"' in challenge
    assert bool(challenge) == (status == "401" or bool(error))
