"""Remembered access tokens (RFC 7009 §2): never one after a revocation was committed, by whichever process."""

import os
import signal
import threading
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from oauth_provider.models import Authorization
from oauth_provider.resource_server.options.denylist import DenylistOptions
from oauth_provider.tokens import denylist, verification_cache
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.verification_cache import verification_cache as cache
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import Driver
from tests.tokens.verification_cache.verifying import Clock, deactivate, is_refused, is_remembered

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "2")]


def test_in_a_transaction_nothing_is_remembered(driver: Driver) -> None:
    """It may see what is never committed: here a user who is active for a moment."""
    token = driver.tokens()["access_token"]
    get_user_model().objects.update(is_active=False)
    with transaction.atomic():
        get_user_model().objects.update(is_active=True)
        verify(token)
        transaction.set_rollback(True)
    assert is_refused(token)


def test_a_transaction_that_revokes_sees_it_itself(driver: Driver, token: str) -> None:
    with transaction.atomic():
        revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)
        assert is_refused(token)
        transaction.set_rollback(True)
    assert ledger.is_good(token)


def test_while_it_may_still_be_committed_nothing_is_kept_and_after_a_rollback_nothing_for_a_while(
    driver: Driver, token: str, clock: Clock, settings: Any
) -> None:
    with transaction.atomic():
        deactivate(driver)
        transaction.set_rollback(True)
    assert [is_remembered(token) for _ in range(3)] == [False] * 3
    clock.now += verification_cache.LONGEST_TRANSACTION + 1
    assert [is_remembered(token) for _ in range(2)] == [False, True]


def test_a_read_that_began_before_a_revocation_is_not_kept(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row comes from the database, then the revocation is committed, then the row would be remembered."""
    token = driver.tokens()["access_token"]
    keep = verification_cache.VerificationCache._keep

    def late(self: Any, *args: Any) -> None:
        monkeypatch.setattr(verification_cache.VerificationCache, "_keep", keep)
        revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)
        keep(self, *args)

    monkeypatch.setattr(verification_cache.VerificationCache, "_keep", late)
    verify(token)  # it was good when it was asked for
    assert is_refused(token)


def test_two_that_change_the_same_thing_hold_it_until_both_are_done() -> None:
    memory, name = verification_cache.VerificationCache(), ("user", 1)
    row: list[Any] = ["row"]

    def found() -> int:
        reads: list[int] = []
        memory.find("x", lambda: reads.append(1) or row, lambda row: [name], using="default")  # type: ignore[func-returns-value]
        return len(reads)

    assert [found(), found()] == [1, 0]
    memory.hold([name])
    memory.hold([name])
    memory.release([name], using="default")
    assert [found(), found()] == [1, 1]
    memory.release([name], using="default")
    assert [found(), found()] == [1, 0]


def test_more_changes_than_it_can_mark_void_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification_cache, "REMEMBERED", 3)
    memory = verification_cache.VerificationCache()

    def found() -> int:
        reads: list[int] = []
        memory.find("x", lambda: reads.append(1) or ["row"], lambda row: [("user", 0)], using="default")  # type: ignore[func-returns-value]
        return len(reads)

    assert [found(), found()] == [1, 0]
    for number in range(1, 6):
        with memory.changing([("user", number)], using="default"):
            pass
    assert len(memory._marks) <= 3
    assert memory._held == {}
    assert [found(), found()] == [1, 0]


def test_holds_that_were_rolled_back_do_not_pile_up(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(verification_cache, "REMEMBERED", 3)
    memory = verification_cache.VerificationCache()
    for number in range(10):
        memory.hold([("user", number)])
    clock.now += verification_cache.LONGEST_TRANSACTION + 1
    memory.release([("user", 0)], using="default")
    assert memory._held == {}


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_remembers_nothing_and_waits_for_nobody(token: str) -> None:
    """Whoever held a lock at that moment is not there any more."""
    reading, writing = os.pipe()
    publisher = denylist._publisher(
        DenylistOptions(transport="tests.resource_server.denylist.transports.FakeTransport")
    )
    with cache._lock, publisher._lock:
        child = os.fork()
        if child == 0:
            signal.alarm(20)  # rather than wait for ever
            try:
                made = denylist._publisher(
                    DenylistOptions(transport="tests.resource_server.denylist.transports.FakeTransport")
                )
                made.publish([])
                cache.hold([("user", 1)])
                os.write(writing, b"yes" if len(cache) == 0 and made is not publisher else b"no")
            finally:
                os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    assert os.read(reading, 3) == b"yes"
    os.close(reading)
    assert is_remembered(token)


def test_threads_may_use_it_all_at_once(token: str, driver: Driver) -> None:
    memory, problems = verification_cache.VerificationCache(), []

    def work(number: int) -> None:
        try:
            for step in range(300):
                memory.find(str(step % 7), lambda: [{"a": []}], lambda row: [("user", number)], using="default")
                memory.hold([("user", step % 5)])
                memory._void([("user", step % 5)])
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (problems, memory._held) == ([], {})
