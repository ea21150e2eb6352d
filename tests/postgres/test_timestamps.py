"""Timestamps of compiled queries, which PostgreSQL sends as text, are what the ORM reads."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections

from oauth_provider.models import TokenBinding
from oauth_provider.protocol.digest import digest
from tests.test_compiled_queries import TOKEN, everything, stored

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("connections")]

MOMENTS = (
    datetime(2031, 2, 3, 4, 5, 6, 789012, UTC),
    datetime(2031, 2, 3, 4, 5, 6, 100, UTC),
    datetime(2031, 2, 3, 4, 5, 6, 100_000, UTC),
    datetime(2031, 7, 3, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(1890, 7, 3, 12, tzinfo=UTC),  # zones had seconds then
    datetime(9999, 12, 30, 23, 59, 59, 999_999, UTC),
)


@pytest.fixture(
    params=[{}, {"TIME_ZONE": "Asia/Kolkata"}, {"USE_TZ": False}, {"USE_TZ": False, "TIME_ZONE": "Etc/GMT+3"}]
)
def zoned(request: pytest.FixtureRequest, settings: Any) -> dict[str, Any]:
    """The project's own settings of time, as a connection takes them."""
    for name, value in request.param.items():
        setattr(settings, name, value)
    return dict(request.param)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_timestamp_is_what_the_orm_reads(zoned: dict[str, Any], moment: datetime) -> None:
    stored(expires=moment if zoned.get("USE_TZ", True) else moment.replace(tzinfo=None))
    compiled, by_orm = TokenBinding.objects.find(digest(TOKEN)), TokenBinding.objects.find_by_orm(digest(TOKEN))
    assert everything(compiled) == everything(by_orm)
    assert repr(compiled) == repr(by_orm)


@pytest.fixture
def in_kolkata(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database whose settings name a zone, which its connection takes when it is opened."""

    def reopen() -> None:
        connection.close()
        for name in ("timezone", "timezone_name"):
            vars(connections[DEFAULT_DB_ALIAS]).pop(name, None)

    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "TIME_ZONE", "Asia/Kolkata")
        reopen()
        yield
    reopen()


@pytest.mark.usefixtures("in_kolkata")
def test_the_zone_of_a_connection_is_its_own() -> None:
    stored(expires=MOMENTS[0])
    compiled, by_orm = TokenBinding.objects.find(digest(TOKEN)), TokenBinding.objects.find_by_orm(digest(TOKEN))
    assert repr(compiled) == repr(by_orm)
    assert "Kolkata" in repr(compiled)
