"""``manage.py oauth_client``: clients from the command line and in files; a secret is shown once (RFC 7591 §2)."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from oauth_provider.clients.lookup import find_client
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, Authorization, ClientPolicy, ClientSecret
from oauth_provider.protocol.token_string import CLIENT_SECRET, is_token
from tests import ledger
from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import CALLBACK, ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "2")]

CREATE = ("create", "--kind", "web", "--name", "Photo Book", "--redirect-uri", CALLBACK, "--scope", "openid notes:read")


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("oauth_client", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def as_json(*arguments: str) -> Any:
    return json.loads(run(*arguments))


def imported(tmp_path: Path, clients: Any, *arguments: str) -> Any:
    file = tmp_path / "clients.json"
    file.write_text(clients if isinstance(clients, str) else json.dumps(clients))
    return as_json("import", str(file), "--json", *arguments)


def test_a_client_is_made_and_its_secret_works_and_is_shown_once() -> None:
    made = as_json(*CREATE, "--json")
    assert is_token(made["client_secret"], CLIENT_SECRET)
    assert (made["kind"], made["status"], made["scope"]) == ("web", "approved", ["openid", "notes:read"])
    for command in ("list", "export"):
        assert made["client_secret"] not in run(command)
    shown = as_json("show", made["client_id"])
    assert shown == {name: value for name, value in made.items() if name != "client_secret"}
    assert ClientPolicy.objects.get().door == "command"
    service = as_json("create", "--kind", "service", "--name", "Sync", "--scope", "notes:read", "--json")
    application = find_client(service["client_id"]).application  # type: ignore[union-attr]  # there is one
    application.secret = service["client_secret"]
    assert Driver(application).token(grant_type="client_credentials", scope="notes:read").status_code == 200
    assert "client_secret" not in run(
        "create", "--kind", "native", "--name", "A", "--redirect-uri", "http://127.0.0.1/"
    )


def test_the_list_has_each_with_its_status() -> None:
    run(*CREATE)
    ApplicationFactory(name="Bad\x1b[31m", policy={"status": "suspended"})
    assert [(one["name"], one["kind"]) for one in as_json("list", "--json")] == [
        ("Bad\x1b[31m", "web"),
        ("Photo Book", "web"),
    ]
    assert [one["name"] for one in as_json("list", "--status", "approved", "--json")] == ["Photo Book"]
    assert "\x1b" not in run("list")


def test_a_secret_is_rotated_with_an_overlap_or_without() -> None:
    made = as_json(*CREATE, "--json")
    second = as_json("rotate-secret", made["client_id"], "--overlap", "60", "--json")["client_secret"]
    assert ClientSecret.objects.live().count() == 2
    third = as_json("rotate-secret", made["client_id"], "--json")["client_secret"]
    assert ClientSecret.objects.live().count() == 1
    assert len({made["client_secret"], second, third}) == 3


def test_a_client_is_suspended_and_goes_on_and_its_sign_ins_end() -> None:
    driver = signed_in(policy={"grant_types": ["authorization_code", "refresh_token", "client_credentials"]})
    tokens, client_id = driver.tokens(), driver.application.client_id
    own = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    assert "suspended" in run("suspend", client_id, "--note", "Spam")
    assert not ledger.is_good(tokens["access_token"])
    assert "approved" in run("resume", client_id)
    assert ledger.is_good(tokens["access_token"])
    with ledger.unchanged():
        assert "1 people" in run("revoke", client_id)
    run("revoke", client_id, "--yes")
    assert not ledger.is_good(tokens["access_token"])
    assert not ledger.is_good(own)
    assert not Authorization.objects.filter(revoked_at=None).exists()
    kinds = AuditEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert {"client_suspended", "client_resumed", "authorization_revoked"} <= set(kinds)


def test_what_is_exported_makes_the_same_clients_elsewhere_and_twice_the_same(tmp_path: Path) -> None:
    run(*CREATE)
    browser = ("--kind", "browser", "--name", "Page", "--redirect-uri", "https://spa.example/cb")
    run("create", *browser, "--scope", "notes:read")
    run("create", "--kind", "api", "--name", "API")
    ApplicationFactory(
        public=True,
        policy={"scopes": None, "access_token_lifetime": 60, "pkce_excused_until": None, "usable_by": "group:Staff"},
    )
    exported = as_json("export")
    before = {
        one.client_id: Metadata.of(one) for one in map(find_client, (row["client_id"] for row in exported)) if one
    }
    with ledger.unchanged():
        assert {one["done"] for one in imported(tmp_path, exported)} == {"unchanged"}
    application_model().objects.all().delete()
    done = imported(tmp_path, exported)
    assert {one["done"] for one in done} == {"created"}
    assert [is_token(one.get("client_secret", ""), CLIENT_SECRET) for one in done].count(True) == 2
    assert as_json("export") == exported
    after = {one.client_id: Metadata.of(one) for one in map(find_client, before) if one}
    assert after == before


def test_an_import_changes_what_differs_and_leaves_the_others(tmp_path: Path) -> None:
    run(*CREATE)
    other = ApplicationFactory(policy={})
    (one,) = as_json(
        "export", next(row["client_id"] for row in as_json("list", "--json") if row["name"] == "Photo Book")
    )
    one |= {"client_name": "Album", "access_token_lifetime": 60}
    with ledger.unchanged():
        (done,) = imported(tmp_path, [one], "--dry-run")
    assert done["done"] == "changed: access_token_lifetime, client_name"
    imported(tmp_path, [one])
    assert find_client(one["client_id"]).application.name == "Album"  # type: ignore[union-attr]  # there is one
    # A suspension ends by somebody's act, and by no file.
    run("suspend", one["client_id"])
    assert imported(tmp_path, [one])[0]["done"] == "unchanged"
    # What is left out has its default.
    del one["access_token_lifetime"]
    assert imported(tmp_path, [one])[0]["done"] == "changed: access_token_lifetime"
    assert application_model().objects.filter(pk=other.pk).exists()


@each(
    ("given", "words"),
    [
        ("{}", "list of JSON"),
        ("[", "list of JSON"),
        ([1], "object of JSON"),
        ([{"client_id": "a\x00"}], "client_id"),
        ([{"client_id": 7}], "client_id"),
        ([{"secret": "x"}], "secret"),
        ([{"client_name": ["A"]}], "client_name"),
        ([{"client_name": "A\x00"}], "client_name"),
        ([{"redirect_uris": [1]}], "redirect_uris"),
        ([{"is_public": "yes"}], "is_public"),
        ([{"access_token_lifetime": True}], "access_token_lifetime"),
        ([{"pkce_excused_until": "soon"}], "pkce_excused_until"),
        ([{"jwks": []}], "jwks"),
        ([{"kind": "webb"}], "kind"),
        ([{"kind": "web", "client_name": "A", "redirect_uris": ["javascript:x"], "scope": "openid"}], "redirect_uris"),
        ([{"kind": "api", "client_name": "Fine"}, {"kind": "web", "client_name": "A", "scope": "no:such"}], "scope"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing_and_names_what(tmp_path: Path, given: Any, words: str) -> None:
    with ledger.unchanged(), pytest.raises(CommandError, match=words):
        imported(tmp_path, given)


@each(
    "arguments",
    [
        ("show", "nobody"),
        ("suspend", "nobody\x1b"),
        ("export", "nobody"),
        ("import", "/no/such/file"),
        ("rotate-secret", "public"),
        ("rotate-secret", "kept", "--overlap", "-1"),
        ("resume", "kept"),
        ("create", "--kind", "web", "--name", "A", "--redirect-uri", "http://a.example/"),
        ("create", "--kind", "service", "--name", "A", "--scope", "no:such"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(arguments: tuple[str, ...]) -> None:
    ApplicationFactory(client_id="public", public=True)
    ApplicationFactory(client_id="kept")
    with ledger.unchanged(), pytest.raises(CommandError) as refused:
        run(*arguments)
    assert "\x1b" not in str(refused.value)
