"""Clients that DOT registers (RFC 6749 §2.3.1): neither the right secret nor a wrong one costs a slow hash."""

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.core.management import call_command
from django.db import ProgrammingError, transaction
from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientSecret
from tests.driver import Driver
from tests.each import each

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]
OTHER, CHOSEN = "Yy8" * 42 + "Yy", "correct horse battery staple"


@pytest.fixture
def hashes(monkeypatch: Any) -> list[str]:
    """The slow hashes that were computed to verify a secret."""
    calls: list[str] = []

    def check_password(password: str, encoded: str) -> bool:
        calls.append(encoded)
        return hashers.check_password(password, encoded)

    monkeypatch.setattr("oauth_provider.clients.authentication.secret.check_password", check_password)
    return calls


def created(**columns: Any) -> Driver:
    """A client as DOT's admin form and ``Application.objects.create`` make it, and the secret that was shown."""
    application = application_model()(
        name="Made by DOT", client_type="confidential", authorization_grant_type="client-credentials", **columns
    )
    secret = application.client_secret
    application.save()
    application.secret = secret
    return Driver(application)


def status(driver: Driver, secret: str) -> int:
    response = driver.token(grant_type="client_credentials", scope="notes:read", client_secret=secret)
    return int(response.status_code)


def test_no_secret_costs_a_slow_hash(hashes: list[str]) -> None:
    driver = created()
    assert status(driver, driver.application.secret) == 200
    assert [status(driver, wrong) for wrong in ("wrong", OTHER, "x" * 4000)] == [401, 401, 401]
    assert not hashes


def test_the_column_of_dot_still_has_its_hash_of_the_same_secret() -> None:
    """So the client serves on where our app is taken out."""
    driver = created()
    stored = application_model().objects.get().client_secret
    assert hashers.identify_hasher(stored)
    assert OAuth2Validator()._check_secret(driver.application.secret, stored)
    assert driver.application.secret not in str(ClientSecret.objects.values())


def test_a_client_of_the_command_of_dot_costs_none_either(hashes: list[str]) -> None:
    call_command("createapplication", "confidential", "client-credentials", "--client-id", "made")
    application = application_model().objects.get(client_id="made")
    application.secret = "wrong"
    assert status(Driver(application), "wrong") == 401
    assert not hashes


def test_a_new_secret_ends_the_one_before(hashes: list[str]) -> None:
    driver = created()
    driver.application.client_secret = OTHER
    driver.application.save()
    assert status(driver, OTHER) == 200
    assert status(driver, driver.application.secret) == 401
    assert not hashes


@each(
    "columns",
    [{"client_secret": CHOSEN}, {"hash_client_secret": False}, {"client_secret": "pbkdf2_sha256$1$salt$hash"}],
    ids=["chosen by a person", "not hashed", "hashed already"],
)
def test_only_the_secret_of_a_machine_is_copied(columns: dict[str, Any]) -> None:
    created(**columns)
    assert not ClientSecret.objects.exists()


def test_a_secret_that_a_person_chose_stays_slow(hashes: list[str]) -> None:
    driver = created(client_secret=CHOSEN)
    assert status(driver, CHOSEN) == 200
    assert status(driver, "wrong") == 401
    assert len(hashes) == 2


def test_a_public_client_has_no_secret_though_dot_hashes_one_for_it() -> None:
    application_model().objects.create(client_type="public", authorization_grant_type="authorization-code")
    assert not ClientSecret.objects.exists()


def test_a_column_that_was_not_saved_is_no_new_secret(hashes: list[str]) -> None:
    driver = created()
    driver.application.client_secret = OTHER
    driver.application.save(update_fields=["name"])
    assert status(driver, OTHER) == 401
    assert status(driver, driver.application.secret) == 200


def test_a_fixture_is_left_as_it_is() -> None:
    model = application_model()
    row = model(client_id="loaded", client_type="confidential", authorization_grant_type="client-credentials")
    row.created = row.updated = timezone.now()
    row.save_base(raw=True)
    assert not ClientSecret.objects.exists()


def test_the_secret_is_not_kept_on_the_row() -> None:
    driver = created()
    del driver.application.secret
    kept = str(vars(driver.application))
    assert "client_secret" in kept
    assert "new_secret" not in kept


def test_in_a_transaction_of_the_project_the_copy_goes_with_its_client() -> None:
    with transaction.atomic():
        created()
        assert ClientSecret.objects.exists()
        transaction.set_rollback(True)
    assert not ClientSecret.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_client_may_be_made_within_a_transaction_of_the_project(hashes: list[str]) -> None:
    with transaction.atomic():
        driver = created()
    assert status(driver, "wrong") == 401
    assert not hashes


def test_a_table_that_is_not_there_yet_keeps_nobody_from_making_a_client(monkeypatch: Any) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ProgrammingError("relation does not exist")

    monkeypatch.setattr(type(ClientSecret.objects), "update_or_create", fail)
    assert created().application.pk is not None
    assert not ClientSecret.objects.exists()
