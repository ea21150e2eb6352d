"""A grant that a project adds (RFC 6749 §4.5): a module and a line of its settings."""

from typing import Any

import pytest

from oauth_provider.checks import tables
from oauth_provider.models import ClientPolicy
from oauth_provider.tokens.verifier import verify
from tests import ledger
from tests.admin.operators import operator, url
from tests.checks.messages import said
from tests.driver import METADATA, TOKEN, Driver, post
from tests.each import each
from tests.factories import ApplicationFactory
from tests.grants import ticket

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "4.5")]

HERE = "tests.grants.ticket"


@pytest.fixture(autouse=True)
def _added(settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANTS": [HERE]}


@pytest.fixture
def service() -> Driver:
    return Driver(ApplicationFactory(service=True, policy={"grant_types": [ticket.grant_type]}))


def test_the_added_grant_is_exchanged(service: Driver) -> None:
    answer = service.token(grant_type=ticket.grant_type, ticket_number="7", scope="notes:read")
    assert answer.status_code == 200
    assert ledger.is_good(answer.json()["access_token"])
    ledger.refused(service.token(grant_type=ticket.grant_type, ticket_number="8"), "invalid_grant")


@pytest.mark.spec("RFC 8693", "4.1")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_who_acts_travels_with_the_token(service: Driver, kind: str) -> None:
    ClientPolicy.objects.update(access_token_format=kind, may_introspect=True)
    answer = service.token(grant_type=ticket.grant_type, ticket_number="7", scope="notes:read").json()
    assert answer["issued_token_type"] == ticket.ACCESS_TOKEN
    assert verify(answer["access_token"]).act == {"sub": "conductor"}
    assert service.introspect(answer["access_token"]).json()["act"] == {"sub": "conductor"}


def test_a_client_uses_it_only_where_its_policy_names_it(service: Driver) -> None:
    ClientPolicy.objects.update(grant_types=["client_credentials"])
    ledger.refused(service.token(grant_type=ticket.grant_type, ticket_number="7"), "unauthorized_client")


def test_without_the_setting_nobody_knows_it(service: Driver, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANTS": []}
    ledger.refused(service.token(grant_type=ticket.grant_type, ticket_number="7"), "unsupported_grant_type")


@pytest.mark.spec("RFC 6749", "3.2")
def test_a_parameter_that_it_reads_comes_once(service: Driver) -> None:
    form = [*service.credentials.items(), ("grant_type", ticket.grant_type)]
    twice = [("ticket_number", "7"), ("ticket_number", "7")]
    ledger.refused(post(service.browser, TOKEN, form + twice), "invalid_request")
    unknown = [("ticket_number", "7"), ("scope", "notes:read"), ("seat", "1"), ("seat", "2")]
    assert post(service.browser, TOKEN, form + unknown).status_code == 200


def test_it_stands_in_the_metadata_and_among_the_choices_of_the_admin(service: Driver) -> None:
    assert ticket.grant_type in service.browser.get(METADATA).json()["grant_types_supported"]
    page = operator().get(url(service.application)).content.decode()
    assert f'name="grant_types" value="{ticket.grant_type}"' in page


@each("paths", [["no.such.module"], ["tests.grants"], ["oauth_provider.grants.refresh_token"], [HERE, HERE]])
def test_a_grant_that_cannot_be_loaded_is_found_at_start(settings: Any, paths: list[str]) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"GRANTS": paths}
    assert said(tables.check_grants) == ["E105"]
