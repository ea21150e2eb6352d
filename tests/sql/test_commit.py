"""Commits (RFC 6749 §10.5): all of an outcome is written if every row is as it was read, else nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidGrant, ServiceUnavailable
from oauth_provider.signals import token_issued
from oauth_provider.sql import commit as commits
from oauth_provider.sql.commit import commit, settle
from oauth_provider.sql.outcome import Change, Outcome
from oauth_provider.sql.transaction import ATTEMPTS, RowGone
from tests import ledger
from tests.commits import AT_ONCE, both_forms, committed, midway
from tests.driver import Driver, signed_in
from tests.failing import failing_at

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.spec("RFC 6749", "10.5"),
]

Exchange = Callable[[], Any]
verbs = pytest.mark.parametrize("exchange", ["redeem", "rotate"], indirect=True)


@pytest.fixture
def driver(form: str) -> Iterator[Driver]:
    with committed(form):
        yield signed_in(policy={})


@pytest.fixture
def exchange(driver: Driver, request: pytest.FixtureRequest) -> Exchange:
    """One exchange that is due, of the verb that the test is given."""
    if request.param == "redeem":
        code = driver.code()
        return lambda: driver.redeem(code)
    refresh_token = driver.tokens()["refresh_token"]
    return lambda: driver.refresh(refresh_token)


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


def statements(work: Exchange, status: int = 200) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert work().status_code == status
    return [query["sql"] for query in captured.captured_queries]


def change(**columns: Any) -> Callable[[], object]:
    return lambda: Authorization.objects.update(**columns)


@both_forms
@verbs
def test_the_usual_exchange_reads_without_a_lock_and_writes_once(exchange: Exchange, form: str) -> None:
    captured = statements(exchange)
    place = next(place for place, sql in enumerate(captured) if "oauth_provider_authorization" in sql)
    read, *written = captured[place:]
    assert "BEGIN" not in captured[:place]
    assert read.startswith("SELECT")
    assert not [sql for sql in captured if "FOR " in sql]
    if form == AT_ONCE:
        (statement,) = written
        assert statement.startswith('WITH step0 (key) AS (UPDATE "oauth_provider_authorization"')
    else:
        assert [sql.split()[0] for sql in written] == ["BEGIN", "UPDATE", "INSERT", "INSERT", "COMMIT"]


@both_forms
@verbs
@pytest.mark.parametrize("model", [access_token_model(), TokenBinding])
def test_whoever_listens_to_a_new_row_is_told_inside_the_transaction(exchange: Exchange, model: type[Model]) -> None:
    sent: list[Any] = []
    with heard(model, sent):
        assert exchange().status_code == 200
    assert sent == [(True, model, True), (False, model, True)]


@both_forms
@verbs
def test_a_receiver_that_fails_takes_everything_back(exchange: Exchange) -> None:
    with ledger.unchanged(), failing_at(TokenBinding, IntegrityError("no")), pytest.raises(IntegrityError):
        exchange()
    assert exchange().status_code == 200


@both_forms
@verbs
def test_a_row_that_changed_meanwhile_is_read_again(exchange: Exchange) -> None:
    tokens = access_token_model().objects.count()
    with midway(change(scope="notes:read")) as written:
        assert exchange().json()["scope"] == "notes:read"
    assert written == [False, True]
    assert access_token_model().objects.count() == TokenBinding.objects.count() == tokens + 1


@both_forms
@verbs
def test_what_was_revoked_meanwhile_is_refused_and_nothing_is_stored(exchange: Exchange) -> None:
    tokens = access_token_model().objects.count()
    with midway(change(revoked_at=timezone.now())):
        ledger.refused(exchange(), "invalid_grant")
    assert access_token_model().objects.count() == TokenBinding.objects.count() == tokens


@both_forms
@verbs
def test_what_was_used_meanwhile_is_a_replay(exchange: Exchange, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REFRESH_TOKEN_RETRY_WINDOW": 0}
    row = Authorization.objects.get()
    used = {"redeemed_at": row.created_at} if row.redeemed_at is None else {"refresh_token_digest": digest("next")}
    with midway(change(**used)):
        ledger.refused(exchange(), "invalid_grant")
    assert Authorization.objects.get().revoked_reason in {"code_replay", "refresh_token_replay"}


@both_forms
@verbs
def test_a_row_that_is_gone_meanwhile_is_refused(exchange: Exchange) -> None:
    with midway(lambda: get_user_model().objects.all().delete()):
        ledger.refused(exchange(), "invalid_grant")
    assert not access_token_model().objects.exists()


@both_forms
@verbs
def test_a_replay_is_revoked_by_statements_of_one_transaction(exchange: Exchange, settings: Any) -> None:
    """One statement would miss the tokens that another commits meanwhile."""
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REFRESH_TOKEN_RETRY_WINDOW": 0}
    assert exchange().status_code == 200
    captured = statements(exchange, 400)
    begun = captured.index("BEGIN")
    assert [sql.split()[0] for sql in captured[begun:]][-2:] == ["UPDATE", "COMMIT"]
    assert 'UPDATE "oauth_provider_authorization"' in captured[begun + 1]
    assert "accesstoken" in captured[-2]
    assert Authorization.objects.get().revoked_at is not None
    assert not access_token_model().objects.filter(expires__gt=timezone.now()).exists()


@both_forms
@verbs
def test_it_is_told_once_and_after_it_is_written(exchange: Exchange) -> None:
    told: list[Any] = []

    def receive(authorization: Authorization, **facts: Any) -> None:
        stored = authorization.token_bindings.select_related("access_token").latest("pk")
        told.append((connection.in_atomic_block, stored.access_token.scope, facts["scope"]))

    token_issued.connect(receive)
    try:
        with midway(change(scope="notes:read")):
            exchange()
    finally:
        token_issued.disconnect(receive)
    assert told == [(False, "notes:read", "notes:read")]


# -- the loop ------------------------------------------------------------------------------------------------


def failure(sqlstate: str) -> OperationalError:
    error = OperationalError("no")
    error.__cause__ = type("OfTheDriver", (Exception,), {"sqlstate": sqlstate})()
    return error


def failing(*errors: Exception) -> Any:
    """A commit that raises each of ``errors`` first."""
    waiting = list(errors)

    def commit_later(*args: Any, **kwargs: Any) -> bool:
        if waiting:
            raise waiting.pop(0)
        return commit(*args, **kwargs)

    return patch.object(commits, "commit", commit_later)


@both_forms
@verbs
@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "23505"])
def test_what_the_database_asks_for_again_is_read_and_decided_again(exchange: Exchange, sqlstate: str) -> None:
    with failing(failure(sqlstate), failure(sqlstate)):
        assert exchange().status_code == 200


def test_the_last_attempt_tells_what_the_database_said() -> None:
    always = failing(*[failure("23505") for _ in range(ATTEMPTS)])
    with always, patch.object(commits.time, "sleep"), pytest.raises(ServiceUnavailable) as refusal:
        settle(lambda: None, lambda seen: Outcome(None), using="default")
    assert refusal.value.detail == "at each attempt, at last: no"


def test_other_errors_are_not_swallowed() -> None:
    with failing(failure("42P01")), pytest.raises(OperationalError):
        settle(lambda: None, lambda seen: Outcome(None), using="default")


def test_a_reference_to_a_row_that_is_gone_is_told_apart() -> None:
    with failing(failure("23503")), pytest.raises(RowGone):
        settle(lambda: None, lambda seen: Outcome(None), using="default")


def settled(**how: Any) -> list[str]:
    """The steps of a verb whose row is always another's."""
    steps: list[str] = []

    def decide(seen: None) -> Outcome[None]:
        steps.append("decide")
        return Outcome(None)

    never = patch.object(commits, "commit", lambda *args, **kwargs: False)
    with never, patch.object(commits.time, "sleep"), pytest.raises(ServiceUnavailable):
        settle(lambda: steps.append("read"), decide, using="default", **how)
    return steps


def test_attempts_end_with_503() -> None:
    assert settled() == ["read", "decide"] * ATTEMPTS


def test_in_a_callers_transaction_nothing_is_tried_again() -> None:
    with transaction.atomic():
        assert settled(durable=False) == ["read", "decide"]


def test_a_verb_that_writes_hangs_on_nobodys_transaction() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        settle(lambda: None, lambda seen: Outcome(None, (), (lambda using: None,)), using="default")


@both_forms
def test_an_error_is_raised_after_what_was_written(driver: Driver) -> None:
    driver.code()
    row = Authorization.objects.get()
    refusal: Outcome[None] = Outcome(InvalidGrant("no"), (Change(row, {"acr": "refused"}),))
    with pytest.raises(InvalidGrant):
        settle(lambda: None, lambda seen: refusal, using="default")
    assert Authorization.objects.get().acr == row.acr == "refused"
