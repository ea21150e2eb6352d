"""Remembered access tokens (RFC 7009 §2): no statement for a hit, and never one after a revocation was committed."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import Authorization, ClientPolicy, TokenBinding, verification_cache
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.resource_server.options.denylist import DenylistOptions
from oauth_provider.sql.tenant import tenant_of
from oauth_provider.tokens import denylist
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.revoke import revoke_access_tokens, revoke_refresh_tokens, revoke_user
from oauth_provider.tokens.verification_cache import verification_cache as cache
from oauth_provider.tokens.verifier import find_good, verify
from oauth_provider.tokens.withdraw import withdraw_consent
from tests import ledger
from tests.driver import INTROSPECT, Driver, post, signed_in
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.spec("RFC 7009", "2")]


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        self.now += 1e-6  # no two moments are the same
        return self.now


@pytest.fixture(autouse=True)
def clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Remembering is on, and its time is ours."""
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": 10}
    clock = Clock()
    monkeypatch.setattr(verification_cache, "time", clock)
    return clock


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": ["authorization_code", "refresh_token", "client_credentials"]})


@pytest.fixture
def token(driver: Driver) -> str:
    """One that is remembered."""
    token = str(driver.tokens()["access_token"])
    verify(token)
    assert is_remembered(token)
    return token


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    # A project with ATOMIC_REQUESTS begins and ends a transaction around the view, whatever the view does.
    return len([one for one in captured if one["sql"].split()[0] not in {"BEGIN", "COMMIT"}])


def is_remembered(token: str) -> bool:
    """Does verifying it ask the database nothing?"""
    return statements(lambda: ledger.is_good(token)) == 0


def is_refused(token: str) -> bool:
    with pytest.raises(InvalidToken):
        verify(token)
    return True


# -- remembering ---------------------------------------------------------------------------------------------


