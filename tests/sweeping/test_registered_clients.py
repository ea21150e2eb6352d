"""Clients that registered themselves go by time, never by number, and never while anybody uses them."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.models import (
    AuditEvent,
    Authorization,
    ClientPolicy,
    ClientSecret,
    Consent,
    DynamicRegistration,
    InitialAccessToken,
)
from oauth_provider.sweeping import registered_clients
from tests import ledger
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory
from tests.registrar import Registrar, open_door

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 7591", "5")]
DAY = 86_400
UNCONSENTED, IDLE = 7 * DAY, 90 * DAY


@pytest.fixture
def made(settings: Any) -> dict[str, Any]:
    cache.clear()
    open_door(settings, PER_ADDRESS="")
    return Registrar().made(token_endpoint_auth_method="client_secret_post", grant_types=["authorization_code"])


def driver_of(made: dict[str, Any]) -> Driver:
    application = application_model().objects.get(client_id=made["client_id"])
    application.secret = made["client_secret"]
    driver = Driver(application, scope="notes:read")
    driver.sign_in(UserFactory())
    return driver


def sweep(**options: Any) -> dict[str, int]:
    output = io.StringIO()
    call_command("oauth_sweep", stdout=output, **options)
    lines = (line.split(" ", 1) for line in output.getvalue().splitlines())
    return {text.removeprefix("registered clients "): int(number) for number, text in lines if "registered" in text}


def idle_for(seconds: float) -> None:
    DynamicRegistration.objects.update(idle_since=timezone.now() - timedelta(seconds=seconds))


def test_a_client_that_nobody_agreed_to_is_noted_and_goes_after_a_while(made: dict[str, Any]) -> None:
    assert sweep() == {"noted as idle": 1, "noted as in use": 0, "deleted": 0}
    idle_for(UNCONSENTED - 60)
    assert sweep()["deleted"] == 0
    idle_for(UNCONSENTED + 60)
    with ledger.unchanged():
        assert sweep(dry_run=True)["would be deleted"] == 1
    assert sweep()["deleted"] == 1
    assert not application_model().objects.exists()
    assert not DynamicRegistration.objects.exists()
    assert AuditEvent.objects.filter(kind="client_deleted", client_id=made["client_id"]).count() == 1


def test_a_client_that_somebody_agreed_to_goes_only_after_a_long_while(made: dict[str, Any]) -> None:
    driver_of(made).tokens()
    assert sweep()["noted as idle"] == 0
    Authorization.objects.update(revoked_at=timezone.now())
    access_token_model().objects.update(expires=timezone.now())
    ClientSecret.objects.update(last_used_at=timezone.now() - timedelta(days=40))
    assert sweep()["noted as idle"] == 1
    idle_for(UNCONSENTED + 60)
    assert sweep()["deleted"] == 0
    idle_for(IDLE + 60)
    assert sweep()["deleted"] == 1
    assert not Consent.objects.exists()


@each("use", ["sign-in", "token", "secret"])
def test_a_client_in_use_stays_however_long_it_seemed_idle(made: dict[str, Any], use: str) -> None:
    driver_of(made).tokens()
    long_ago = timezone.now() - timedelta(days=400)
    if use != "sign-in":
        Authorization.objects.update(expires_at=long_ago)
    if use != "token":
        access_token_model().objects.update(expires=long_ago)
    if use != "secret":
        ClientSecret.objects.update(last_used_at=long_ago)
    Consent.objects.all().delete()
    idle_for(IDLE + 60)
    assert sweep() == {"noted as idle": 0, "noted as in use": 1, "deleted": 0}
    assert DynamicRegistration.objects.get().idle_since is None


@each("status", ["approved", "suspended"])
def test_what_an_operator_decided_about_stays(made: dict[str, Any], status: str) -> None:
    idle_for(IDLE + 60)
    ClientPolicy.objects.update(status=status)
    assert sweep()["deleted"] == 0


def test_clients_that_came_otherwise_stay() -> None:
    ApplicationFactory(policy={"status": "unapproved"})
    assert sweep() == {"noted as idle": 0, "noted as in use": 0, "deleted": 0}


def test_no_number_of_new_clients_pushes_out_an_old_one(made: dict[str, Any]) -> None:
    driver_of(made).tokens()
    for number in range(12):
        Registrar().made(client_name=f"Flood {number}")
    idle_for(UNCONSENTED + 60)
    assert sweep()["deleted"] == 12
    assert application_model().objects.get().client_id == made["client_id"]


def test_who_signs_in_while_the_sweep_looks_keeps_the_client(made: dict[str, Any]) -> None:
    idle_for(IDLE + 60)
    rows = registered_clients.idle(timezone.now())
    keys = list(rows.values_list("pk", flat=True))
    driver_of(made).tokens()
    registered_clients.delete_clients(rows, keys)
    assert application_model().objects.exists()


def test_a_project_may_keep_them_all(made: dict[str, Any], settings: Any) -> None:
    forever = {"UNCONSENTED_CLIENT_LIFETIME": None, "IDLE_CLIENT_LIFETIME": None}
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | forever
    idle_for(1000 * DAY)
    assert sweep()["deleted"] == 0


def test_a_token_that_has_ended_goes_and_its_clients_stay(settings: Any) -> None:
    open_door(settings)
    row, token = InitialAccessToken.objects.create_token(lifetime=60)
    Registrar().made(token=token)
    InitialAccessToken.objects.update(expires_at=timezone.now() - timedelta(days=8))
    call_command("oauth_sweep", stdout=io.StringIO())
    assert not InitialAccessToken.objects.filter(pk=row.pk).exists()
    assert DynamicRegistration.objects.get().initial_access_token is None
