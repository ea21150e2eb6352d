"""Whom a token is for (RFC 8707 §2, RFC 9068 §4): one rule for every guard; no header of the call has a say in it."""

import asyncio
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.views import View
from rest_framework.response import Response
from rest_framework.views import APIView

from oauth_provider.ninja import OAuth, Refusal
from oauth_provider.resource_server import checks
from oauth_provider.resource_server.audience import names_this_api, normalize_url
from oauth_provider.resource_server.views import RequiresScopesMixin, requires_authorization_details, requires_scopes
from oauth_provider.rest_framework.authentication import OAuthAuthentication
from oauth_provider.rest_framework.authorization_details import HasAuthorizationDetails
from oauth_provider.rest_framework.permissions import HasScopes

pytestmark = [pytest.mark.spec("RFC 8707", "2"), pytest.mark.spec("RFC 9068", "4")]

AS, HERE, THERE = "https://as.example", "https://api2.example/notes", "https://api1.example/notes"


@requires_scopes("notes:read")
def decorated(request: Any) -> HttpResponse:
    return HttpResponse()


@requires_scopes("notes:read")
async def decorated_async(request: Any) -> HttpResponse:
    return HttpResponse()


class Mixed(RequiresScopesMixin, View):
    scopes = "notes:read"

    def get(self, request: Any) -> HttpResponse:
        return HttpResponse()


class Notes(APIView):
    authentication_classes = [OAuthAuthentication]
    permission_classes = [HasScopes("notes:read")]

    def get(self, request: Any) -> Response:
        return Response()


def ninja(request: Any) -> HttpResponse:
    try:
        OAuth("notes:read")(request)
    except Refusal as refusal:
        return refusal.response
    return HttpResponse()


GUARDS: tuple[Any, ...] = (decorated, decorated_async, Mixed.as_view(), Notes.as_view(), ninja)


def call(view: Any, url: str) -> int:
    host, _slash, path = url.removeprefix("https://").partition("/")
    request: Any = RequestFactory().get(
        f"/{path}", headers={"Authorization": "Bearer good"}, SERVER_NAME=host, secure=True
    )
    request.user = AnonymousUser()
    response = view(request)
    return int((asyncio.run(response) if asyncio.iscoroutine(response) else response).status_code)


def statuses(url: str) -> set[int]:
    return {call(view, url) for view in GUARDS}


@pytest.fixture
def resource(settings: Any) -> Any:
    """Set ``RESOURCE``, or other keys."""
    settings.ALLOWED_HOSTS = ["*"]

    def resource(value: str = HERE, **others: Any) -> None:
        settings.OAUTH_RESOURCE_SERVER = {**settings.OAUTH_RESOURCE_SERVER, "RESOURCE": value, **others}

    return resource


@pytest.mark.spec("RFC 9700", "4.10.2")
@pytest.mark.parametrize(
    ("audience", "status"),
    [
        ((HERE,), 200),
        (("https://api2.example",), 200),
        ((THERE, HERE), 200),
        ((), 200),
        ((THERE,), 401),
        (("https://api1.example",), 401),
        ((f"{HERE}/7",), 401),
        ((f"{HERE}?tenant=1",), 401),
        (("http://api2.example/notes",), 401),
        (("urn:notes",), 401),
        ((AS, THERE), 401),
    ],
    ids=str,
)
def test_a_token_must_name_the_resource_whatever_host_is_called(
    issue: Any, resource: Any, audience: tuple[str, ...], status: int
) -> None:
    resource()
    issue(resources=audience)
    for url in (f"{HERE}/7", f"{THERE}/7", "https://10.0.0.7/notes/7"):
        assert statuses(url) == {status}, url


def test_the_path_of_the_call_must_lie_in_what_the_token_names(issue: Any, resource: Any) -> None:
    resource()
    issue(resources=(HERE,))
    assert statuses("https://api2.example/people") == {401}
    assert statuses(f"{HERE}/../people") == {401}
    assert statuses(f"{HERE}/./people") == {401}
    issue(resources=("https://api2.example",))
    assert statuses("https://api2.example/people") == {200}


def test_without_a_resource_the_called_url_decides(issue: Any, resource: Any) -> None:
    resource("")
    issue(resources=(THERE,))
    assert statuses(f"{THERE}/7") == {200}
    assert statuses(f"{HERE}/7") == {401}


