"""``each``: every case runs on what the fixtures left, whatever the others did, and those that fail are named."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, transaction

from tests.driver import Driver, signed_in
from tests.each import each
from tests.factories import UserFactory

User = get_user_model()


@pytest.fixture
def driver(db: None) -> Driver:
    return signed_in()


def test_cases_that_stand_above_one_another_are_multiplied() -> None:
    seen: list[Any] = []

    @each("first", ["a", "b"])
    @each(("second", "third"), [(1, 2), (3, 4)])
    def note(first: str, second: int, third: int) -> None:
        seen.append((first, second, third))

    note()
    assert seen == [("a", 1, 2), ("a", 3, 4), ("b", 1, 2), ("b", 3, 4)]


@pytest.mark.parametrize(
    ("ids", "names"), [(None, ["1", "3"]), (["one", "two", "three"], ["one", "three"]), (hex, ["0x1", "0x3"])]
)
def test_all_cases_run_and_those_that_fail_are_named(ids: Any, names: list[str]) -> None:
    @each("number", [1, 2, 3], ids=ids)
    def is_even(number: int) -> None:
        assert number % 2 == 0

    with pytest.raises(BaseExceptionGroup, match="2 of 3 cases fail") as failed:
        is_even()
    notes = [note for error in failed.value.exceptions for note in error.__notes__]
    assert notes == [f"The case is [{name}]." for name in names]


def test_a_single_failure_is_what_was_raised() -> None:
    @each("number", [0, 2])
    def divides(number: int) -> None:
        assert 1 / number

    with pytest.raises(ZeroDivisionError) as failed:
        divides()
    assert failed.value.__notes__ == ["The case is [0]."]


@each("name", ["one", "two"])
def test_a_case_finds_no_trace_of_another(
    driver: Driver, settings: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert (User.objects.count(), len(driver.browser.cookies), driver.scope) == (1, 1, "notes:read notes:write")
    assert (django_settings.APPEND_SLASH, settings.APPEND_SLASH) == (django_settings._wrapped.APPEND_SLASH,) * 2
    assert not hasattr(User, "added")
    assert (mail.outbox, cache.get("added")) == ([], None)
    assert driver.application.name != "changed"
    UserFactory()
    driver.browser.cookies["added"] = name
    driver.scope = driver.application.name = "changed"
    settings.APPEND_SLASH = name
    monkeypatch.setattr(User, "added", name, raising=False)
    mail.send_mail("added", "", None, ["ann@example.com"])
    cache.set("added", name)


@each("name", ["one", "two"])
def test_a_database_that_has_refused_is_asked_again_by_the_next(driver: Driver, name: str) -> None:
    user = User.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=user.username)
    with pytest.raises(IntegrityError):
        User.objects.create(username=user.username)


@pytest.mark.django_db
def test_what_waits_for_a_commit_waits_no_longer_than_its_case(django_capture_on_commit_callbacks: Any) -> None:
    told = []

    @each("name", ["one", "two"])
    def wait(name: str) -> None:
        transaction.on_commit(lambda: told.append(name))

    with django_capture_on_commit_callbacks(execute=True):
        wait()
    assert told == []


@pytest.mark.django_db
def test_constraints_are_checked_for_each_case() -> None:
    @each("number", [1, 2])
    def break_one(number: int) -> None:
        from django.contrib.admin.models import LogEntry

        LogEntry.objects.create(user_id=-number, action_flag=1)

    with pytest.raises(BaseExceptionGroup) as failed:
        break_one()
    assert [type(error) for error in failed.value.exceptions] == [IntegrityError, IntegrityError]
