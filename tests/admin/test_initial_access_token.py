"""Initial access tokens in the admin (RFC 7591 §3): shown once, never changed, ended by whoever may."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from oauth_provider.models import AuditEvent, InitialAccessToken
from oauth_provider.protocol.digest import digest
from tests import ledger
from tests.admin.operators import operator, url

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "3")]


def filled(**changes: Any) -> dict[str, Any]:
    """The form, filled in."""
    return {"label": "CI", "max_uses": "3", "seconds": "2592000", "scopes": ["notes:read"]} | changes


def test_a_token_is_shown_once_and_kept_as_its_digest() -> None:
    browser = operator()
    response = browser.post(url(InitialAccessToken, "add"), filled())
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    row, token = InitialAccessToken.objects.get(), response.context["token"]
    assert token in response.content.decode()
    assert (row.digest, row.label, row.max_uses, row.scopes) == (digest(token), "CI", 3, ["notes:read"])
    assert row.expires_at is not None
    for page in (url(InitialAccessToken, "changelist"), url(InitialAccessToken, "change", row.pk)):
        assert token not in browser.get(page).content.decode()
    assert token not in ledger.text() + "".join(map(str, LogEntry.objects.values_list("object_repr", "change_message")))
    assert AuditEvent.objects.get(kind="initial_token_made").actor == str(browser.operator.pk)


def test_a_token_without_limits_says_none() -> None:
    operator().post(url(InitialAccessToken, "add"), filled(max_uses="", seconds="0", scopes=[]))
    row = InitialAccessToken.objects.get()
    assert (row.max_uses, row.expires_at, row.scopes) == (None, None, None)


@pytest.mark.parametrize("wrong", [{"max_uses": "0"}, {"seconds": "7"}, {"scopes": ["no:such"]}, {"label": "x" * 65}])
def test_what_makes_no_sense_makes_no_token(wrong: dict[str, Any]) -> None:
    assert "token" not in (operator().post(url(InitialAccessToken, "add"), filled(**wrong)).context or {})
    assert not InitialAccessToken.objects.exists()


def test_an_operator_ends_a_token_and_who_may_only_look_does_not() -> None:
    row, token = InitialAccessToken.objects.create_token()
    act = {"action": "revoke", "_selected_action": [row.pk]}
    operator("oauth_provider.view_initialaccesstoken").post(url(InitialAccessToken, "changelist"), act)
    assert InitialAccessToken.objects.find(token) is not None
    operator().post(url(InitialAccessToken, "changelist"), act)
    assert InitialAccessToken.objects.find(token) is None
    assert AuditEvent.objects.filter(kind="initial_token_revoked").count() == 1