def test_by_default_nothing_is_remembered(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER |= {"VERIFICATION_CACHE_LIFETIME": 0}
    token = driver.tokens()["access_token"]
    assert [statements(lambda: verify(token)) for _ in range(2)] == [1, 1]
    assert len(cache) == 0


def test_a_hit_asks_the_database_nothing_and_says_the_same(driver: Driver, token: str) -> None:
    first = verify(token)
    cache.clear()
    assert verify(token) == first
    again = verify(token)
    assert (again, again.user, again.application) == (first, first.user, first.application)
    assert again.user.username == first.user.username
    assert statements(lambda: verify(token).user.username) == 0
    assert statements(lambda: verify(token).application) == 1  # the row itself is nobody's to remember


def test_a_whole_guarded_call_asks_nothing(token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with pytest.MonkeyPatch.context() as patch:
        from tests.postgres import test_budgets

        patch.setattr("django.conf.settings.ROOT_URLCONF", test_budgets.__name__)
        for place in ("/guarded", "/function"):
            assert statements(lambda place=place: Browser().get(place, headers=headers)) == 0  # type: ignore[misc]


def test_it_is_asked_again_after_the_lifetime(token: str, clock: Clock) -> None:
    clock.now += 9.9
    assert is_remembered(token)
    clock.now += 0.2
    assert not is_remembered(token)
    assert is_remembered(token)


def test_what_is_changed_in_another_process_is_seen_after_the_lifetime(token: str, clock: Clock) -> None:
    get_user_model().objects.update(is_active=False)  # tells nobody, as another process does not
    assert not is_refused_now(token)
    clock.now += 11
    assert is_refused(token)


def is_refused_now(token: str) -> bool:
    return not ledger.is_good(token)


def test_nothing_goes_on_past_its_expiry(driver: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER |= {"VERIFICATION_CACHE_LIFETIME": 10**6}
    token = driver.tokens()["access_token"]
    verify(token)
    with ledger.later(3601):
        assert statements(lambda: is_refused(token)) == 0


def test_what_is_refused_is_not_remembered_as_good_nor_what_is_unknown(driver: Driver, token: str) -> None:
    driver.revoke(token)
    for bad in (token, "unknown", token[:-1]):
        assert is_refused(bad)
    assert statements(lambda: is_refused("unknown")) == 1


def test_the_memory_is_bounded_and_what_was_used_last_stays(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification_cache, "REMEMBERED", 2)
    first, second, third = [driver.tokens()["access_token"] for _ in range(3)]
    for token in (first, second, first, third):
        verify(token)
    assert len(cache) == 2
    assert [is_remembered(token) for token in (first, third, second)] == [True, True, False]


def test_it_holds_no_token(token: str) -> None:
    assert token not in repr(cache)
    assert list(cache._rows) == [(tenant_of("default"), digest(token))]


def test_what_one_view_does_to_its_user_no_other_sees(token: str, driver: Driver) -> None:
    TokenBinding.objects.update(act={"sub": "actor"})
    access_token_model().objects.update(resource=["https://api.example"])
    cache.clear()
    for _ in range(2):
        seen = verify(token)
        assert seen.user.username != "mallory"
        assert (seen.user.is_staff, seen.act) == (False, {"sub": "actor"})
        assert seen.application.name == driver.application.name
        assert not hasattr(seen.user, "note")
        seen.user.username, seen.user.is_staff, seen.user.note = "mallory", True, "mine"
        seen.user._perm_cache = {"everything"}
        seen.application.name = "mallory's"
        seen.act["sub"] = "mallory"  # type: ignore[index]
        find_good(token, TokenBinding.objects.recall).resources.append("https://other.example")  # type: ignore[union-attr]
    assert is_remembered(token)
    assert verify(token).resources == ("https://api.example",)
    assert verify(token).user is not verify(token).user


def test_endpoints_ask_the_database(token: str, driver: Driver) -> None:
    asker = Driver(ApplicationFactory(service=True, policy={"may_introspect": True}))
    access_token_model().objects.update(scope="introspection")
    ClientPolicy.objects.update(may_introspect=True)
    cache.clear()
    verify(token)
    get_user_model().objects.update(is_active=False)
    assert not is_refused_now(token)
    assert asker.introspect(token).json() == {"active": False}
    assert post(driver.browser, INTROSPECT, {"token": token}, Authorization=f"Bearer {token}").status_code == 401
    headers = {"Authorization": f"Bearer {token}"}
    assert driver.browser.get("/oauth/userinfo", headers=headers).status_code == 401


# -- forgetting ----------------------------------------------------------------------------------------------


def suspend(driver: Driver) -> None:
    policy = ClientPolicy.objects.get()
    policy.status = ClientPolicy.Status.SUSPENDED
    policy.save()


def deactivate(driver: Driver) -> None:
    user = get_user_model().objects.get()
    user.is_active = False
    user.save(update_fields=["is_active"])


def end_by_hand(driver: Driver) -> None:
    row = access_token_model().objects.get()
    row.expires = timezone.now()
    row.save()


ENDS: dict[str, Callable[[Driver], Any]] = {
    "its client revokes it": lambda driver: revoke_authorizations(
        Authorization.objects.all(), Authorization.Reason.CLIENT
    ),
    "consent is withdrawn": lambda driver: withdraw_consent(
        user=get_user_model().objects.get(), application=driver.application
    ),
    "all of the user's": lambda driver: revoke_user(get_user_model().objects.get()),
    "an operator": lambda driver: revoke_access_tokens(access_token_model().objects.all()),
    "its session ends": lambda driver: driver.browser.logout(),
    "the row is deleted": lambda driver: access_token_model().objects.get().delete(),
    "all rows are": lambda driver: access_token_model().objects.all().delete(),
    "the row is made to expire": end_by_hand,
    "the authorization is deleted": lambda driver: Authorization.objects.get().delete(),
    "the user is deleted": lambda driver: get_user_model().objects.get().delete(),
    "the user is deactivated": deactivate,
    "the client is suspended": suspend,
    "the client is deleted": lambda driver: driver.application.delete(),
}


@pytest.fixture
def of_session() -> tuple[Driver, str]:
    """A sign-in that ends with its session, and its remembered token."""
    driver = signed_in(policy={})
    driver.scope = "openid notes:read"
    token = str(driver.tokens()["access_token"])
    verify(token)
    assert is_remembered(token)
    return driver, token


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_whatever_ends_it_in_this_process_counts_at_once(of_session: tuple[Driver, str], end: Any) -> None:
    driver, token = of_session
    end(driver)
    assert is_refused(token)


def test_a_clients_own_token_is_forgotten_when_it_is_revoked(driver: Driver) -> None:
    token = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    verify(token)
    assert is_remembered(token)
    driver.revoke(token)
    assert is_refused(token)


@pytest.mark.parametrize("by_operator", [False, True])
def test_a_token_of_dots_is_forgotten_with_its_refresh_token(driver: Driver, by_operator: bool) -> None:
    from tests.races import dot_refresh_token

    row = dot_refresh_token(driver, get_user_model().objects.get())
    token = row.access_token.token
    verify(token)
    assert is_remembered(token)
    if by_operator:
        revoke_refresh_tokens(type(row).objects.all())
    else:
        driver.revoke(row.token)
    assert is_refused(token)


def test_what_is_saved_in_this_process_is_seen_at_once(driver: Driver, token: str) -> None:
    user = get_user_model().objects.get()
    user.username = "renamed"
    user.save()
    assert verify(token).user.username == "renamed"
    application = application_model().objects.get()
    application.name = "Renamed"
    application.save()
    assert verify(token).application.name == "Renamed"
    row = access_token_model().objects.get()
    row.scope = "notes:read"
    row.save()
    assert verify(token).scope == "notes:read"


def test_others_are_still_remembered(driver: Driver, token: str) -> None:
    other = signed_in(UserFactory())
    theirs = other.tokens()["access_token"]
    verify(theirs)
    driver.revoke(token)
    deactivate_row = get_user_model().objects.order_by("pk").first()
    deactivate_row.is_active = False
    deactivate_row.save()
    assert is_remembered(theirs)


def test_what_follows_a_change_is_remembered_again(driver: Driver, token: str) -> None:
    get_user_model().objects.get().save()
    assert not is_remembered(token)
    assert is_remembered(token)


# -- transactions --------------------------------------------------------------------------------------------


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
