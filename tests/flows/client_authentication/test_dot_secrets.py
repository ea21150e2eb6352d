"""Secrets that DOT made (RFC 6749 §2.3.1): taken over from its column, and ended there, too."""

import pytest
from django.contrib.auth.hashers import make_password

from oauth_provider.dot.names import application_model
from oauth_provider.dot.secret import is_secret
from oauth_provider.models import ClientSecret
from oauth_provider.protocol.digest import digest
from tests import ledger
from tests.driver import Driver
from tests.each import each
from tests.flows.client_authentication.service_clients import GRANT, hashes, of_dot, refused

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]

# The shape of what DOT makes: 128 letters and digits.
DOTS_SECRET = "aB3dE6gH" * 16


# Secrets that DOT made


def test_a_secret_that_dot_made_and_hashed_is_copied_the_first_time_it_is_used() -> None:
    driver = Driver(of_dot(DOTS_SECRET))
    assert driver.token(**GRANT).status_code == 200
    row = ClientSecret.objects.get()
    assert (row.digest, row.from_dot) == (digest(DOTS_SECRET), True)
    assert hashes(driver) == 0
    assert driver.token(**GRANT).status_code == 200


def test_copying_leaves_dots_column_as_it_was() -> None:
    application = of_dot(DOTS_SECRET)
    Driver(application).token(**GRANT)
    assert application_model().objects.get(pk=application.pk).client_secret == application.client_secret


@each("secret", ["correct horse battery staple", "a" * 127, "a" * 129, DOTS_SECRET[:-1] + "-", DOTS_SECRET[:64], "x"])
def test_a_secret_that_a_person_may_have_chosen_stays_slow(secret: str) -> None:
    driver = Driver(of_dot(secret))
    for _ in range(2):
        assert driver.token(**GRANT).status_code == 200
    assert ClientSecret.objects.count() == 0
    assert digest(secret) not in ledger.text()
    assert hashes(driver) == 1


def test_a_secret_that_dot_keeps_as_it_is_works() -> None:
    assert Driver(of_dot("plain as day", hashed=False)).token(**GRANT).status_code == 200
    refused(Driver(of_dot("plain as day", hashed=False)).token(**GRANT, client_secret="plain as dax"))


@each("secret", [DOTS_SECRET, "chosen by hand"])
@each("hashed", [True, False])
def test_an_empty_or_wrong_secret_is_wrong_for_those_too(secret: str, hashed: bool) -> None:
    driver = Driver(of_dot(secret, hashed=hashed))
    with ledger.unchanged():
        for wrong in ("wrong", secret[:-1], secret.swapcase(), driver.application.client_secret + "x"):
            refused(driver.token(**GRANT, client_secret=wrong))


def test_the_hash_in_dots_column_is_no_secret() -> None:
    driver = Driver(of_dot(DOTS_SECRET))
    refused(driver.token(**GRANT, client_secret=driver.application.client_secret))


def test_revoking_the_copy_empties_dots_column_too() -> None:
    application = of_dot(DOTS_SECRET)
    driver = Driver(application)
    driver.token(**GRANT)
    ClientSecret.objects.revoke(ClientSecret.objects.get())
    assert not is_secret(application_model().objects.get(pk=application.pk).client_secret)
    refused(driver.token(**GRANT))
    refused(driver.token(**GRANT, client_secret=application_model().objects.get(pk=application.pk).client_secret))


@each("secret", [DOTS_SECRET, "chosen by hand"])
@each("hashed", [True, False])
@each("used_before", [True, False])
def test_rotation_takes_over_what_stands_in_dots_column(secret: str, hashed: bool, used_before: bool) -> None:
    application = of_dot(secret, hashed=hashed)
    driver = Driver(application)
    if used_before:
        assert driver.token(**GRANT).status_code == 200
    _row, new = ClientSecret.objects.rotate(application, overlap=600)
    assert not is_secret(application_model().objects.get(pk=application.pk).client_secret)
    assert driver.token(**GRANT).status_code == 200
    assert driver.token(**GRANT, client_secret=new).status_code == 200
    with ledger.later(601):
        refused(driver.token(**GRANT))
        assert driver.token(**GRANT, client_secret=new).status_code == 200


def test_a_secret_that_is_changed_in_dots_own_admin_ends_the_copy_of_the_old_one() -> None:
    application = of_dot(DOTS_SECRET)
    driver = Driver(application)
    assert driver.token(**GRANT).status_code == 200
    other = make_password(DOTS_SECRET[::-1], hasher="md5")
    application_model().objects.filter(pk=application.pk).update(client_secret=other)
    refused(driver.token(**GRANT))
    assert driver.token(**GRANT, client_secret=DOTS_SECRET[::-1]).status_code == 200
    refused(driver.token(**GRANT))


# Too often


def test_a_success_costs_no_slow_hash(service: Driver) -> None:
    assert hashes(service) == 0
