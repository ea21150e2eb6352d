"""Remembered access tokens under load (RFC 7009 §2): what was revoked is never taken again in the same process."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections, transaction
from psycopg import IsolationLevel

from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.tokens.ending import revoke_authorizations
from oauth_provider.tokens.verification_cache import verification_cache
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import signed_in
from tests.threads import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.spec("RFC 7009", "2"),
    pytest.mark.xdist_group("connections"),
]

READERS, ROUNDS = 5, 3


@pytest.fixture(autouse=True, params=[IsolationLevel.READ_COMMITTED, IsolationLevel.SERIALIZABLE])
def _remembering(request: Any, settings: Any, monkeypatch: Any, transactional_db: None) -> Iterator[None]:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": 60}
    options = connections.settings["default"].setdefault("OPTIONS", {})
    monkeypatch.setitem(options, "isolation_level", request.param)
    connections["default"].close()
    yield
    connections["default"].close()


def revoke(authorization: Authorization) -> None:
    revoke_authorizations(Authorization.objects.filter(pk=authorization.pk), Authorization.Reason.OPERATOR)


def revoke_in_a_long_transaction(authorization: Authorization) -> None:
    with transaction.atomic():
        revoke(authorization)
        authorization.user.refresh_from_db()


def deactivate(authorization: Authorization) -> None:
    authorization.user.is_active = False
    authorization.user.save()


def suspend(authorization: Authorization) -> None:
    policy = ClientPolicy.objects.get(application=authorization.application)
    policy.status = ClientPolicy.Status.SUSPENDED
    policy.save()


def delete(authorization: Authorization) -> None:
    authorization.user.delete()


@pytest.mark.parametrize("end", [revoke, revoke_in_a_long_transaction, deactivate, suspend, delete])
def test_no_thread_takes_a_token_after_another_has_ended_it(end: Callable[[Authorization], None]) -> None:
    late: list[int] = []
    for _ in range(ROUNDS):
        driver = signed_in(policy={})
        token = driver.tokens()["access_token"]
        authorization = Authorization.objects.select_related("user", "application").latest("pk")
        ended, warm = threading.Event(), threading.Barrier(READERS + 1)

        def read(token: str = token, ended: Any = ended, warm: Any = warm) -> None:
            verify(token)
            warm.wait(60)
            for _ in range(30):
                is_over = ended.is_set()  # looked at before the token is
                if ledger.is_good(token) and is_over:
                    late.append(1)
            ended.wait(60)
            if ledger.is_good(token):
                late.append(1)

        def revoker(authorization: Any = authorization, ended: Any = ended, warm: Any = warm) -> None:
            try:
                warm.wait(60)
                end(authorization)
            finally:
                ended.set()

        together(revoker, *[read] * READERS)
        assert not ledger.is_good(token)
    assert late == []
    assert len(verification_cache) <= ROUNDS
    assert verification_cache._held == {}


@pytest.mark.parametrize("end", [revoke, deactivate, suspend, delete])
def test_it_is_not_taken_in_the_moment_after_the_commit(end: Callable[[Authorization], None]) -> None:
    driver = signed_in(policy={})
    token = driver.tokens()["access_token"]
    verify(token)
    authorization = Authorization.objects.select_related("user", "application").get()
    taken: list[bool] = []
    with transaction.atomic():
        # Called first of all that waits for the commit, the cache's own included.
        transaction.on_commit(lambda: taken.extend(together(lambda: ledger.is_good(token))))
        assert together(lambda: ledger.is_good(token)) == [True]
        end(authorization)
        assert together(lambda: ledger.is_good(token)) == [True]  # not committed, so still good for others
    assert taken == [False]


def test_who_reads_an_older_state_of_the_database_does_not_remember_it() -> None:
    """A transaction that began before the revocation goes on seeing what was; that must not be kept for others."""
    driver = signed_in(policy={})
    token = driver.tokens()["access_token"]
    authorization = Authorization.objects.get()
    began, over = threading.Event(), threading.Event()

    def read() -> None:
        with transaction.atomic():
            list(ClientPolicy.objects.all())  # the snapshot, where there is one
            began.set()
            over.wait(60)
            ledger.is_good(token)

    def revoker() -> None:
        began.wait(60)
        revoke(authorization)
        over.set()

    together(read, revoker)
    assert not ledger.is_good(token)
