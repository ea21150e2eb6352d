"""Resources in the admin (RFC 8707 §2)."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from oauth_provider.admin.resource import LIFETIMES
from oauth_provider.models import Resource
from tests.admin.operators import errors_of, operator, url

pytestmark = pytest.mark.django_db
NOTES = "https://notes.example.com/"


def filled(**changes: Any) -> dict[str, Any]:
    """The form, filled in."""
    rest = dict.fromkeys((*LIFETIMES, "access_token_format"), "")
    return {"identifier": NOTES, "name": "Notes", "scopes": ["notes:read"], **rest, **changes}


@pytest.fixture
def browser() -> Browser:
    """An operator's."""
    return operator()


def test_a_resource_is_registered_with_scopes_of_its_own(browser: Browser) -> None:
    more = {"authorization_idle_lifetime": "600", "authorization_lifetime": "6000", "access_token_format": "jwt"}
    answer = browser.post(url(Resource, "add"), filled(access_token_lifetime="300", **more))

    assert answer.status_code == 302
    resource = Resource.objects.get()
    assert (resource.identifier, resource.scopes, resource.access_token_lifetime) == (NOTES, ["notes:read"], 300)
    assert (resource.authorization_idle_lifetime, resource.authorization_lifetime) == (600, 6000)
    assert resource.access_token_format == "jwt"
    assert NOTES in browser.get(url(Resource, "changelist")).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": "notes"}, "identifier"),
        ({"identifier": "https://notes.example.com/#top"}, "identifier"),
        ({"identifier": ""}, "identifier"),
        ({"identifier": "https://a.example/\x00"}, "identifier"),
        ({"name": ""}, "name"),
        ({"scopes": ["nonsense"]}, "scopes"),
        ({"access_token_format": "saml"}, "access_token_format"),
        ({"access_token_lifetime": "0"}, "access_token_lifetime"),
        ({"access_token_lifetime": "soon"}, "access_token_lifetime"),
        ({"authorization_idle_lifetime": "0"}, "authorization_idle_lifetime"),
        ({"authorization_lifetime": "-1"}, "authorization_lifetime"),
        ({"authorization_lifetime": "9" * 40}, "authorization_lifetime"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(browser: Browser, changes: dict[str, Any], field: str) -> None:
    answer = browser.post(url(Resource, "add"), filled(**changes))

    assert list(errors_of(answer)) == [field]
    assert not Resource.objects.exists()


@pytest.mark.spec("RFC 3986", "6.2.3")
def test_another_spelling_is_not_another_resource(browser: Browser) -> None:
    Resource.objects.create(identifier=NOTES, name="Notes")
    answer = browser.post(url(Resource, "add"), filled(identifier="https://notes.example.com:443/"))

    assert "registered already" in errors_of(answer)["identifier"]


def test_a_scope_that_is_gone_stays_until_somebody_takes_it_away(browser: Browser) -> None:
    resource = Resource.objects.create(identifier=NOTES, name="Notes", scopes=["gone", "notes:read"])
    assert "gone (no longer there)" in browser.get(url(resource)).content.decode()

    browser.post(url(resource), filled(scopes=["gone"], name="Notes, renamed"))
    resource.refresh_from_db()
    assert (resource.scopes, resource.name) == (["gone"], "Notes, renamed")


def test_a_resource_is_changed_only_with_the_permission(browser: Browser) -> None:
    resource = Resource.objects.create(identifier=NOTES, name="Notes")
    visitor = operator("oauth_provider.view_resource")

    assert visitor.get(url(resource)).status_code == 200
    assert visitor.post(url(resource), filled(name="Mine")).status_code == 403
    assert visitor.get(url(Resource, "add")).status_code == 403


def test_the_list_costs_the_same_however_long_it_is(browser: Browser, django_assert_num_queries: Any) -> None:
    address = url(Resource, "changelist")
    Resource.objects.create(identifier=NOTES, name="Notes")
    browser.get(address)
    with CaptureQueriesContext(connection) as one:
        browser.get(address)
    Resource.objects.bulk_create(Resource(identifier=f"https://{n}.example/", name=f"API {n}") for n in range(49))
    with django_assert_num_queries(len(one)):
        browser.get(address)
