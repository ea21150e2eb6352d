"""What a refresh and a sweep cost PostgreSQL beside their statements: indexes written, and scans."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.models import Authorization
from oauth_provider.sweeping.sweep import SWEEPS
from tests.driver import Driver
from tests.factories import ApplicationFactory, UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]

TABLE = Authorization._meta.db_table


def ask(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def indexes():
    """Each index of the companion tables: its name, its table, and its columns in order."""
    return ask(
        """
        SELECT index.relname, owner.relname, array_agg(attribute.attname::text ORDER BY place.number),
               pg_get_expr(pg_index.indpred, pg_index.indrelid)
        FROM pg_index
        JOIN pg_class index ON index.oid = indexrelid
        JOIN pg_class owner ON owner.oid = indrelid
        CROSS JOIN LATERAL unnest(pg_index.indkey) WITH ORDINALITY AS place (attnum, number)
        JOIN pg_attribute attribute ON attribute.attrelid = indrelid AND attribute.attnum = place.attnum
        WHERE owner.relname LIKE 'oauth\\_provider\\_%%' AND owner.relnamespace = current_schema()::regnamespace
        GROUP BY 1, 2, pg_index.indpred, pg_index.indrelid
        """
    )


def updates():
    """Updates of authorizations so far, and those of them that wrote no index."""
    ask("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
    ((total, hot),) = ask("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_all_tables WHERE relid = %s::regclass", TABLE)
    return total, hot


def refreshes_that_write_no_index(driver, held, between=lambda: None):
    """Refresh all of ``held`` in rounds; the largest share of a round that was HOT.

    A transaction that is open elsewhere, in another database even, keeps PostgreSQL from tidying pages meanwhile.
    """
    best = 0.0
    for _round in range(12):
        between()
        total, hot = updates()
        held = [driver.refresh(token).json()["refresh_token"] for token in held]
        later, later_hot = updates()
        assert later - total == len(held)
        best = max(best, (later_hot - hot) / len(held))
        if best > 0.9:
            break
    return best


def sign_ins(driver, number=12):
    driver.sign_in(UserFactory())
    return [driver.refresh(driver.tokens()["refresh_token"]).json()["refresh_token"] for _ in range(number)]


def test_refreshes_write_no_index_after_the_first_round():
    driver = Driver(ApplicationFactory())
    assert refreshes_that_write_no_index(driver, sign_ins(driver)) > 0.9


def test_refreshes_write_no_index_where_a_sweep_comes_between_them():
    """An hourly sweep between hourly refreshes is the usual case."""
    driver, answers = Driver(ApplicationFactory()), next(one for one in SWEEPS if one.name == "sealed answers")

    def sweep():
        assert sum(answers.batches(timezone.now() + timedelta(minutes=10), 100)) == 12
        assert not Authorization.objects.exclude(sealed_answer="").exists()

    assert refreshes_that_write_no_index(driver, sign_ins(driver), sweep) > 0.9


def test_nothing_that_a_refresh_changes_is_indexed():
    changed = {"refresh_token_digest", "previous_digest", "sealed_answer", "rotated_at", "expires_at"}
    for name, table, columns, predicate in indexes():
        if table == TABLE:
            assert changed.isdisjoint(columns), name
            assert not any(column in (predicate or "") for column in changed), name


def test_no_index_is_for_the_beginnings_of_texts_and_none_covers_another():
    known = [(name, table, columns) for name, table, columns, predicate in indexes() if predicate is None]
    for name, table, columns in known:
        for other, other_table, other_columns in known:
            if name != other and table == other_table:
                assert other_columns[: len(columns)] != columns, f"{other} serves what {name} does"


def test_the_indexes_of_an_authorization_weigh_less_than_its_row():
    driver = Driver(ApplicationFactory())
    user = UserFactory()
    driver.sign_in(user)
    driver.scope = "openid"
    driver.refresh(driver.tokens()["refresh_token"])
    model = Authorization.objects.get()
    rows = []
    for number in range(2000):
        row = Authorization(
            **{
                field.attname: getattr(model, field.attname)
                for field in model._meta.concrete_fields
                if not field.generated and field.attname not in ("id", "public_id")
            }
        )
        for column in ("code_digest", "family_digest", "refresh_token_digest", "previous_digest"):
            setattr(row, column, f"{column[:4]}{number:060}")
        row.sid = f"{number:043}"
        rows.append(row)
    Authorization.objects.bulk_create(rows)
    ask("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute(f"REINDEX TABLE {TABLE}")
    ((size_of_indexes, size_of_rows),) = ask(
        "SELECT pg_indexes_size(%s::regclass), sum(pg_column_size(one.*)) FROM oauth_provider_authorization one", TABLE
    )
    assert size_of_indexes < size_of_rows


# Small tables, and the one look at all clients.
FEW = r"clientsecret|signingkey|sweepmark|MAX\(.*clientpolicy"


@pytest.mark.parametrize("is_second_batch", [False, True])
def test_every_statement_of_a_sweep_finds_its_rows_by_an_index(is_second_batch):
    driver = Driver(ApplicationFactory())
    sign_ins(driver, 3)
    driver.push()
    later = timezone.now() + timedelta(days=300)
    with CaptureQueriesContext(connection) as captured:
        for one in SWEEPS:
            sum(one.batches(later, 1 if is_second_batch else 100))
    statements = [
        query["sql"]
        for query in captured
        if query["sql"].startswith(("SELECT", "UPDATE", "DELETE")) and not re.search(FEW, query["sql"])
    ]
    assert len(statements) > 12
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        for statement in statements:
            plan = "\n".join(line for (line,) in ask(f"EXPLAIN {statement.replace('%', '%%')}"))
            assert "Seq Scan" not in plan, plan


def test_a_row_that_somebody_holds_is_left_for_the_next_run(other_connection):
    driver = Driver(ApplicationFactory())
    driver.sign_in(UserFactory())
    for _ in range(3):
        driver.tokens()
    long_ago = timezone.now() - timedelta(days=30)
    Authorization.objects.update(expires_at=long_ago)
    held = Authorization.objects.first()
    sweep = next(one for one in SWEEPS if one.name == "authorizations")
    with other_connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SELECT 1 FROM {TABLE} WHERE id = %s FOR UPDATE", [held.pk])
        assert sum(sweep.batches(timezone.now(), 1)) == 2
        cursor.execute("ROLLBACK")
    assert list(Authorization.objects.values_list("pk", flat=True)) == [held.pk]
    assert sum(sweep.batches(timezone.now(), 1)) == 1


@pytest.fixture
def other_connection():
    other = connection.copy()
    yield other
    other.close()
