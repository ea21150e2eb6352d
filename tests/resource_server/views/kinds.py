"""Plain views of every kind, guarded alike, and how they are called."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.decorators import method_decorator
from django.views import View

from oauth_provider.resource_server.views import RequiresScopesMixin, requires_scopes
from tests.sessions import sign_in

ADA = User(username="ada", pk=1)
NOW = datetime.now(UTC)


def decorated(*scopes, **options):
    @requires_scopes(*scopes, **options)
    def view(request, **kwargs):
        return HttpResponse(str(request.user))

    return view


def decorated_async(*scopes, **options):
    @requires_scopes(*scopes, **options)
    async def view(request, **kwargs):
        return HttpResponse(str(await request.auser() if request.auth else request.user))

    return lambda request: asyncio.run(view(request))


def mixed(*scopes, **options):
    class Notes(RequiresScopesMixin, View):
        def get(self, request):
            return HttpResponse(str(request.user))

        post = put = get

    declaration = scopes[0] if len(scopes) == 1 else scopes
    return Notes.as_view(scopes=declaration, **options)


def mixed_async(*scopes, **options):
    class Notes(RequiresScopesMixin, View):
        async def get(self, request):
            return HttpResponse(str(request.user))

        post = put = get

    view = Notes.as_view(scopes=scopes[0] if len(scopes) == 1 else scopes, **options)
    return lambda request: asyncio.run(view(request))


def by_method_decorator(*scopes, **options):
    class Notes(View):
        def get(self, request):
            return HttpResponse(str(request.user))

        post = put = get

    return method_decorator(requires_scopes(*scopes, **options), name="dispatch")(Notes).as_view()


KINDS = [decorated, decorated_async, mixed, mixed_async, by_method_decorator]
every_kind = pytest.mark.parametrize("guarded", KINDS, ids=lambda kind: kind.__name__)


def call(view, token=None, *, method="GET", user=None, path="/notes", **headers):
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    request = RequestFactory().generic(method, path, headers=headers)
    sign_in(request, user)
    request.auth = None
    return view(request)


def refusal(response):
    body = json.loads(response.content)
    challenge = response["WWW-Authenticate"]
    assert response["Cache-Control"] == "no-store"
    assert challenge.startswith('Bearer realm="api"')
    assert ("error" in body) == ("error=" in challenge)
    return response.status_code, body.get("error"), challenge.partition('scope="')[2].partition('"')[0]
