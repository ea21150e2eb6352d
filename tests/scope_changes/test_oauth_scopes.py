"""``manage.py oauth_scopes``: scopes in use are renamed, split, retired and extended, and given back."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from oauth_provider.dot.names import access_token_model
from oauth_provider.events.event import ScopeChanged
from oauth_provider.models import AuditEvent, Authorization, ClientPolicy, Consent, Resource, Scope, ScopePlan
from oauth_provider.models import ScopeRewrite as Rewrite
from oauth_provider.scope_changes import rewriting
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import Driver, query_of, signed_in
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 6749", "3.3")]

SCOPES = {
    "notes:read": "Read your notes",
    "notes:write": "Write your notes",
    "notes:edit": "Write your notes",
    "notes:add": "Add notes",
    "notes:delete": "Delete your notes",
    "photos:read": "See your photos",
}
RENAME = {"rename": [{"from": "notes:write", "to": "notes:edit"}]}
SPLIT = {"split": [{"from": "notes:write", "to": ["notes:add", "notes:delete"]}]}
RETIRE = {"retire": [{"scope": "notes:write"}]}
IMPLY = {"imply": [{"scope": "notes:write", "implies": "notes:add"}]}


@pytest.fixture(autouse=True)
def _scopes(settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": SCOPES}


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"scopes": ["notes:read", "notes:write", "notes:edit", "notes:add", "notes:delete"]})


@pytest.fixture
def command(tmp_path: Path) -> Any:
    """Run a subcommand, with a plan where one is given, and return what it prints."""

    def run(action: str, *arguments: str, document: Any = None) -> str:
        out = io.StringIO()
        file = tmp_path / "plan.json"
        file.write_text(json.dumps(document))
        call_command("oauth_scopes", action, *([str(file)] if document is not None else []), *arguments, stdout=out)
        return out.getvalue()

    return run


def rows() -> list[Any]:
    """Everything that names scopes."""
    models = (Authorization, access_token_model(), Consent, ClientPolicy, Resource, Scope)
    columns = {"scope", "scopes", "optional_scope", "entries", "shown_as", "name", "implies", "read_twin"}
    return [
        [{name: getattr(row, name) for name in columns if hasattr(row, name)} for row in model.objects.order_by("pk")]
        for model in models
    ]


@pytest.mark.parametrize(
    ("document", "expected", "asked_again"),
    [
        (RENAME, "notes:read notes:edit", False),
        (SPLIT, "notes:read notes:add notes:delete", True),
        (RETIRE, "notes:read", False),
        (IMPLY, "notes:read notes:write notes:add", True),
    ],
)
def test_whoever_has_access_keeps_it_and_undoing_gives_it_back(
    driver: Driver, command: Any, document: Any, expected: str, asked_again: bool
) -> None:
    tokens, before = driver.tokens(), rows()
    printed = command("apply", document=document)
    assert "authorizations: 1 rows" in printed
    assert verify(tokens["access_token"]).scopes == tuple(expected.split())
    page = driver.authorize(scope=expected)["Location"]
    assert page.startswith("/oauth/consent/") == asked_again
    if not asked_again:
        Authorization.objects.filter(redeemed_at=None).delete()
    command("undo", str(ScopePlan.objects.get().pk))
    assert rows() == before
    assert not Rewrite.objects.exists()
    assert driver.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read notes:write"


def test_a_refresh_after_the_change_names_the_new_scope(driver: Driver, command: Any) -> None:
    tokens = driver.tokens()
    command("apply", document=SPLIT)
    assert driver.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read notes:add notes:delete"


def test_clients_resources_and_scopes_of_the_database_follow(driver: Driver, command: Any) -> None:
    Resource.objects.create(identifier="https://a.example/", name="A", scopes=["notes:write", "photos:read"])
    Scope.objects.create(name="maps:write", words="Change maps", implies=["notes:write"], read_twin="notes:write")
    ClientPolicy.objects.update(optional_scope="notes:write")
    command("apply", document=RENAME)
    assert ClientPolicy.objects.get().optional_scope == "notes:edit"
    assert ClientPolicy.objects.get().scopes == ["notes:read", "notes:edit", "notes:add", "notes:delete"]
    assert Resource.objects.get().scopes == ["notes:edit", "photos:read"]
    assert (Scope.objects.get().implies, Scope.objects.get().read_twin) == (["notes:edit"], "notes:edit")


def test_what_was_left_out_stays_left_out_under_its_new_name(driver: Driver, command: Any) -> None:
    driver.tokens()
    entries = Consent.objects.get().entries
    entries["declined"] = {"notes:write": entries["scopes"].pop("notes:write")}
    Consent.objects.update(entries=entries)
    command("apply", document=RENAME)
    assert set(Consent.objects.get().agreed.declined) == {"notes:edit"}
    assert set(Consent.objects.get().agreed.scopes) == {"notes:read"}


def test_a_scope_of_the_database_becomes_one_that_is_there_already(command: Any) -> None:
    Scope.objects.create(name="maps:write", words="Change maps")
    document = {"rename": [{"from": "maps:write", "to": "maps:edit"}]}
    with ledger.unchanged(), pytest.raises(CommandError, match="maps:edit is not registered"):
        command("apply", document=document)
    Scope.objects.create(name="maps:edit", words="Change maps")
    assert "Done." in command("apply", document=document)


@pytest.mark.parametrize("document", [RENAME, SPLIT, IMPLY], ids=["rename", "split", "imply"])
def test_meanwhile_every_refresh_goes_on_wherever_it_stopped(driver: Driver, document: Any) -> None:
    # Neither the client nor any of two resources with the same scopes knows the new names by itself.
    ClientPolicy.objects.filter(application=driver.application).update(scopes=["notes:read", "notes:write"])
    for name in ("b", "a"):
        Resource.objects.create(identifier=f"https://{name}.example/", name=name, scopes=["notes:read", "notes:write"])
    refresh_token = driver.redeem(driver.code(resource="https://a.example/")).json()["refresh_token"]
    granted, seen = set(), []

    def refreshed(table: str, number: int) -> None:
        nonlocal refresh_token
        if table in seen[-1:]:
            return  # each refresh would add a row to be changed
        seen.append(table)
        answer = driver.refresh(refresh_token)
        assert answer.status_code == 200, (table, answer.json())
        refresh_token = answer.json()["refresh_token"]
        granted.add(answer.json()["scope"])

    plan = rewriting.begin(document)
    rewriting.apply(plan, size=1, progress=refreshed)
    rewriting.undo(plan, size=1, progress=refreshed)
    refreshed("", 0)
    assert len(granted) == 2


def test_the_plan_says_who_keeps_access_who_is_asked_again_and_what_breaks(driver: Driver, command: Any) -> None:
    driver.tokens()
    lone = signed_in(user=UserFactory(), policy={"scopes": None}, name="Photo Book")
    lone.redeem(lone.code(scope="notes:write"))
    with ledger.unchanged():
        (rename,) = json.loads(command("plan", "--json", document=RENAME))
        (split,) = json.loads(command("plan", "--json", document=SPLIT))
        (retire,) = json.loads(command("plan", "--json", document=RETIRE))
        printed = command("plan", document=RETIRE | {"imply": [{"scope": "notes:read", "implies": "notes:add"}]})
    assert (rename["sign_ins"], rename["access_tokens"], rename["consents"], rename["asked_again"]) == (2, 2, 2, 0)
    assert split["asked_again"] == 2
    assert retire["ended"] == 1
    assert f"Photo Book ({lone.application.client_id})" in rename["clients"]
    assert len(rename["clients"]) == 2
    assert "end at their next refresh, having nothing else: 1 sign-ins" in printed
    assert "asked again when the app next asks: 1 of 1" in printed


def test_other_words_ask_again(driver: Driver, command: Any, settings: Any) -> None:
    driver.tokens()
    other = SCOPES | {"notes:edit": "Change all your notes"}
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": other}
    (rename,) = json.loads(command("plan", "--json", document=RENAME))
    assert rename["asked_again"] == 1
    command("apply", document=RENAME)
    assert driver.authorize(scope="notes:edit")["Location"].startswith("/oauth/consent/")


def test_what_was_interrupted_goes_on_where_it_stopped(
    driver: Driver, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in UserFactory.create_batch(3):
        driver.sign_in(user)
        driver.tokens()
    before, lock, calls = rows(), rewriting.locked_rows, []

    def stop(queryset: Any, **how: Any) -> Any:
        calls.append(queryset.model)
        if calls.count(Authorization) > 2:
            raise KeyboardInterrupt
        return lock(queryset, **how)

    monkeypatch.setattr(rewriting, "locked_rows", stop)
    with pytest.raises(KeyboardInterrupt):
        command("apply", "--batch", "1", document=RENAME)
    monkeypatch.undo()
    assert sorted(Authorization.objects.values_list("scope", flat=True)).count("notes:read notes:edit") == 2
    assert "interrupted" in command("list")
    command("apply", "--batch", "2", document=RENAME)
    assert set(Authorization.objects.values_list("scope", flat=True)) == {"notes:read notes:edit"}
    assert ScopePlan.objects.count() == 1
    command("undo", str(ScopePlan.objects.get().pk), "--batch", "1")
    assert rows() == before
    assert "undone" in command("list")


def test_what_changed_since_is_left_as_it_is(driver: Driver, command: Any) -> None:
    driver.tokens()
    command("apply", document=RENAME)
    Authorization.objects.update(scope="notes:edit")
    printed = command("undo", str(ScopePlan.objects.get().pk))
    assert "1 rows have changed since" in printed
    assert Authorization.objects.get().scope == "notes:edit"


def test_sign_ins_that_have_ended_and_tokens_that_expired_are_left_alone(driver: Driver, command: Any) -> None:
    tokens = driver.tokens()
    driver.revoke(tokens["refresh_token"])
    command("apply", document=RENAME)
    assert Authorization.objects.get().scope == "notes:read notes:write"
    assert access_token_model().objects.get().scope == "notes:read notes:write"


def test_a_lost_answer_that_named_a_retired_scope_is_not_said_again(driver: Driver, command: Any) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    command("apply", document=RETIRE)
    assert driver.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_audit_tells_of_it(driver: Driver, command: Any) -> None:
    command("apply", document=RENAME)
    command("undo", str(ScopePlan.objects.get().pk))
    events = AuditEvent.objects.filter(kind=ScopeChanged.kind()).order_by("pk")
    assert [one.facts["step"] for one in events] == ["rename applied", "rename undone"]


def test_a_plan_that_is_finished_can_be_forgotten_and_then_not_undone(driver: Driver, command: Any) -> None:
    driver.tokens()
    command("apply", document=RENAME)
    number = str(ScopePlan.objects.get().pk)
    assert "forgotten" in command("forget", number)
    assert not Rewrite.objects.exists()
    with pytest.raises(CommandError, match="no plan"):
        command("undo", number)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"rename": []}, ""),
        ({"delete": []}, "no plan"),
        ({"rename": [{"from": "notes:write", "to": "notes:no"}]}, "not registered"),
        ({"imply": [{"scope": "notes:no", "implies": "notes:add"}]}, "not registered"),
        ({"rename": [{"from": "openid", "to": "notes:add"}]}, "OpenID Connect's own"),
        ({"imply": [{"scope": "notes:write", "implies": "openid"}]}, "never implied"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is(driver: Driver, command: Any, document: Any, told: str) -> None:
    before = rows()
    if told:
        for action in ("plan", "apply"):
            with pytest.raises(CommandError, match=told):
                command(action, document=document)
        assert not ScopePlan.objects.exists()
    assert rows() == before


def test_plans_are_written_in_toml_too_and_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text('[[rename]]\nfrom = "notes:write"\nto = "notes:edit"\n')
    call_command("oauth_scopes", "plan", str(file), stdout=io.StringIO())
    file.write_text("[[rename")
    for name in (file, tmp_path / "none.toml"):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("oauth_scopes", "plan", str(name))


def test_the_list_says_what_each_scope_is(command: Any, settings: Any) -> None:
    entry = {"title": "Edit", "risk": "changes", "implies": ["notes:read"], "grantable_by": "group:Editors"}
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"SCOPES": SCOPES | {"notes:edit": entry}}
    assert "notes:edit: Edit (changes, implies notes:read, granted by group:Editors)" in command("list")
    assert json.loads(command("list", "--json"))["plans"] == []


def test_a_code_that_is_on_its_way_is_redeemed_for_the_new_scope(driver: Driver, command: Any) -> None:
    code = query_of(driver.decide(driver.authorize()["Location"])["Location"])["code"]
    command("apply", document=RENAME)
    assert driver.redeem(code).json()["scope"] == "notes:read notes:edit"
