"""Tenants in one process: what is remembered of one is no answer to another, and telling them apart asks nobody."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection, connections
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from oauth_provider.models import SigningKey
from oauth_provider.protocol.errors import InvalidToken
from oauth_provider.protocol.json_schema import SchemaMismatch
from oauth_provider.registry.authorization_details import registered, schema_of
from oauth_provider.sql.tenant import database_of, tenant_of
from oauth_provider.tokens import key_ring
from oauth_provider.tokens.verification_cache import verification_cache
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.driver import METADATA, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

ISSUER = "https://auth.example.com"
current = threading.local()


def tenant() -> str:
    """What ``TENANT`` names in these tests."""
    return str(getattr(current, "name", ""))


def no_tenant() -> str:
    raise AssertionError("nobody has to know")


class ByTenant(Mapping[str, Any]):
    """Settings that are others for each tenant, as a project may write them."""

    def __init__(self, shared: dict[str, Any], **tenants: dict[str, Any]) -> None:
        self._shared, self._tenants = shared, tenants

    def _now(self) -> dict[str, Any]:
        return self._shared | self._tenants.get(tenant(), {})

    def __getitem__(self, name: str) -> Any:
        return self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


class OwnCursors(type(connections["default"])):  # type: ignore[misc] # whichever backend the tests run on
    """A backend that chooses a schema by a way of its own before each statement."""

    def _cursor(self, name: str | None = None) -> Any:
        return super()._cursor(name)


def by_schema(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda name: setattr(connection, "schema_name", name)


def by_database(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    if connection.vendor != "postgresql":
        return lambda name: monkeypatch.setitem(connection.settings_dict, "NAME", name)
    # A name that PostgreSQL takes, should the connection be made anew.
    options = connection.settings_dict["OPTIONS"]
    return lambda name: monkeypatch.setitem(options, "options", f"-c application_name={name}")


def by_function(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda name: setattr(current, "name", name)


@pytest.fixture(params=[by_schema, by_database, by_function])
def enter(request: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[str], None]:
    """Go to a tenant by its name, in each way in which a project may part them. The rows are the very same here."""
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": 60}
    if request.param is by_function:
        settings.OAUTH_PROVIDER |= {"TENANT": f"{__name__}.tenant"}
    enter: Callable[[str], None] = request.param(monkeypatch)
    enter("a")
    return enter


@pytest.fixture(autouse=True)
def _nobodys() -> Iterator[None]:
    yield
    current.name = ""
    vars(connections["default"]).pop("schema_name", None)


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


@pytest.mark.spec("RFC 6750", "3.1")
def test_a_token_that_one_tenant_remembers_is_looked_for_at_another(enter: Callable[[str], None]) -> None:
    token = signed_in().tokens()["access_token"]
    verify(token)
    assert statements(lambda: verify(token)) == 0
    enter("b")
    assert statements(lambda: verify(token)) == 1
    enter("a")
    assert statements(lambda: verify(token)) == 0


@pytest.mark.spec("RFC 7009", "2")
def test_a_revocation_voids_what_any_tenant_remembers_by_that_name(enter: Callable[[str], None]) -> None:
    driver = signed_in()
    token = driver.tokens()["access_token"]
    verify(token)
    enter("b")
    verify(token)
    driver.revoke(token)
    for name in ("b", "a"):
        enter(name)
        with pytest.raises(InvalidToken):
            verify(token)


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_each_tenant_has_keys_of_its_own(enter: Callable[[str], None], settings: Any) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None, "SIGNING_ALGORITHMS": ["ES256"]}
    of_a = key_ring.key_ring()
    row = SigningKey.objects.get()
    row.delete()
    enter("b")
    of_b = key_ring.key_ring()
    assert of_b.signer("ES256").kid != of_a.signer("ES256").kid
    assert of_a.signer("ES256").kid not in {key.kid for key in of_b.known}
    enter("a")
    assert statements(lambda: Browser().get("/oauth/jwks")) == 0
    assert Browser().get("/oauth/jwks").content == of_a.jwks


@pytest.mark.spec("OIDC Core", "10.1.1")
def test_a_row_that_bears_the_name_of_another_tenants_key_signs_with_nothing(
    enter: Callable[[str], None], settings: Any
) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None, "SIGNING_ALGORITHMS": ["ES256"]}
    assert "ES256" in key_ring.key_ring().signers
    SigningKey.objects.update(sealed_private_jwk="forged")
    enter("b")
    assert "ES256" not in key_ring.key_ring().signers


def test_where_a_backend_makes_its_own_cursors_nothing_is_remembered(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": 60}
    token = signed_in().tokens()["access_token"]
    wrapper = connections["default"]
    monkeypatch.setattr(wrapper, "__class__", OwnCursors)
    assert tenant_of("default") is None
    assert [statements(lambda: verify(token)) for _ in range(2)] == [1, 1]
    assert len(verification_cache) == 0
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "SIGNING_KEYS": None, "SIGNING_ALGORITHMS": ["ES256"]}
    key_ring.key_ring()
    assert statements(key_ring.key_ring) == 1
    settings.OAUTH_PROVIDER |= {"TENANT": f"{__name__}.tenant"}
    assert tenant_of("default") is not None


def test_keys_that_the_project_gave_are_those_of_every_tenant(settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"TENANT": f"{__name__}.no_tenant"}
    assert key_ring.key_ring() is key_ring.key_ring()


def test_a_database_is_more_than_its_alias(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {database_of("default")}
    for name in ("NAME", "HOST", "PORT"):
        monkeypatch.setitem(connection.settings_dict, name, "elsewhere")
        found.add(database_of("default"))
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {"options": "-c search_path=b"})
    found.add(database_of("default"))
    assert len(found) == 5


# -- settings that differ --------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 8414", "3")
def test_each_tenant_is_described_as_its_settings_say(settings: Any) -> None:
    settings.OAUTH_PROVIDER = ByTenant(
        {"ISSUER": ISSUER, "SIGNING_KEYS": settings.OAUTH_PROVIDER["SIGNING_KEYS"]},
        a={"SCOPES": {"notes:read": "Read"}},
        b={"SCOPES": {"photos:read": "See"}, "SESSION_MANAGEMENT": False},
        c={"ISSUER": "https://c.example.com", "SCOPES": {"notes:read": "Read"}},
    )
    told = {}
    for name in ("a", "b", "c", "a", "b", "c"):
        current.name = name
        told.setdefault(name, []).append(Browser().get(METADATA).json())
    assert all(first == second for first, second in told.values())
    assert "notes:read" in told["a"][0]["scopes_supported"]
    assert "notes:read" not in told["b"][0]["scopes_supported"]
    assert "check_session_iframe" in told["a"][0]
    assert "check_session_iframe" not in told["b"][0]
    assert told["c"][0]["issuer"] == "https://c.example.com"


@pytest.mark.spec("RFC 9396", "2.1")
def test_a_type_of_details_is_the_tenants_own(settings: Any) -> None:
    def of(currency: str) -> dict[str, Any]:
        schema = {"properties": {"currency": {"const": currency}}, "required": ["currency"]}
        return {"AUTHORIZATION_DETAILS_TYPES": {"payment": {"name": f"Pay in {currency}", "schema": schema}}}

    settings.OAUTH_PROVIDER = ByTenant({"ISSUER": ISSUER}, a=of("EUR"), b=of("USD"))
    for name, right, wrong in (("a", "EUR", "USD"), ("b", "USD", "EUR"), ("a", "EUR", "USD")):
        current.name = name
        assert registered("payment").name == f"Pay in {right}"
        schema_of("payment").check({"type": "payment", "currency": right})
        with pytest.raises(SchemaMismatch):
            schema_of("payment").check({"type": "payment", "currency": wrong})


# -- checks ----------------------------------------------------------------------------------------------------


def found(settings: Any, **ours: Any) -> set[str]:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | ours
    return {str(message.id) for message in run_checks()} & {"oauth_provider.E072", "oauth_provider.W073"}


@pytest.mark.parametrize("path", ["no.such.function", f"{__name__}.ISSUER", 7], ids=str)
def test_a_tenant_function_that_cannot_be_called_is_an_error(settings: Any, path: Any) -> None:
    assert found(settings, TENANT=path) == {"oauth_provider.E072"}


def test_a_tenant_function_is_no_error(settings: Any) -> None:
    assert found(settings, TENANT=f"{__name__}.tenant") == set()


def test_a_backend_whose_schema_cannot_be_told_is_warned_of(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(settings) == set()
    monkeypatch.setattr(connections["default"], "__class__", OwnCursors)
    assert found(settings) == {"oauth_provider.W073"}
    assert found(settings, TENANT=f"{__name__}.tenant") == set()
    assert ledger.counts()
