"""Initial access tokens (RFC 7591 §3): who has one may register, so often, until then, and with its scopes."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, DynamicRegistration, InitialAccessToken
from oauth_provider.protocol.token_string import INITIAL_ACCESS_TOKEN, is_token, make_token
from tests import ledger
from tests.each import each
from tests.registrar import Registrar, open_door

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "3")]


@pytest.fixture
def guarded(settings: Any) -> Registrar:
    """A program at a door that wants a token."""
    cache.clear()
    open_door(settings, NEEDS_TOKEN=True, PER_ADDRESS="1/hour")
    return Registrar()


def refused(response: Any) -> None:
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")
    assert response["WWW-Authenticate"].startswith("Bearer ")


def test_without_a_good_token_nobody_comes_in(guarded: Registrar) -> None:
    with ledger.unchanged():
        for token in ("", "x", make_token(INITIAL_ACCESS_TOKEN), make_token("oat_"), make_token("ocr_")):
            refused(guarded.post(token=token))


def test_a_token_is_good_for_so_many_clients_whatever_their_address(guarded: Registrar) -> None:
    row, token = InitialAccessToken.objects.create_token(uses=2, label="CI")
    with ledger.unchanged():  # what is refused costs nothing
        assert guarded.post(token=token, redirect_uris=[]).status_code == 400
    assert [guarded.post(token=token).status_code for _ in range(3)] == [201, 201, 401]
    row.refresh_from_db()
    assert (row.used, row.last_used_at is None) == (2, False)
    assert set(DynamicRegistration.objects.values_list("initial_access_token", flat=True)) == {row.pk}
    assert token not in ledger.text()


def test_a_token_ends(guarded: Registrar) -> None:
    _row, token = InitialAccessToken.objects.create_token(lifetime=60)
    with ledger.later(61):
        refused(guarded.post(token=token))
    assert guarded.post(token=token).status_code == 201


def test_a_token_that_is_revoked_lets_nobody_in_and_its_clients_go_on(guarded: Registrar) -> None:
    row, token = InitialAccessToken.objects.create_token()
    made = guarded.made(token=token)
    InitialAccessToken.objects.revoke(row)
    refused(guarded.post(token=token))
    assert guarded.manage("GET", made).status_code == 200


def test_a_bad_token_is_refused_at_an_open_door_too(registrar: Registrar) -> None:
    refused(registrar.post(token=make_token(INITIAL_ACCESS_TOKEN)))


def test_a_token_narrows_the_scopes_and_no_update_widens_them(guarded: Registrar) -> None:
    _row, token = InitialAccessToken.objects.create_token(scopes=["notes:read"])
    made = guarded.made(token=token, scope="notes:read notes:write")
    assert made["scope"] == "notes:read"
    assert guarded.put(made, scope="notes:read notes:write").json()["scope"] == "notes:read"
    assert guarded.made(token=token, scope=None)["scope"] == "notes:read"


def test_the_command_makes_lists_and_revokes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("oauth_initial_token", "create", "--label", "CI", "--uses", "3", "--days", "7", "--scope", "openid")
    token = capsys.readouterr().out.strip()
    assert is_token(token, INITIAL_ACCESS_TOKEN)
    call_command("oauth_initial_token", "list", "--json")
    out = capsys.readouterr().out
    (listed,) = json.loads(out)
    assert token not in out
    assert (listed["label"], listed["uses"], listed["scopes"], listed["is_good"]) == ("CI", 3, ["openid"], True)
    call_command("oauth_initial_token", "revoke", str(listed["number"]))
    call_command("oauth_initial_token", "list")
    assert "no longer good" in capsys.readouterr().out
    kinds = AuditEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["initial_token_made", "initial_token_revoked"]


@each(
    "arguments",
    [
        ("create", "--uses", "0"),
        ("create", "--days", "0"),
        ("create", "--days", "99999"),
        ("create", "--scope", "no:such"),
        ("create", "--label", "x" * 65),
        ("revoke", "7"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("oauth_initial_token", *arguments)
    assert not InitialAccessToken.objects.exists()
    assert not application_model().objects.exists()
