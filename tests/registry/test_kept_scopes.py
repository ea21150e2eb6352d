"""Scopes of the database cost a statement a minute, and are never those of another tenant or of an undone change."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from oauth_provider.models import Scope
from oauth_provider.registry import kept_scopes as memory
from oauth_provider.registry.kept_scopes import KeptScope, kept_scopes
from oauth_provider.registry.scope import all_scopes, configured_scopes, permissions_of, risks_of
from tests import ledger, scopes
from tests.statements import cost

WORDS = "Share your notes"


def elsewhere(**columns: Any) -> None:
    """Add a scope as another process does: nobody here is told of it."""
    Scope.objects.bulk_create([Scope(**{"name": "notes:share", "words": WORDS, **columns})])


@pytest.mark.django_db(transaction=True)
def test_the_first_look_costs_one_statement_and_the_next_none() -> None:
    memory.forget()
    assert len(cost(kept_scopes)) == 1
    assert cost(kept_scopes) == []


@pytest.mark.django_db(transaction=True)
def test_another_process_is_heard_of_within_a_minute() -> None:
    elsewhere()
    assert "notes:share" not in all_scopes()
    with ledger.later(memory.REREAD + 1):
        assert all_scopes()["notes:share"] == WORDS


@pytest.mark.django_db(transaction=True)
def test_a_change_of_this_process_is_seen_at_once() -> None:
    scope = Scope.objects.create(name="notes:share", words=WORDS)
    assert all_scopes()["notes:share"] == WORDS
    scope.words = "Show your notes to others"
    scope.save()
    assert all_scopes()["notes:share"] == "Show your notes to others"
    scope.delete()
    assert "notes:share" not in all_scopes()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_was_never_there() -> None:
    with transaction.atomic():
        Scope.objects.create(name="notes:share", words=WORDS)
        assert "notes:share" in all_scopes()
        transaction.set_rollback(True)
    assert "notes:share" not in all_scopes()
    with transaction.atomic():
        assert "notes:share" not in all_scopes()


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_that_changed_nothing_memory_serves() -> None:
    with transaction.atomic():
        assert cost(kept_scopes) == []
        memory.forget()
        assert len(cost(kept_scopes)) == 1
        assert cost(kept_scopes) == []


@pytest.mark.django_db(transaction=True)
def test_a_committed_change_is_kept_again() -> None:
    with transaction.atomic():
        Scope.objects.create(name="notes:share", words=WORDS)
        assert len(cost(kept_scopes)) == 1
        assert len(cost(kept_scopes)) == 1
    assert "notes:share" in kept_scopes()
    assert cost(kept_scopes) == []


@pytest.mark.django_db(transaction=True)
def test_where_nobody_can_tell_whose_rows_they_are_each_look_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "tenant_of", lambda using: None)
    assert len(cost(kept_scopes)) == 1
    assert len(cost(kept_scopes)) == 1


@pytest.mark.django_db(transaction=True)
def test_each_tenant_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = "a"
    monkeypatch.setattr(memory, "tenant_of", lambda using: tenant)
    elsewhere()
    assert "notes:share" in kept_scopes()
    Scope.objects.all()._raw_delete("default")  # type: ignore[attr-defined] # Django's own, which tells nobody
    tenant = "b"
    assert "notes:share" not in kept_scopes()
    tenant = "a"
    assert "notes:share" in kept_scopes()


def test_tenants_that_pass_by_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_read", lambda using: {})
    monkeypatch.setattr(memory, "MAX_TENANTS", 3)
    for number in range(10):
        monkeypatch.setattr(memory, "tenant_of", lambda using, number=number: number)
        kept_scopes()
    assert len(memory._kept) <= 3


@pytest.mark.django_db(transaction=True)
def test_an_outage_of_a_minute_is_none_of_ours(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    Scope.objects.create(name="notes:share", words=WORDS)
    assert "notes:share" in kept_scopes()

    def fail(using: str) -> Any:
        raise DatabaseError("gone")

    monkeypatch.setattr(memory, "_read", fail)
    with ledger.later(memory.REREAD + 1):
        assert "notes:share" in kept_scopes()
        assert "Those of before are used" in caplog.text
        caplog.clear()
        assert "notes:share" in kept_scopes()
        assert not caplog.text  # it is asked again in a minute, not at each request
    memory.forget()
    with pytest.raises(DatabaseError):
        kept_scopes()


@pytest.mark.django_db
def test_those_of_the_settings_come_first_and_the_database_has_the_last_word() -> None:
    Scope.objects.create(name="notes:write", words="Write, share and delete your notes", risk="deletes")
    Scope.objects.create(name="aaa", words="Something else")
    registry = all_scopes()
    assert list(registry) == [*configured_scopes(), "aaa"]
    assert registry["notes:write"] == "Write, share and delete your notes"
    assert configured_scopes()["notes:write"] == "Write and delete your notes"
    assert kept_scopes()["aaa"] == KeptScope("Something else")


@pytest.mark.django_db
def test_reading_is_no_risk_and_what_is_unknown_has_none() -> None:
    for name, risk in {"a": "reads", "b": "changes", "c": "deletes", "d": "costs", "e": ""}.items():
        Scope.objects.create(name=name, words=name.upper(), risk=risk)
    assert risks_of("abcdef") == {"b": "changes", "c": "deletes", "d": "costs"}
    assert [(str(one), one.warning) for one in permissions_of("acf")] == [
        ("A", ""),
        ("C", "can delete things"),
        ("f", ""),
    ]


@pytest.mark.django_db
def test_checks_and_dots_decorators_ask_no_database() -> None:
    from oauth_provider.bridge.scopes import RegistryScopes
    from oauth_provider.checks.configuration import check_claims, check_scopes
    from oauth_provider.checks.resources import check_resources

    memory.forget()
    with CaptureQueriesContext(connection) as captured:
        RegistryScopes().get_all_scopes()
        RegistryScopes().get_available_scopes()
        for check in (check_claims, check_scopes, check_resources):
            check(None)
    assert len(captured) == 0


def test_the_suite_begins_each_test_without_scopes_of_the_database() -> None:
    scopes.remember_none()
    assert kept_scopes() == {}
