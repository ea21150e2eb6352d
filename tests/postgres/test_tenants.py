"""Tenants by schema on one connection (RFC 6750 §3.1): the rows of one are never taken for those of another."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from oauth_provider.clients.memory import client_memory
from oauth_provider.models import ClientPolicy, SigningKey
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.tokens.key_ring import key_ring
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import Driver
from tests.remembering import is_remembered, own, refused, remembered

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
]

OTHER = "tenant_b"
entered = "public"

Enter = Callable[[str], None]


def tenant() -> str:
    """What ``TENANT`` names, where the project sets the search path itself."""
    return entered


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def set_path(name: str) -> None:
    global entered
    entered = name
    run(f"SET search_path TO {name}, public")


def set_schema(name: str) -> None:
    """As django-tenants does."""
    connections["default"].schema_name = name  # type: ignore[attr-defined]
    run(f"SET search_path TO {name}, public")


@pytest.fixture
def _schema() -> Iterator[None]:
    """Another schema, which is gone afterwards, whatever happened in it."""
    run(f"CREATE SCHEMA {OTHER}")
    yield
    set_path("public")
    vars(connections["default"]).pop("schema_name", None)
    run(f"DROP SCHEMA {OTHER} CASCADE")


@pytest.fixture
def driver(_schema: None) -> Iterator[Driver]:
    """A client that is remembered at ``public``; a copy of every row of its tables stands in another schema."""
    client_memory.clear()
    driver = remembered()
    for table in ledger.tables():
        run(f'CREATE TABLE {OTHER}."{table}" (LIKE public."{table}" INCLUDING ALL)')
        columns = ", ".join(f'"{column}"' for column in written_columns(table))
        run(f'INSERT INTO {OTHER}."{table}" ({columns}) SELECT {columns} FROM public."{table}"')
    yield driver
    client_memory.clear()


def written_columns(table: str) -> list[str]:
    """All but those that the database generates."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND attgenerated = ''"
            " AND NOT attisdropped",
            [f'public."{table}"'],
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.fixture(params=[set_schema, set_path])
def enter(request: Any, settings: Any) -> Enter:
    """Go to a schema, and remember tokens there."""
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": 60}
    if request.param is set_path:
        settings.OAUTH_PROVIDER |= {"TENANT": f"{__name__}.tenant"}
    enter: Enter = request.param
    return enter


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


@pytest.mark.spec("RFC 6750", "3.1")
def test_a_token_of_one_schema_opens_nothing_in_another(driver: Driver, enter: Enter) -> None:
    enter("public")
    token = driver.tokens()["access_token"]
    verify(token)
    assert statements(lambda: verify(token)) == 0
    enter(OTHER)
    with pytest.raises(InvalidToken):
        verify(token)
    enter("public")
    assert statements(lambda: verify(token)) == 0


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_each_schema_has_keys_of_its_own(driver: Driver, enter: Enter, settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None, "SIGNING_ALGORITHMS": ["ES256"]}
    enter("public")
    first = key_ring()
    enter(OTHER)
    second = key_ring()
    assert {key.kid for key in first.known}.isdisjoint(key.kid for key in second.known)
    assert [row.kid for row in SigningKey.objects.all()] == [key.kid for key in second.published]
    enter("public")
    assert key_ring() is first


@pytest.mark.spec("RFC 6749", "2.3")
@pytest.mark.parametrize("go", [set_schema, set_path])
def test_a_client_that_is_remembered_of_one_schema_is_read_anew_in_another(driver: Driver, go: Enter) -> None:
    """No setting has to say so: the statement that uses it tells which table it came from."""
    go(OTHER)
    ClientPolicy.objects.update(status="suspended")
    go("public")
    assert is_remembered(driver)
    assert own(driver).status_code == 200
    go(OTHER)
    refused(own(driver), "invalid_client")
    go("public")
    assert own(driver).status_code == 200
