"""Teams of apps: invitations that must be accepted, roles, and an owner at all times (RFC 6749 §2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauth_provider.clients import team
from oauth_provider.models import AuditEvent, ClientInvitation, ClientMember, ClientPolicy
from tests.each import each
from tests.factories import UserFactory
from tests.portal.team import APPS, browser_of, join, open_portal, problem, register, send, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(settings: Any) -> Any:
    """Somebody who develops, where the portal is open."""
    open_portal(settings)
    return UserFactory(username="owner", email="owner@example.com")


def roles(client: Any) -> dict[str, str]:
    """Each member's role."""
    rows = ClientMember.objects.filter(application=client.application).select_related("user")
    return {row.user.username: row.role for row in rows}


@each("name", ["friend", "friend@example.com", "FRIEND@example.com"])
def test_whoever_is_invited_is_in_the_team_once_they_say_yes(owner: Any, name: str) -> None:
    friend, client = UserFactory(username="friend", email="friend@example.com"), register(owner)
    sent = send(browser_of(owner), url(client, "team"), action="invite", name=name, role="developer")
    assert sent["Location"].endswith("?done=invited"), problem(sent)
    assert roles(client) == {"owner": "owner"}
    browser = browser_of(friend)
    assert browser.get(url(client)).status_code == 404
    invitation = ClientInvitation.objects.get().pk
    stranger = browser_of(UserFactory())
    assert "Photo Book" not in stranger.get(APPS).content.decode()
    stranger.get(f"{APPS}/new?kind=web")
    theirs = stranger.post(
        APPS,
        {"action": "accept", "invitation": invitation, "csrfmiddlewaretoken": stranger.cookies["csrftoken"].value},
    )
    assert theirs.status_code == 400
    assert "Photo Book" in browser.get(APPS).content.decode()
    assert send(browser, APPS, action="accept", invitation=str(invitation)).status_code == 303
    assert roles(client) == {"owner": "owner", "friend": "developer"}
    assert browser.get(url(client)).status_code == 200
    assert ClientInvitation.objects.count() == 0
    steps = AuditEvent.objects.filter(kind="team_changed").order_by("pk")
    assert [(row.facts["step"], row.user, row.actor) for row in steps] == [
        ("invited", str(friend.pk), str(owner.pk)),
        ("joined", str(friend.pk), str(friend.pk)),
    ]


def test_an_invitation_does_not_tell_whether_somebody_has_an_account(owner: Any) -> None:
    UserFactory(username="friend")
    UserFactory(username="gone", is_active=False)
    for number in range(2):
        UserFactory(username=f"twin{number}", email="twin@example.com")
    client, browser = register(owner), browser_of(owner)
    pages = set()
    for name in ("friend", "nobody", "gone", "twin@example.com"):
        send(browser, url(client, "team"), action="invite", name=name, role="viewer")
        html = browser.get(url(client, "team")).content.decode()
        assert name in html
        pages.add(html.count("Invited as viewer"))
    assert pages == {1, 2, 3, 4}
    assert [row.name for row in ClientInvitation.objects.exclude(user=None)] == ["friend"]
    # Whoever takes the name later is not the one who was meant.
    late = UserFactory(username="nobody")
    assert "Invitations" not in browser_of(late).get(APPS).content.decode()


@each(
    ("fields", "told"),
    [
        ({"name": "", "role": "viewer"}, "Give a user name"),
        ({"name": "friend\x00", "role": "viewer"}, "Give a user name"),
        ({"name": "x" * 300, "role": "viewer"}, "Give a user name"),
        ({"name": "friend", "role": "god"}, "Give a user name"),
        ({"name": "owner", "role": "viewer"}, "in the team already"),
    ],
    ids=str,
)
def test_an_invitation_that_cannot_be_is_refused(owner: Any, fields: dict[str, str], told: str) -> None:
    client = register(owner)
    assert told in problem(send(browser_of(owner), url(client, "team"), action="invite", **fields))
    assert ClientInvitation.objects.count() == 0


def test_invitations_end_and_are_not_without_number(owner: Any) -> None:
    friend, client = UserFactory(username="friend"), register(owner)
    browser = browser_of(owner)
    for number in range(team.MAX_INVITATIONS):
        team.invite(client.application, f"nobody{number}", "viewer", by=team.NOBODY)
    assert "Too many invitations" in problem(
        send(browser, url(client, "team"), action="invite", name="friend", role="viewer")
    )
    first = ClientInvitation.objects.order_by("pk").first()
    assert first is not None
    send(browser, url(client, "team"), action="take_back", invitation=str(first.pk))
    send(browser, url(client, "team"), action="invite", name="friend", role="viewer")
    late = ClientInvitation.objects.filter(user=friend)
    late.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(team.TeamRefused):
        team.accept(late.get().pk, friend, by=team.NOBODY)
    assert roles(client) == {"owner": "owner"}


def test_an_app_keeps_an_owner_whatever_is_tried(owner: Any) -> None:
    client, browser = register(owner), browser_of(owner)
    mine = ClientMember.objects.get()
    for fields in (
        {"action": "leave"},
        {"action": "remove", "member": str(mine.pk)},
        {"action": "role", "member": str(mine.pk), "role": "viewer"},
        {"action": "transfer", "member": str(mine.pk)},
        {"action": "transfer", "member": "999"},
        {"action": "role", "member": str(mine.pk), "role": "god"},
        {"action": "remove", "member": "9" * 40},
        {"action": "nonsense"},
    ):
        assert send(browser, url(client, "team"), **fields).status_code == 400, fields
    others = register(UserFactory(username="other"))
    theirs = ClientMember.objects.get(application=others.application)
    assert send(browser, url(client, "team"), action="remove", member=str(theirs.pk)).status_code == 400
    assert roles(client) == {"owner": "owner"}
    assert roles(others) == {"other": "owner"}


def test_an_owner_hands_the_app_over_and_may_leave_then(owner: Any) -> None:
    client, browser = register(owner), browser_of(owner)
    friend = join(client, "viewer", UserFactory(username="friend"))
    member = ClientMember.objects.get(user=friend)
    send(browser, url(client, "team"), action="transfer", member=str(member.pk))
    assert roles(client) == {"owner": "developer", "friend": "owner"}
    assert send(browser, url(client, "team"), action="leave")["Location"].endswith("?done=left")
    assert roles(client) == {"friend": "owner"}
    assert browser.get(url(client)).status_code == 404


def test_an_app_whose_owner_is_gone_is_given_to_its_oldest_developer_and_never_to_a_viewer(owner: Any) -> None:
    client, looked_at = register(owner), register(owner, client_name="Diary")
    join(client, "viewer", UserFactory(username="viewer"))
    for name in ("second", "third"):
        join(client, "developer", UserFactory(username=name))
    join(looked_at, "viewer", UserFactory(username="another"))
    assert team.give_to_developers() == 0
    owner.delete()
    assert team.give_to_developers() == 1
    assert roles(client) == {"viewer": "viewer", "second": "owner", "third": "developer"}
    assert roles(looked_at) == {"another": "viewer"}
    # An operator's own client needs no owner.
    ClientMember.objects.filter(role="owner").update(role="developer")
    ClientPolicy.objects.update(door="admin")
    assert team.give_to_developers() == 0
    assert AuditEvent.objects.filter(kind="team_changed").latest("pk").actor == ""
