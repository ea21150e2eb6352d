"""Guards of remembered clients (RFC 6749 §2.3): they hold as long as no row of the client was written."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from oauth_provider.clients.lookup import FoundClient, find_with_secret, recall_with_secret
from oauth_provider.clients.memory import client_memory
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import Authorization, ClientPolicy, ClientSecret
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.sql.commit import GuardFailed, commit, settle
from oauth_provider.sql.guard import as_column
from oauth_provider.sql.outcome import Add, Change, Outcome, Write
from tests import ledger
from tests.commits import both_forms, committed
from tests.driver import Driver
from tests.factories import ApplicationFactory
from tests.remembering import policies, remembered

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    pytest.mark.spec("RFC 6749", "2.3"),
]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    client_memory.clear()


@pytest.fixture
def driver() -> Driver:
    """A client that is remembered."""
    return remembered()


def recalled(driver: Driver) -> FoundClient:
    found = recall_with_secret(driver.application.client_id, driver.application.secret)
    assert found is not None
    return found


def is_proven(found: FoundClient) -> bool:
    """Does its guard hold, in a statement of its own and beside what another statement does?"""
    guard = found.guard
    assert guard is not None
    row = access_token_model()(token="", token_checksum=str(timezone.now()), expires=timezone.now())
    with transaction.atomic():
        is_committed = commit(Outcome(None, (Add(row),)), using="default", guard=guard, durable=False)
        transaction.set_rollback(True)
    condition = as_column(guard.secret_id, guard.application_id, guard.version)
    beside = application_model().objects.values_list(condition)[:1].get()[0]
    assert guard.holds("default") == beside == is_committed
    return is_committed


CHANGES: dict[str, Callable[[], object]] = {
    "the client": lambda: application_model().objects.update(name="renamed"),
    "the client to what it was": lambda: application_model().objects.update(client_type="confidential"),
    "its policy": lambda: policies().update(scopes=[]),
    "its policy is deleted": lambda: policies().delete(),
    "its secret": lambda: ClientSecret.objects.update(expires_at=timezone.now()),
    "its secret is deleted": lambda: ClientSecret.objects.all().delete(),
    "all of it is deleted": lambda: application_model().objects.all().delete(),
}


@both_forms
@pytest.mark.parametrize("name", CHANGES)
def test_a_guard_holds_until_a_row_of_the_client_is_written(driver: Driver, name: str, form: str) -> None:
    found = recalled(driver)
    ApplicationFactory()  # another's
    with committed(form):
        assert is_proven(found)
        CHANGES[name]()
        ApplicationFactory()
        assert not is_proven(found)


def test_a_policy_that_is_made_ends_it() -> None:
    application = ApplicationFactory(policy=None)
    find_with_secret(application.client_id, application.secret)
    found = recalled(Driver(application))
    assert is_proven(found)
    ClientPolicy.default_for(application).save()
    assert not is_proven(found)


@both_forms
@pytest.mark.parametrize("kind", ["nothing", "a new row", "a change", "a revocation"])
def test_nothing_is_written_or_answered_where_it_fails(driver: Driver, kind: str, form: str) -> None:
    driver.code()
    authorization = Authorization.objects.get()
    token = access_token_model()(token="", token_checksum="new", expires=timezone.now())
    writes: dict[str, tuple[Write, ...]] = {
        "a new row": (Add(token),),
        "a change": (Change(authorization, {"acr": "changed"}),),
        "a revocation": (Change(authorization, {"revoked_at": timezone.now()}),),
    }
    then = (lambda using: Authorization.objects.update(acr="afterwards"),) if kind == "a revocation" else ()
    outcome = Outcome("said", writes.get(kind, ()), then)
    guard, attempts = recalled(driver).guard, []
    policies().update(scopes=[])
    with committed(form), ledger.unchanged(), pytest.raises(GuardFailed):
        settle(lambda: attempts.append(1), lambda seen: outcome, using="default", guard=guard)
    assert len(attempts) == 1


@both_forms
def test_nothing_is_decided_against_a_client_that_is_remembered(driver: Driver, form: str) -> None:
    """The one that is read decides: this one may have been allowed it since."""
    driver.code()
    refusal: Outcome[None] = Outcome(InvalidGrant("no"), (Change(Authorization.objects.get(), {"acr": "refused"}),))
    with committed(form), ledger.unchanged(), pytest.raises(InvalidGrant):
        settle(lambda: None, lambda seen: refusal, using="default", guard=recalled(driver).guard)


def test_a_tenant_is_not_taken_for_another() -> None:
    """Rows of two schemas may have the same keys and have been written by the same transaction."""
    application = ApplicationFactory(client_id="web", public=True, redirect_uris="https://a.example.com/callback")
    table = application._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA tenant")
        for name in ledger.tables():
            cursor.execute(f"CREATE TABLE tenant.{name} (LIKE public.{name} INCLUDING ALL)")
        try:
            with transaction.atomic():
                cursor.execute(f"UPDATE public.{table} SET name = 'a'")
                cursor.execute(f"INSERT INTO tenant.{table} SELECT * FROM public.{table}")
            find_with_secret("web", "")
            recalled = recall_with_secret("web", "")
            assert recalled is not None
            assert is_proven(recalled)
            cursor.execute("SET search_path = tenant")
            other = recall_with_secret("web", "")
            assert other is not None
            assert not is_proven(other)
        finally:
            cursor.execute("SET search_path = public")
            cursor.execute("DROP SCHEMA tenant CASCADE")
