"""Secrets of a client (RFC 6749 §2.3.1): several, expired, rotated, revoked."""

import pytest
from django.utils import timezone

from oauth_provider.models import ClientSecret
from oauth_provider.protocol.digest import digest
from tests import ledger
from tests.driver import Driver
from tests.each import each
from tests.flows.client_authentication.service_clients import GRANT, refused

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]


def test_an_expired_secret_is_wrong(service: Driver) -> None:
    ClientSecret.objects.update(expires_at=timezone.now())
    with ledger.unchanged():
        refused(service.token(**GRANT))


@pytest.mark.parametrize(("after", "status"), [(50, 200), (61, 401)])
def test_a_secret_with_a_lifetime_ends(service: Driver, after: int, status: int) -> None:
    _row, secret = ClientSecret.objects.create_secret(service.application, lifetime=60)
    with ledger.later(after):
        assert service.token(**GRANT, client_secret=secret).status_code == status


@each(("after", "status"), [(0, 200), (590, 200), (601, 401)])
def test_rotation_lets_the_old_secret_overlap(service: Driver, after: int, status: int) -> None:
    _row, new = ClientSecret.objects.rotate(service.application, overlap=600)
    with ledger.later(after):
        assert service.token(**GRANT).status_code == status
        assert service.token(**GRANT, client_secret=new).status_code == 200


def test_rotation_without_an_overlap_ends_the_old_secret_at_once(service: Driver) -> None:
    _row, new = ClientSecret.objects.rotate(service.application, overlap=0)
    refused(service.token(**GRANT))
    assert service.token(**GRANT, client_secret=new).status_code == 200


def test_rotation_prolongs_no_secret(service: Driver) -> None:
    _row, short = ClientSecret.objects.create_secret(service.application, lifetime=10)
    ClientSecret.objects.rotate(service.application, overlap=600)
    with ledger.later(11):
        refused(service.token(**GRANT, client_secret=short))


def test_a_revoked_secret_is_wrong_and_the_others_are_not(service: Driver) -> None:
    row, other = ClientSecret.objects.create_secret(service.application)
    ClientSecret.objects.revoke(row)
    refused(service.token(**GRANT, client_secret=other))
    assert service.token(**GRANT).status_code == 200


def test_secrets_are_kept_as_digests(service: Driver) -> None:
    assert service.application.secret not in ledger.text()
    assert ClientSecret.objects.get().digest == digest(service.application.secret)
    assert ClientSecret.objects.get().hint == service.application.secret[-4:]


def test_the_use_of_a_secret_is_noted_once_an_hour(service: Driver) -> None:
    service.token(**GRANT)
    first = ClientSecret.objects.get().last_used_at
    assert first is not None
    with ledger.later(3000):
        service.token(**GRANT)
    assert ClientSecret.objects.get().last_used_at == first
    with ledger.later(3700):
        service.token(**GRANT)
    assert ClientSecret.objects.get().last_used_at != first


def test_a_failure_is_no_use_of_a_secret(service: Driver) -> None:
    service.token(**GRANT, client_secret="wrong")
    assert ClientSecret.objects.get().last_used_at is None
