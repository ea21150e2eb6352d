"""Timestamps of compiled queries, which PostgreSQL sends as text, are what the ORM reads."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.test.utils import isolate_apps
from django.utils.timezone import make_aware

from oauth_provider.dot.names import access_token_model
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.lookup import CompiledQuery
from oauth_provider.tokens.token_lookup import find_by_orm, find_token
from tests.test_compiled_queries import TOKEN, everything, stored

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


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_timestamp_is_what_the_orm_reads(zoned: dict[str, Any], moment: datetime) -> None:
    stored(expires=moment if zoned.get("USE_TZ", True) else moment.replace(tzinfo=None))
    compiled, by_orm = find_token(digest(TOKEN)), find_by_orm(digest(TOKEN))
    assert everything(compiled) == everything(by_orm)
    assert repr(compiled) == repr(by_orm)


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


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_the_zone_of_a_connection_is_its_own(zone: str, moment: datetime) -> None:
    stored(expires=moment)
    compiled, by_orm = find_token(digest(TOKEN)), find_by_orm(digest(TOKEN))
    assert compiled is not None
    assert repr(compiled) == repr(by_orm)
    assert compiled.expires.astimezone(UTC) == moment
    assert zone in repr(compiled)


def stored_by_sql(moment: datetime) -> None:
    """As another program would store it: Django writes local times without their fold."""
    stored(expires=MOMENTS[0].replace(tzinfo=None))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {access_token_model()._meta.db_table} SET expires = %s::timestamptz", [str(moment)])


@pytest.mark.parametrize("hour", [0, 1])
def test_an_hour_that_comes_twice_is_told_from_its_repetition(settings: Any, hour: int) -> None:
    settings.USE_TZ, settings.TIME_ZONE = False, "Europe/Berlin"
    moment = datetime(2031, 10, 26, hour, 30, tzinfo=UTC)
    stored_by_sql(moment)
    compiled, by_orm = find_token(digest(TOKEN)), find_by_orm(digest(TOKEN))
    assert compiled is not None
    assert repr(compiled) == repr(by_orm)
    assert make_aware(compiled.expires).astimezone(UTC) == moment


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
