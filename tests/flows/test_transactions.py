"""Transactions (RFC 6749 §4.1.2 and §10.5): verbs own theirs, lock first, and commit what a refusal leaves behind."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from oauth_provider.models import Authorization, ClientPolicy, TokenBinding
from oauth_provider.protocol.errors import InvalidGrant, OAuthError
from oauth_provider.sql.transaction import ATTEMPTS, RowGone, run
from oauth_provider.tokens.ending import revoke_authorizations
from tests import ledger
from tests.driver import AUTHORIZE, INTROSPECT, METADATA, REVOKE, TOKEN, Driver, signed_in
from tests.each import each
from tests.factories import ApplicationFactory
from tests.failing import failing_at

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "10.5")]


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={})


# Endpoints


@each("path", [TOKEN, REVOKE, INTROSPECT, METADATA, AUTHORIZE, "/oauth/consent/" + "a" * 43])
@each("slash", ["", "/"])
def test_no_endpoint_runs_in_a_transaction_or_behind_a_login_of_the_projects(path: str, slash: str) -> None:
    view: Any = resolve(path + slash).func
    assert view._non_atomic_requests == {"default"}
    assert view.login_required is False
    # Exempt from the middleware it may be, but a decision is checked by itself.
    is_checked = getattr(view, "csrf_checked", False) or not getattr(view, "csrf_exempt", False)
    assert is_checked is ("/consent/" in path)


@pytest.mark.parametrize("verb", ["redeem", "rotate"])
def test_a_verb_that_spends_something_refuses_to_hang_on_anothers_transaction(driver: Driver, verb: str) -> None:
    code = driver.code()
    token = driver.tokens()["refresh_token"]
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        driver.redeem(code) if verb == "redeem" else driver.refresh(token)


def test_revoking_joins_a_callers_transaction(driver: Driver) -> None:
    tokens = driver.tokens()
    with ledger.unchanged(), transaction.atomic():
        assert revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR) == 1
        assert ledger.is_over(tokens["access_token"])
        transaction.set_rollback(True)
    assert ledger.is_good(tokens["access_token"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("replayed", ["code", "refresh_token"])
def test_what_a_refusal_leaves_behind_is_committed_even_under_atomic_requests(
    monkeypatch: pytest.MonkeyPatch, replayed: str
) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)
    driver = signed_in()
    code = driver.code()
    tokens = driver.redeem(code).json()
    driver.refresh(tokens["refresh_token"])
    with ledger.later(61):
        response = driver.redeem(code) if replayed == "code" else driver.refresh(tokens["refresh_token"])
    ledger.refused(response, "invalid_grant")
    assert not connection.in_atomic_block
    assert Authorization.objects.get().revoked_reason == f"{replayed}_replay"


def test_the_first_statement_that_writes_finds_the_row_as_it_was_read(driver: Driver) -> None:
    code = driver.code()
    tokens = driver.tokens()
    for verb in (lambda: driver.redeem(code), lambda: driver.refresh(tokens["refresh_token"])):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert verb().status_code == 200
        statements = [query["sql"] for query in captured]
        first = next(sql for sql in statements if sql.startswith(("UPDATE", "INSERT", "WITH")))
        assert first.removeprefix("WITH step0 (key) AS (").startswith(f'UPDATE "{Authorization._meta.db_table}"')
        assert '"revoked_at" IS' in first.partition("WHERE")[2]


def test_an_error_on_the_way_takes_everything_back(driver: Driver) -> None:
    code = driver.code()
    broken = failing_at(TokenBinding, ProgrammingError("broken"))
    with ledger.unchanged(), broken, pytest.raises(ProgrammingError):
        driver.redeem(code)
    assert driver.redeem(code).status_code == 200


def test_a_row_that_is_gone_is_invalid_grant(driver: Driver) -> None:
    code = driver.code()
    gone = failing_at(TokenBinding, caused("23503", IntegrityError))
    with ledger.unchanged(), gone:
        ledger.refused(driver.redeem(code), "invalid_grant")


# The loop


class Work:
    """Fails with ``errors`` one after the other, and then returns."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), 0

    def __call__(self) -> str | OAuthError:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def caused(sqlstate: str, error: type[Exception] = OperationalError) -> Exception:
    """What Django raises for an error of the database with this code."""
    raised = error("failed")
    raised.__cause__ = type("Cause", (Exception,), {"sqlstate": sqlstate})()
    return raised


@pytest.fixture
def _no_pause() -> Any:
    with patch("oauth_provider.sql.transaction.time.sleep"):
        yield


@pytest.mark.usefixtures("_no_pause")
@each(
    "error",
    [
        caused("40001"),
        caused("40P01"),
        caused("23505", IntegrityError),
        OperationalError("database is locked"),
        OperationalError("database table is locked"),
    ],
    ids=["serialization", "deadlock", "unique", "busy", "locked"],
)
def test_what_would_succeed_the_next_time_is_done_again(error: Exception) -> None:
    work = Work(error, error)
    assert run(work, using="default") == "done"
    assert work.calls == 3


@pytest.mark.usefixtures("_no_pause")
def test_not_forever() -> None:
    work = Work(*[caused("40001")] * (ATTEMPTS + 1))
    with pytest.raises(OperationalError):
        run(work, using="default")
    assert work.calls == ATTEMPTS


@each(
    "error",
    [caused("57014"), OperationalError("disk I/O error"), ProgrammingError("no such table"), ValueError("ours")],
)
def test_anything_else_is_raised_at_once(error: Exception) -> None:
    work = Work(error)
    with pytest.raises(type(error)):
        run(work, using="default")
    assert work.calls == 1


def test_a_row_that_hangs_on_nothing_any_more_is_gone() -> None:
    work = Work(caused("23503", IntegrityError))
    with pytest.raises(RowGone):
        run(work, using="default")
    assert work.calls == 1


def test_inside_a_callers_transaction_nothing_is_done_again() -> None:
    work = Work(caused("40001"))
    with transaction.atomic(), pytest.raises(OperationalError):
        run(work, using="default", durable=False)
    assert work.calls == 1


@pytest.mark.parametrize("how", ["returned", "raised"])
def test_a_refusal_that_is_returned_is_committed_and_one_that_is_raised_takes_back_everything(how: str) -> None:
    application = ApplicationFactory(policy={})

    def work() -> OAuthError:
        ClientPolicy.objects.filter(application=application).update(status="suspended")
        if how == "raised":
            raise InvalidGrant("no")
        return InvalidGrant("no")

    with pytest.raises(InvalidGrant):
        run(work, using="default")
    assert ClientPolicy.objects.get().is_suspended is (how == "returned")