def test_a_resource_with_a_query_takes_the_calls_that_hold_its_parameters(issue: Any, resource: Any) -> None:
    resource("")
    issue(resources=(f"{THERE}?tenant=1",))
    assert statuses(f"{THERE}/7?tenant=1&page=2") == {200}
    for query in ("", "?tenant=2", "?tenant=1&tenant=2"):
        assert statuses(f"{THERE}/7{query}") == {401}


@pytest.mark.spec("RFC 9068", "3")
@pytest.mark.parametrize("here", ["", "https://as.example/api"])
def test_the_issuer_beside_an_audience_opens_no_api_below_it(issue: Any, resource: Any, here: str) -> None:
    """``openid`` adds it, for userinfo."""
    resource(here)
    issue(resources=("https://elsewhere.example/api", AS), issuer=AS)
    assert statuses("https://as.example/api/notes") == {401}
    issue(resources=(AS,), issuer=AS)
    assert statuses("https://as.example/api/notes") == {200}


def test_an_api_may_be_meant_by_other_names(issue: Any, resource: Any) -> None:
    resource(AUDIENCES=["payment", "urn:notes"])
    for audience, status in ((("payment",), 200), (("account", "urn:notes"), 200), (("Payment",), 401)):
        issue(resources=audience)
        assert statuses("https://10.0.0.7/anywhere") == {status}


@pytest.mark.parametrize("names", ["payment", [7], [""], {"payment": 1}])
def test_names_that_cannot_be_used_are_found(resource: Any, names: Any) -> None:
    resource(AUDIENCES=names)
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    assert checks.check_names(None) == []


def test_an_api_that_is_called_as_its_issuer_is_found(resource: Any) -> None:
    resource(AUTHORIZATION_SERVERS=[AS])
    assert checks.check_names(None) == []
    resource(AS, AUTHORIZATION_SERVERS=[AS], AUDIENCES=[AS, "payment"])
    assert [found.id for found in checks.check_names(None)] == ["oauth_resource_server.W059"]
    assert checks.check_names in checks.CHECKS


@pytest.mark.spec("RFC 9396", "9")
def test_locations_of_details_are_compared_in_the_same_way(issue: Any, resource: Any) -> None:
    @requires_authorization_details("account")
    def plain(request: Any) -> HttpResponse:
        return HttpResponse()

    class Accounts(APIView):
        authentication_classes = [OAuthAuthentication]
        permission_classes = [HasAuthorizationDetails("account")]

        def get(self, request: Any) -> Response:
            return Response()

    resource()
    for location, status in ((HERE, 200), (THERE, 403)):
        issue(authorization_details=({"type": "account", "locations": [location]},))
        for view in (plain, Accounts.as_view()):
            assert [call(view, url) for url in (f"{HERE}/7", f"{THERE}/7")] == [status, status]


def test_what_names_this_api_is_its_resource_or_one_of_its_names(resource: Any) -> None:
    resource(AUDIENCES=["payment"])
    assert [names_this_api([one], AS) for one in ("payment", HERE, THERE, "Payment")] == [True, True, False, False]
    resource("", AUDIENCES=["payment"])
    assert names_this_api([THERE], AS)


@pytest.mark.spec("RFC 9068", "3")
def test_an_api_called_as_its_issuer_is_not_named_by_it_beside_another(resource: Any) -> None:
    resource(AS)
    assert names_this_api([AS], AS)
    assert not names_this_api([AS, THERE], AS)


@pytest.mark.parametrize(
    ("url", "here", "there"),
    [
        ("https://api1.example/notes/7?tenant=1", f"{HERE}/7?tenant=1", "https://api1.example/notes/7?tenant=1"),
        ("https://api1.example/a%20b", "https://api2.example/a%20b", "https://api1.example/a%20b"),
        ("https://api1.example/notes/../people?tenant=1", "", ""),
        ("https://api1.example/notes/%2E%2E/people", "", ""),
        ("https://api1.example/./notes", "", ""),
    ],
)
def test_a_url_is_normalized_to_its_path_at_this_api(resource: Any, url: str, here: str, there: str) -> None:
    resource()
    assert normalize_url(url) == here
    resource("")
    assert normalize_url(url) == there
