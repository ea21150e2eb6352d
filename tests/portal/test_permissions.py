"""Permissions in the portal (RFC 9700 §2.3): a session is a person, a role is a limit, another team's app is none."""

from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client as Browser

from oauth_provider.dot.names import application_model
from oauth_provider.models import (
    AuditEvent,
    ClientInvitation,
    ClientMember,
    ClientPolicy,
    ClientSecret,
)
from tests.driver import signed_in
from tests.each import each
from tests.factories import CALLBACK, UserFactory
from tests.portal.team import APPS, browser_of, join, open_portal, register, send, url

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "3")]

PAGES = ("", "code", "settings", "scopes", "team", "failures")


@pytest.fixture
def owner(settings: Any) -> Any:
    """Somebody who develops, where the portal is open."""
    open_portal(settings)
    return UserFactory(username="owner")


def new(browser: Browser) -> Any:
    return send(browser, f"{APPS}/new?kind=web", kind="web", name="Photo Book", redirect_uris=CALLBACK)


def test_only_a_session_is_a_person_and_whoever_may_not_register_makes_nothing(settings: Any, owner: Any) -> None:
    client = register(owner)
    for path in (f"{APPS}/", url(client), f"{APPS}/new/"):
        assert Browser().get(path)["Location"] == f"/accounts/login/?next={path}"
    driver = signed_in()
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {driver.tokens()['access_token']}"}
    assert Browser().get(APPS, **bearer).status_code == 303
    browser = browser_of(owner)
    browser.get(f"{APPS}/new?kind=web")
    open_portal(settings, WHO=["group:Developers"])
    assert browser.get(f"{APPS}/new").status_code == 403
    assert new(browser).status_code == 403
    # What they registered before they keep, and look at.
    before, token = state(), browser.cookies["csrftoken"].value
    for page, fields in [*ACTS["developer"], *ACTS["owner"]]:
        assert browser.post(url(client, page), {**fields, "csrfmiddlewaretoken": token}).status_code == 403
    assert browser.get(url(client)).status_code == 200
    assert state() == before


ACTS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "developer": [
        ("", {"action": "submit"}),
        ("", {"action": "make_secret"}),
        ("", {"action": "rotate_secret", "overlap": "0"}),
        ("", {"action": "revoke_secret", "secret": "1"}),
        ("", {"action": "prove"}),
        ("settings", {"name": "Another", "redirect_uris": CALLBACK}),
        ("scopes", {"scopes": "openid"}),
    ],
    "owner": [
        ("team", {"action": "invite", "name": "somebody", "role": "owner"}),
        ("team", {"action": "role", "member": "1", "role": "owner"}),
        ("team", {"action": "transfer", "member": "1"}),
        ("team", {"action": "remove", "member": "1"}),
        ("delete", {"name": "Photo Book"}),
    ],
}


def state() -> list[Any]:
    """Everything that an act of the portal could change."""
    rows: list[Any] = [list(application_model().objects.order_by("pk").values())]
    for model in (ClientPolicy, ClientMember, ClientInvitation, ClientSecret):
        rows.append(list(model.objects.order_by("pk").values()))
    return rows


@each(
    ("role", "acts", "status"),
    [
        ("viewer", [*ACTS["developer"], *ACTS["owner"]], 403),
        ("developer", ACTS["owner"], 403),
        ("", [*ACTS["developer"], *ACTS["owner"], ("team", {"action": "leave"})], 404),
    ],
    ids=["viewer", "developer", "stranger"],
)
def test_who_is_not_in_the_team_finds_nothing_and_who_is_does_no_more_than_the_role_allows(
    owner: Any, role: str, acts: list[tuple[str, dict[str, str]]], status: int
) -> None:
    client = register(owner)
    browser = browser_of(join(client, role) if role else UserFactory())
    browser.get(f"{APPS}/new?kind=web")
    token = browser.cookies["csrftoken"].value
    before = state()
    for page, fields in acts:
        response = browser.post(url(client, page), {**fields, "csrfmiddlewaretoken": token})
        assert response.status_code == status, (page, fields)
    for page in PAGES:
        assert browser.get(url(client, page)).status_code == (200 if role else 404)
    assert browser.get(url(client, "delete")).status_code == status
    assert state() == before


def test_nothing_is_done_without_the_token_against_forgery(owner: Any) -> None:
    client = register(owner)
    browser = browser_of(owner)
    before = state()
    for page, fields in [*ACTS["developer"], *ACTS["owner"]]:
        response = browser.post(url(client, page), fields)
        assert response.status_code == 403
        assert "start again" in response.content.decode() or "out of date" in response.content.decode()
    assert browser.post(f"{APPS}/new", {"kind": "web", "name": "x"}).status_code == 403
    assert browser.post(APPS, {"action": "accept", "invitation": "1"}).status_code == 403
    assert state() == before


def test_a_suspended_app_is_changed_by_nobody(owner: Any) -> None:
    client = register(owner)
    browser = browser_of(owner)
    browser.get(f"{APPS}/new?kind=web")
    ClientPolicy.objects.update(status="suspended", suspended_from="approved")
    before = state()
    token = browser.cookies["csrftoken"].value
    for page, fields in [*ACTS["developer"], *ACTS["owner"]]:
        assert browser.post(url(client, page), {**fields, "csrfmiddlewaretoken": token}).status_code == 403
    assert state() == before
    assert "has suspended it" in browser.get(url(client)).content.decode()


def test_of_a_deletion_that_fails_nobody_is_told_that_it_happened(owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = register(owner)

    def fail(*_arguments: Any, **_options: Any) -> None:
        raise ProtectedError("a table of the project's own", set())

    monkeypatch.setattr(application_model(), "delete", fail)
    refused = send(browser_of(owner), url(client, "delete"), name="Photo Book")
    assert refused.status_code == 400
    assert "still needs it" in refused.content.decode()
    assert not AuditEvent.objects.filter(kind="client_deleted").exists()
