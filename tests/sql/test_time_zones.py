"""Times and zones: compiled queries read what the ORM reads, and rows are compared as they were read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.test.utils import isolate_apps
from django.utils import timezone as django_timezone
from django.utils.timezone import make_aware

from oauth_provider.models import Authorization
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.commit import commit
from oauth_provider.sql.lookup import CompiledQuery
from oauth_provider.sql.outcome import Change, Hold, Outcome
from oauth_provider.tokens.token_lookup import find_by_orm, find_token
from tests.commits import both_forms, committed
from tests.factories import ApplicationFactory, UserFactory
from tests.sql.test_lookup import TOKEN, everything, stored

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]

MOMENTS = (
    datetime(2031, 2, 3, 4, 5, 6, 789012, UTC),
    datetime(2031, 2, 3, 4, 5, 6, 100, UTC),
    datetime(2031, 2, 3, 4, 5, 6, 100_000, UTC),
    datetime(2031, 7, 3, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(1890, 7, 3, 12, tzinfo=UTC),  # zones had seconds then
    *(datetime(2031, 10, 26, hour, 30, tzinfo=UTC) for hour in (0, 1)),  # 02:30 in Berlin, both
    datetime(9999, 12, 30, 23, 59, 59, 999_999, UTC),
)


@pytest.fixture(
    params=[
        {},
        {"TIME_ZONE": "Asia/Kolkata"},
        {"USE_TZ": False},
        {"USE_TZ": False, "TIME_ZONE": "Etc/GMT+3"},
        {"USE_TZ": False, "TIME_ZONE": "Europe/Berlin"},
    ]
)
def zoned(request: pytest.FixtureRequest, settings: Any) -> dict[str, Any]:
    """The project's own settings of time, as a connection takes them."""
    for name, value in request.param.items():
        setattr(settings, name, value)
    return dict(request.param)


def test_a_timestamp_is_what_the_orm_reads(zoned: dict[str, Any]) -> None:
    row = stored()
    for moment in MOMENTS:
        row.expires = moment if zoned.get("USE_TZ", True) else moment.replace(tzinfo=None)
        row.save()
        compiled, by_orm = find_token(digest(TOKEN)), find_by_orm(digest(TOKEN))
        assert everything(compiled) == everything(by_orm)
        assert repr(compiled) == repr(by_orm)


@both_forms
def test_a_row_is_compared_as_it_was_read(zoned: dict[str, Any], form: str) -> None:
    application, user = ApplicationFactory(), UserFactory()
    now = django_timezone.now()
    for place, moment in enumerate(MOMENTS):
        local = moment if zoned.get("USE_TZ", True) else moment.replace(tzinfo=None)
        row = Authorization.objects.create(
            application=application, user=user, grant_type="x", expires_at=now, created_at=local, rotated_at=local
        )
        read = Authorization.objects.get(pk=row.pk)
        with committed(form):
            assert commit(
                Outcome(None, (Hold(read), Change(read, {"acr": str(place), "rotated_at": now}))), using="default"
            )
            assert not commit(Outcome(None, (Change(row, {"acr": "too late"}),)), using="default")
        assert Authorization.objects.get(pk=row.pk).acr == str(place)


@pytest.fixture(params=["Asia/Kolkata", "Europe/Berlin"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database whose settings name a zone, which its connection takes when it is opened."""

    def reopen() -> None:
        connection.close()
        for name in ("timezone", "timezone_name"):
            vars(connections[DEFAULT_DB_ALIAS]).pop(name, None)

    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "TIME_ZONE", request.param)
        reopen()
        yield request.param
    reopen()


def test_the_zone_of_a_connection_is_its_own(zone: str) -> None:
    row = stored()
    for moment in MOMENTS:
        row.expires = moment
        row.save()
        compiled, by_orm = find_token(digest(TOKEN)), find_by_orm(digest(TOKEN))
        assert compiled is not None
        assert repr(compiled) == repr(by_orm)
        assert compiled.expires.astimezone(UTC) == moment
        assert zone in repr(compiled)


def set_by_sql(row: models.Model, column: str, moment: datetime) -> None:
    """As another program would: Django writes local times without their fold."""
    with connection.cursor() as cursor:
        sql = f"UPDATE {row._meta.db_table} SET {column} = %s::timestamptz WHERE id = %s"
        cursor.execute(sql, [str(moment), row.pk])


@both_forms
@pytest.mark.parametrize("hour", [0, 1])
def test_an_hour_that_comes_twice_is_told_from_its_repetition(settings: Any, hour: int, form: str) -> None:
    settings.USE_TZ, settings.TIME_ZONE = False, "Europe/Berlin"
    moment = datetime(2031, 10, 26, hour, 30, tzinfo=UTC)
    set_by_sql(stored(expires=MOMENTS[0].replace(tzinfo=None)), "expires", moment)
    compiled, by_orm = find_token(digest(TOKEN)), find_by_orm(digest(TOKEN))
    assert compiled is not None
    assert repr(compiled) == repr(by_orm)
    assert make_aware(compiled.expires).astimezone(UTC) == moment

    row = Authorization.objects.create(
        application=ApplicationFactory(), user=UserFactory(), grant_type="x", expires_at=MOMENTS[0].replace(tzinfo=None)
    )
    set_by_sql(row, "rotated_at", moment)
    read = Authorization.objects.get()
    with committed(form):
        set_by_sql(row, "rotated_at", datetime(2031, 10, 26, 1 - hour, 30, tzinfo=UTC))
        assert not commit(Outcome(None, (Hold(read),)), using="default")
        set_by_sql(row, "rotated_at", moment)
        assert commit(Outcome(None, (Hold(read),)), using="default")


class Seconds(models.DateTimeField):  # type: ignore[type-arg]
    """A project's own way to store a moment."""

    def db_type(self, connection: Any) -> str:
        return "bigint"

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


@isolate_apps("tests")
def test_a_field_that_is_no_timestamp_in_the_database_reads_itself() -> None:
    class Moment(models.Model):  # noqa: DJ008 - nobody reads its name
        at = Seconds()

        class Meta:
            app_label = "tests"

    with connection.schema_editor() as editor:
        editor.create_model(Moment)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {Moment._meta.db_table} (at) VALUES (0)")
        assert CompiledQuery(lambda: Moment._base_manager.values_list("at")).run("default") == [
            [datetime.fromtimestamp(0, UTC)]
        ]
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Moment)
