"""``oauth_quickstart`` by its options: a client of each kind (RFC 7591 §2), and what is said of it."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.dot.names import application_model
from oauth_provider.models import AuditEvent, ClientSecret
from oauth_provider.models.client import as_client
from oauth_provider.protocol import pkce
from oauth_provider.quickstart import report
from tests import ledger
from tests.each import each
from tests.quickstart.conftest import quickstart, text_of

pytestmark = [pytest.mark.usefixtures("user"), pytest.mark.spec("RFC 7591", "3.2.1")]

ISSUER = "https://auth.example.com"
MEMBERS = {"ok", "problems", "refused", "kind", "client", "resource", "server", "request", "examples", "admin_url"}
CODE_KINDS = [kind.name for kind in KINDS.values() if "authorization_code" in kind.grant_types]
WITH_PROGRAM = {"web": "client.py", "browser": "auth.ts", "mcp": "mcp_server.py"}


@each("kind", KINDS)
def test_each_kind_is_made_as_the_table_of_kinds_says(kind: str) -> None:
    said = quickstart("--kind", kind, "--json")
    row = application_model().objects.get()
    given = {"client_name": f"Quickstart {kind}", "scope": tuple(said.json["client"]["scope"].split())}
    uris = tuple(filter(None, [KINDS[kind].usual_redirect_uri]))
    assert Metadata.of(as_client(row)) == Metadata.of_kind(KINDS[kind], redirect_uris=uris, **given)
    assert (said.json["kind"], said.json["client"]["client_id"]) == (kind, row.client_id)
    assert ClientSecret.objects.count() == (not KINDS[kind].is_public)


@each("kind", KINDS)
def test_json_has_the_same_members_for_every_kind_with_the_names_of_the_specifications(kind: str) -> None:
    said = quickstart("--kind", kind, "--json").json
    assert set(said) == MEMBERS
    client = said["client"]
    always = {"client_id", "client_name", "redirect_uris", "grant_types", "response_types", "scope"}
    secret = set() if KINDS[kind].is_public else {"client_secret"}
    assert set(client) == always | {"token_endpoint_auth_method"} | secret
    assert client["token_endpoint_auth_method"] == ("none" if KINDS[kind].is_public else "client_secret_basic")
    assert said["server"]["issuer"] == ISSUER
    assert said["server"]["metadata_url"] == f"{ISSUER}/.well-known/openid-configuration"
    assert said["server"]["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert said["admin_url"].startswith(f"{ISSUER}/admin/oauth2_provider/application/")
    for example in said["examples"]:
        assert set(example) == {"title", "language", "file", "text"}
        assert all(example[member] for member in ("title", "language", "text"))


@each("kind", KINDS)
def test_what_a_person_reads_has_the_secret_once_in_its_table_and_every_example(kind: str) -> None:
    said = quickstart("--kind", kind, "--no-input")
    assert (said.error, said.err) == ("", "")
    row = application_model().objects.get()
    for text in (row.client_id, ISSUER, f"/admin/oauth2_provider/application/{row.pk}/change/", KINDS[kind].name):
        assert text in said.out
    assert ("shown this once" in said.out) == (not KINDS[kind].is_public)


@pytest.mark.spec("RFC 7636", "4.3")
@each("kind", CODE_KINDS)
def test_the_request_has_a_challenge_that_its_verifier_meets(kind: str) -> None:
    requests = [quickstart("--kind", kind, "--json").json["request"] for _ in range(2)]
    assert requests[0]["code_verifier"] != requests[1]["code_verifier"]
    assert requests[0]["state"] != requests[1]["state"]
    query = {name: value for name, (value,) in parse_qs(urlsplit(requests[0]["authorization_url"]).query).items()}
    pkce.check_code_challenge(query["code_challenge"], query["code_challenge_method"])
    pkce.check_code_verifier(requests[0]["code_verifier"], query["code_challenge"])
    assert (query["state"], query["redirect_uri"]) == (requests[0]["state"], requests[0]["redirect_uri"])


def test_options_say_what_is_made() -> None:
    uris = ["https://a.example/cb", "https://b.example/cb"]
    given = ["--name", "Photo Book", *(part for uri in uris for part in ("--redirect-uri", uri))]
    said = quickstart("--kind", "web", *given, "--scope", "notes:read openid", "--scope", "notes:write", "--json").json
    assert said["client"]["redirect_uris"] == uris
    assert said["client"]["scope"] == "notes:read openid notes:write"
    row = application_model().objects.get()
    assert (row.name, row.redirect_uris) == ("Photo Book", " ".join(uris))


def test_the_scopes_of_another_resource_are_left_out(settings: Any) -> None:
    resources = {
        "https://api.example.com/notes": {"name": "Notes", "scopes": ["notes:read", "notes:write"]},
        "https://api.example.com/photos": {"name": "Photos", "scopes": ["photos:read"]},
    }
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "RESOURCES": resources}
    said = quickstart("--kind", "service", "--resource", "https://api.example.com/notes", "--json")
    assert said.json["client"]["scope"] == "notes:read notes:write"
    assert "resource=https://api.example.com/notes" in text_of(said, "sh", "ANSWER")
    assert said.json["problems"] == []


def test_an_api_that_is_named_is_what_the_commands_and_programs_call() -> None:
    for kind in ("web", "service"):
        said = quickstart("--kind", kind, "--api", "https://api.example.com/notes?page=[1]", "--json")
        command = text_of(said, "sh", "ANSWER")
        assert command.splitlines()[-1].strip() == "-g 'https://api.example.com/notes?page=[1]'"
        assert "hello" not in said.out
        if kind == "web":
            assert 'provider.get("https://api.example.com/notes?page=[1]", token=tokens)' in text_of(said, "py")


def test_appauth_is_configured_where_the_app_has_an_address_of_its_own(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {"ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http", "com.example.app"]}
    said = quickstart("--kind", "native", "--redirect-uri", "com.example.app:/callback", "--json")
    for language in ("kt", "swift"):
        assert '"com.example.app:/callback"' in text_of(said, language)
        assert f'"{ISSUER}/.well-known/openid-configuration"' in text_of(said, language)
    on_desktop = quickstart("--kind", "native", "--json")
    assert {one["language"] for one in on_desktop.json["examples"]} == {"url", "sh"}
    assert "com.example.app:/callback" in text_of(on_desktop, "sh", "oauth_quickstart")


@pytest.mark.parametrize(("kind", "name"), WITH_PROGRAM.items())
def test_a_program_is_saved_for_its_owner_alone(tmp_path: Path, kind: str, name: str) -> None:
    file = tmp_path / "program"
    said = quickstart("--kind", kind, "--write", str(file), "--json")
    (program,) = [one for one in said.json["examples"] if one["file"]]
    assert (program["file"], program["text"]) == (name, file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    again = tmp_path / "again"
    assert f"The program is saved in {again}" in quickstart("--kind", kind, "--write", str(again), "--no-input").out


def test_making_a_client_is_audited_and_its_secret_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = quickstart("--kind", "web", "--json").json
    secret, verifier = said["client"]["client_secret"], said["request"]["code_verifier"]
    assert "was registered through quickstart" in caplog.text
    assert secret not in caplog.text
    assert verifier not in caplog.text
    assert list(AuditEvent.objects.values_list("kind", flat=True)) == ["client_registered", "secret_made"]
    assert ClientSecret.objects.get().label == "oauth_quickstart"


def test_nothing_is_left_of_a_client_whose_report_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(report, "examples", fail)
    file = tmp_path / "client.py"
    with ledger.unchanged(), pytest.raises(RuntimeError):
        quickstart("--kind", "web", "--write", str(file))
    assert not file.exists()
