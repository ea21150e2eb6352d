"""Protected resource metadata (RFC 9728): the document, its one place, and the challenge that points there."""

from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import include, path

from oauth_provider.resource_server import checks
from oauth_provider.resource_server.challenge import challenge
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.metadata import named_details_types, named_scopes
from oauth_provider.resource_server.views import any_of, requires_authorization_details, requires_scopes

pytestmark = pytest.mark.spec("RFC 9728", "3")

WELL_KNOWN = "/.well-known/oauth-protected-resource"


@requires_scopes({"GET": any_of("notes:read", "notes:admin"), "POST": ["notes:write", "notes:read"]})
def notes(request):
    return HttpResponse()


@requires_authorization_details("photo_print")
def prints(request):
    return HttpResponse()


PREFLIGHT = {
    "Origin": "https://inspector.example.com",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "mcp-protocol-version",
}

urlpatterns = [
    path("", include("oauth_provider.resource_server.urls")),
    path("notes", notes),
    path("prints", prints),
]


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = __name__
    yield
    named_scopes.cache_clear()
    named_details_types.cache_clear()


@pytest.fixture
def resource(settings):
    """Set RESOURCE, and whatever else is given."""

    def resource(value, **options):
        settings.OAUTH_RESOURCE_SERVER = {
            "RESOURCE": value,
            "VERIFIER": "tests.rest_framework.tokens.verify",
            **options,
        }

    return resource


@pytest.mark.spec("RFC 9728", "2")
def test_the_document_says_whom_to_ask_for_what(resource):
    resource("https://api.example/notes", RESOURCE_NAME="Notes", AUTHORIZATION_SERVERS=["https://as.example"])
    response = Browser().get(f"{WELL_KNOWN}/notes")
    assert response.json() == {
        "resource": "https://api.example/notes",
        "resource_name": "Notes",
        "authorization_servers": ["https://as.example"],
        "scopes_supported": ["notes:admin", "notes:read", "notes:write"],
        "authorization_details_types_supported": ["photo_print"],
        "bearer_methods_supported": ["header"],
    }
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.spec("RFC 9728", "2")
def test_a_provider_in_the_same_project_is_the_authorization_server_and_what_is_empty_is_left_out(resource):
    resource("https://api.example")
    members = Browser().get(WELL_KNOWN).json()
    assert members["authorization_servers"] == ["https://auth.example.com"]
    assert "resource_name" not in members
    resource("https://api.example", AUTHORIZATION_SERVERS=[])
    assert "authorization_servers" not in Browser().get(WELL_KNOWN).json()


@pytest.mark.spec("RFC 9728", "3.1")
@pytest.mark.parametrize(
    ("identifier", "place"),
    [
        ("https://api.example", ""),
        ("https://api.example/", ""),
        ("https://api.example/notes", "/notes"),
        ("https://api.example/notes/", "/notes"),
        ("https://api.example:8443/a/b", "/a/b"),
        ("http://localhost:8000/notes", "/notes"),
        ("http://[::1]/notes", "/notes"),
    ],
)
def test_metadata_has_one_url_which_the_challenge_names(resource, identifier, place):
    resource(identifier)
    origin = "/".join(identifier.split("/")[:3])
    assert challenge() == f'Bearer realm="api", resource_metadata="{origin}{WELL_KNOWN}{place}"'
    assert Browser().get(WELL_KNOWN + place).json()["resource"] == identifier
    for elsewhere in ("", "/notes", "/a", "/a/b", "/a/b/c", "/notes/../a"):
        if elsewhere != place:
            assert Browser().get(WELL_KNOWN + elsewhere).status_code == 404


@pytest.mark.django_db
@pytest.mark.spec("RFC 9728", "5.1")
def test_every_refusal_points_there(resource):
    resource("https://api.example/notes")
    for headers in ({}, {"Authorization": "Bearer unknown"}, {"Authorization": "Bearer a b"}):
        header = Browser().get("/notes", headers=headers)["WWW-Authenticate"]
        assert header.endswith(f'resource_metadata="https://api.example{WELL_KNOWN}/notes"')


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_metadata_cannot_be_written(resource, method):
    resource("https://api.example")
    response = getattr(Browser(enforce_csrf_checks=method == "put"), method)(WELL_KNOWN)
    assert response.status_code in (403, 405)


def test_without_a_resource_there_is_nothing_and_no_challenge_names_it(resource):
    resource("")
    assert Browser().get(WELL_KNOWN).status_code == 404
    assert "resource_metadata" not in challenge()


@pytest.mark.spec("RFC 9728", "1.2")
@pytest.mark.parametrize(
    "identifier",
    [
        "http://api.example",
        "http://localhost.example",
        "http://127.0.0.1.example/",
        "https://api.example/#a",
        "https://api.example/?a",
        "https://user@api.example",
        "https://",
        "api.example",
        "/notes",
        "urn:notes",
        "https://[x",
        7,
        None,
    ],
)
def test_what_is_no_resource_identifier_is_refused_and_found(resource, identifier):
    resource(identifier)
    with pytest.raises(ImproperlyConfigured, match="RESOURCE"):
        _ = conf.resource
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    assert checks.check_metadata(None) == []


@pytest.mark.parametrize("issuers", ["https://as.example", [1], None])
def test_a_list_of_authorization_servers_is_a_list(resource, issuers):
    resource("https://api.example", AUTHORIZATION_SERVERS=issuers)
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]


def test_metadata_that_is_not_served_is_found(resource, settings):
    resource("https://api.example/notes")
    assert checks.check_metadata(None) == []
    below = ModuleType("below")
    below.urlpatterns = [path("api/", include(urlpatterns))]
    settings.ROOT_URLCONF = below
    (found,) = checks.check_metadata(None)
    assert (found.id, bool(found.hint)) == ("oauth_resource_server.W041", True)


@pytest.mark.spec("Fetch", "3.2")
def test_a_preflight_allows_every_header_that_a_client_asks_for(resource):
    resource("https://api.example.com")
    for place in (WELL_KNOWN, f"{WELL_KNOWN}/elsewhere"):
        response = Browser().options(place, headers=PREFLIGHT)
        assert (response.status_code, response.content) == (204, b"")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "mcp-protocol-version" in response["Access-Control-Allow-Headers"]
        assert not response.has_header("Access-Control-Allow-Credentials")


@pytest.mark.django_db
@pytest.mark.spec("RFC 9111", "7.3")
def test_the_public_document_carries_nobodys_cookie(resource, settings):
    resource("https://api.example.com/")
    settings.SESSION_SAVE_EVERY_REQUEST = True
    browser = Browser()
    session = browser.session
    session["known"] = True
    session.save()
    response = browser.get(WELL_KNOWN)
    assert "public" in response["Cache-Control"]
    assert not response.cookies
