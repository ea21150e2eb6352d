"""Exchanges that take no lock (RFC 6749 §10.5): what they leave behind is what they leave behind under one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext

from oauth_provider.dot.names import access_token_model
from oauth_provider.grants import rules
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.models.authorization import _BY_CODE, _BY_FAMILY
from oauth_provider.protocol.digest import digest
from oauth_provider.signals import token_issued
from tests import ledger
from tests.driver import Driver, signed_in
from tests.failing import failing_at

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    pytest.mark.spec("RFC 6749", "10.5"),
]

VERBS = ["redeem", "rotate"]
NEW_IN_EACH = {"id", "public_id", "access_token_id", "authorization_id", "source_refresh_token_id"}


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={})


@pytest.fixture
def exchange(driver: Driver, request: pytest.FixtureRequest) -> Callable[[], Any]:
    """One exchange that is due, of the verb that the test is given."""
    if request.param == "redeem":
        code = driver.code()
        return lambda: driver.redeem(code)
    refresh_token = driver.tokens()["refresh_token"]
    return lambda: driver.refresh(refresh_token)


both = pytest.mark.parametrize("exchange", VERBS, indirect=True)


@contextmanager
def heard(model: type[Model], sent: list[Any]) -> Iterator[None]:
    """Inside, a project listens to the saving of ``model``."""

    def receive(signal: Any, instance: Any, **facts: Any) -> None:
        sent.append((signal is pre_save, type(instance), connection.in_atomic_block))

    for signal in (pre_save, post_save):
        signal.connect(receive, sender=model)
    try:
        yield
    finally:
        for signal in (pre_save, post_save):
            signal.disconnect(receive, sender=model)


def statements(work: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert work().status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def is_locked(captured: list[str]) -> bool:
    return any("FOR NO KEY UPDATE" in sql for sql in captured)


def changed_meanwhile(**columns: Any) -> Any:
    """Once, between the reading of the authorization and its writing, somebody else sets ``columns``."""
    waiting = [columns]

    def check(authorization: Authorization) -> None:
        while waiting:
            Authorization.objects.filter(pk=authorization.pk).update(**waiting.pop())
        rules.check_alive(authorization)

    return patch.multiple("oauth_provider.grants.authorization_code", check_alive=check), patch.multiple(
        "oauth_provider.grants.refresh_token", check_alive=check
    )


@both
def test_the_usual_exchange_takes_no_lock_and_writes_once(exchange: Callable[[], Any]) -> None:
    *clients, seen, written = statements(exchange)
    assert not is_locked([*clients, seen])
    assert "BEGIN" not in clients
    assert seen.startswith("SELECT")
    assert "xmin" in seen
    assert written.startswith("WITH changed AS (UPDATE")


def left_behind() -> list[dict[str, Any]]:
    """The newest row of each table, but for what is new in each."""
    newest = [model._base_manager.latest("pk") for model in (Authorization, access_token_model(), TokenBinding)]
    return [
        {
            field.attname: type(value) if is_one_of_a_kind(field.attname, value) else value
            for field in row._meta.concrete_fields
            for value in [getattr(row, field.attname)]
        }
        for row in newest
    ]


def is_one_of_a_kind(name: str, value: Any) -> bool:
    return name in NEW_IN_EACH or name.endswith(("digest", "checksum", "_at")) or name in {
        "created", "updated", "expires", "sealed_answer", "code_challenge", "auth_time", "sid",
    }  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_left_behind_is_what_is_left_under_the_lock(driver: Driver, verb: str) -> None:
    def done() -> list[dict[str, Any]]:
        tokens = driver.tokens()
        if verb == "rotate":
            assert driver.refresh(tokens["refresh_token"]).status_code == 200
        return left_behind()

    without = done()
    with heard(TokenBinding, []):
        assert without == done()


@both
@pytest.mark.parametrize("model", [Authorization, access_token_model(), TokenBinding])
def test_whoever_listens_to_a_row_is_told_inside_the_transaction(
    exchange: Callable[[], Any], model: type[Model]
) -> None:
    sent: list[Any] = []
    with heard(model, sent):
        assert is_locked(statements(exchange))
    assert sent == [(True, model, True), (False, model, True)]


@both
def test_a_receiver_that_fails_takes_everything_back(exchange: Callable[[], Any]) -> None:
    with ledger.unchanged(), failing_at(TokenBinding, IntegrityError("no")), pytest.raises(IntegrityError):
        exchange()
    assert exchange().status_code == 200


@both
def test_a_row_that_changed_meanwhile_is_taken_again_under_its_lock(exchange: Callable[[], Any]) -> None:
    tokens = access_token_model().objects.count()
    by_code, by_token = changed_meanwhile(acr="urn:other")
    with by_code, by_token:
        assert is_locked(statements(exchange))
    assert Authorization.objects.get().acr == "urn:other"
    assert access_token_model().objects.count() == tokens + 1


@both
def test_what_was_revoked_meanwhile_is_refused_and_nothing_is_stored(exchange: Callable[[], Any]) -> None:
    from django.utils import timezone

    tokens = access_token_model().objects.count()
    by_code, by_token = changed_meanwhile(revoked_at=timezone.now())
    with by_code, by_token:
        ledger.refused(exchange(), "invalid_grant")
    assert access_token_model().objects.count() == tokens
    assert TokenBinding.objects.count() == tokens


@both
def test_what_was_used_meanwhile_is_a_replay(driver: Driver, exchange: Callable[[], Any], settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REFRESH_TOKEN_RETRY_WINDOW": 0}
    row = Authorization.objects.get()
    used = {"redeemed_at": row.created_at} if row.redeemed_at is None else {"refresh_token_digest": digest("next")}
    by_code, by_token = changed_meanwhile(**used)
    with by_code, by_token:
        ledger.refused(exchange(), "invalid_grant")
    assert Authorization.objects.get().revoked_reason in {"code_replay", "refresh_token_replay"}


@both
def test_a_replay_is_revoked_under_the_lock(exchange: Callable[[], Any], settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REFRESH_TOKEN_RETRY_WINDOW": 0}
    assert exchange().status_code == 200
    with CaptureQueriesContext(connection) as captured:
        ledger.refused(exchange(), "invalid_grant")
    assert is_locked([query["sql"] for query in captured.captured_queries])
    assert Authorization.objects.get().revoked_at is not None


@both
def test_it_is_told_once_and_after_it_is_written(exchange: Callable[[], Any]) -> None:
    told: list[Any] = []

    def receive(authorization: Authorization, **facts: Any) -> None:
        stored = authorization.token_bindings.select_related("access_token").latest("pk")
        told.append((connection.in_atomic_block, stored.access_token.scope, facts["scope"]))

    token_issued.connect(receive)
    try:
        exchange()
    finally:
        token_issued.disconnect(receive)
    ((in_transaction, stored, said),) = told
    assert not in_transaction
    assert stored == said


@both
def test_a_deadlock_or_a_serialization_failure_is_tried_again(exchange: Callable[[], Any]) -> None:
    failure = OperationalError("deadlock detected")
    failure.__cause__ = type("Deadlock", (Exception,), {"sqlstate": "40P01"})()
    see, failures = type(_BY_CODE).see, [failure]

    def failing_once(self: Any, *args: Any, **kwargs: Any) -> Any:
        if failures:
            raise failures.pop()
        return see(self, *args, **kwargs)

    with patch.object(type(_BY_CODE), "see", failing_once):
        assert not is_locked(statements(exchange))
    assert not failures


def test_a_row_is_seen_as_it_is_locked(driver: Driver) -> None:
    """But for its version, which changes with each writing and with nothing else."""
    code = driver.code()
    tokens = driver.tokens()
    seen = _BY_CODE.see(digest(code), using="default")
    from django.db import transaction

    with transaction.atomic():
        held = _BY_CODE.find(digest(code), using="default")
    assert {name: value for name, value in vars(seen).items() if name not in {"_state", "seen_version"}} == {
        name: value for name, value in vars(held).items() if name != "_state"
    }
    assert (seen.user, held.seen_version) == (held.user, None)
    assert _BY_CODE.see(digest(code), using="default").seen_version == seen.seen_version
    Authorization.objects.filter(pk=seen.pk).update(acr=seen.acr)
    assert _BY_CODE.see(digest(code), using="default").seen_version != seen.seen_version
    assert _BY_CODE.see(digest("unknown"), using="default") is None
    family = tokens["refresh_token"].removeprefix("ort_").split("_")[0]
    assert _BY_FAMILY.see(digest(family), using="default").pk
