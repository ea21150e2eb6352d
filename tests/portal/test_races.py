"""Races in the portal: whatever two do at once, an app has an owner, and a form makes one app."""

import re
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.db import connection

from oauth_provider.clients import team
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientMember, ClientSecret
from tests.factories import CALLBACK, UserFactory
from tests.portal.team import APPS, browser_of, join, open_portal, register
from tests.threads import together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: make test-postgres"),
]


@pytest.fixture
def owner(settings: Any) -> Any:
    """Somebody who develops, where the portal is open."""
    open_portal(settings)
    return UserFactory()


def test_two_owners_that_leave_at_once_do_not_both(owner: Any) -> None:
    for _ in range(5):
        client = register(owner)
        join(client, "owner")
        members = list(ClientMember.objects.filter(application=client.application))

        def leave(member: ClientMember) -> bool:
            try:
                team.remove(member.application, member.pk, by=team.NOBODY, step=team.LEFT)
            except team.TeamRefused:
                return False
            return True

        assert sorted(together(*[partial(leave, member) for member in members])) == [False, True]
        assert ClientMember.objects.get(application=client.application).role == "owner"


def test_a_form_that_is_sent_by_several_clicks_makes_one_app_with_one_secret(owner: Any) -> None:
    browser = browser_of(owner)
    html = browser.get(f"{APPS}/new?kind=web").content.decode()
    hidden = {
        name: unescape(re.search(rf'name="{name}" value="([^"]*)"', html)[1])  # type: ignore[index]  # it is there
        for name in ("draft", "csrfmiddlewaretoken")
    }
    form = {"kind": "web", "name": "Photo Book", "redirect_uris": CALLBACK, "scopes": ["openid"], **hidden}

    def click() -> int:
        other = browser_of(owner)
        other.cookies = browser.cookies
        return int(other.post(f"{APPS}/new", form).status_code)

    assert sorted(together(*[click] * 4)) == [200, 303, 303, 303]
    assert (application_model().objects.count(), ClientSecret.objects.count()) == (1, 1)
