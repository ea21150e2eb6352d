"""Client secrets (RFC 6749 §2.3.1): ours beside what DOT stored, and how each of them ends."""

from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator

from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientSecret
from oauth_provider.protocol.digest import digest
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 6749", "2.3.1")]
GENERATED, OTHER, CHOSEN = "Zz9" * 42 + "Zz", "Yy8" * 42 + "Yy", "correct horse battery staple"


@pytest.fixture(autouse=True)
def _hashers(settings):
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]


def client(secret, *, hashed=True):
    """A service that DOT registered, with ``secret`` in DOT's column and nowhere else."""
    application = ApplicationFactory(service=True)
    application.client_secret, application.hash_client_secret = secret, hashed
    application.save()
    application.secret = secret
    ClientSecret.objects.all().delete()
    return Driver(application)


def status(driver, secret):
    return driver.token(grant_type="client_credentials", scope="notes:read", client_secret=secret).status_code


def in_column(driver):
    return application_model().objects.get(pk=driver.application.pk).client_secret


def dot_alone_accepts(driver, secret):
    return OAuth2Validator()._check_secret(secret, in_column(driver))


@pytest.fixture
def hashes(monkeypatch):
    """How often a slow hash was computed to verify one."""
    calls = []

    def check_password(password, encoded, *args, **kwargs):
        calls.append(encoded)
        return hashers.check_password(password, encoded, *args, **kwargs)

    monkeypatch.setattr("oauth_provider.clients.authentication.secret.check_password", check_password)
    return calls


# -- ours ----------------------------------------------------------------------------------------------------


def test_several_secrets_serve_side_by_side_and_cost_no_hash(hashes):
    driver = Driver(ApplicationFactory(service=True))
    row, second = ClientSecret.objects.create_secret(driver.application, label="laptop")
    assert status(driver, driver.application.secret) == status(driver, second) == 200
    assert not hashes
    assert second.startswith("ocs_")
    assert second.endswith(row.hint)
    assert second not in str(vars(row))


def test_a_secret_with_a_lifetime_ends():
    driver = Driver(ApplicationFactory(service=True))
    row, secret = ClientSecret.objects.create_secret(driver.application, lifetime=60)
    assert status(driver, secret) == 200
    ClientSecret.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    assert status(driver, secret) == 401


def test_another_clients_secret_is_no_secret():
    one, other = Driver(ApplicationFactory(service=True)), Driver(ApplicationFactory(service=True))
    assert status(one, other.application.secret) == 401


def test_last_use_is_noted_once_an_hour():
    driver = Driver(ApplicationFactory(service=True))
    status(driver, driver.application.secret)
    noted = ClientSecret.objects.get().last_used_at
    assert noted is not None
    status(driver, driver.application.secret)
    assert ClientSecret.objects.get().last_used_at == noted
    ClientSecret.objects.update(last_used_at=noted - timedelta(hours=2))
    status(driver, driver.application.secret)
    assert ClientSecret.objects.get().last_used_at >= noted


# -- what DOT stored -----------------------------------------------------------------------------------------


def test_a_secret_that_dot_made_is_hashed_once_and_never_again(hashes):
    driver = client(GENERATED)
    stored = in_column(driver)
    for _ in range(3):
        assert status(driver, GENERATED) == 200
    assert len(hashes) == 1
    copy = ClientSecret.objects.get()
    assert (copy.digest, copy.from_dot, copy.hint) == (digest(GENERATED), True, GENERATED[-4:])
    assert in_column(driver) == stored  # copied, not moved


def test_a_wrong_secret_is_hashed_only_until_the_right_one_has_come_once(hashes):
    driver = client(GENERATED)
    assert status(driver, "wrong") == 401
    assert len(hashes) == 1
    assert status(driver, GENERATED) == 200
    hashes.clear()
    for wrong in ("wrong", OTHER, GENERATED + "x", "", "x" * 4000):
        assert status(driver, wrong) == 401
    assert not hashes


def test_a_copy_that_ended_is_not_begun_anew_by_who_still_knows_the_secret(hashes):
    driver = client(GENERATED)
    assert status(driver, GENERATED) == 200
    ClientSecret.objects.update(expires_at=timezone.now())
    assert status(driver, GENERATED) == 401
    assert len(hashes) == 1


def test_a_chosen_secret_beside_a_copied_one_still_serves(hashes):
    driver = client(CHOSEN)
    ClientSecret.objects.rotate(driver.application, overlap=3600)  # keeps the hash of the chosen one
    driver.application.refresh_from_db()
    driver.application.client_secret = GENERATED
    driver.application.save()
    assert status(driver, CHOSEN) == status(driver, GENERATED) == 200
    assert len(hashes) == 1


@pytest.mark.parametrize("secret", [CHOSEN, "a" * 127, "a" * 129, "a" * 127 + "-", "ä" * 128])
def test_one_that_a_person_may_have_chosen_stays_slow(hashes, secret):
    driver = client(secret)
    assert status(driver, secret) == status(driver, secret) == 200
    assert len(hashes) == 2
    assert not ClientSecret.objects.exists()


def test_the_length_that_the_project_configured_counts(settings):
    settings.OAUTH2_PROVIDER = {"CLIENT_SECRET_GENERATOR_LENGTH": 64}
    assert status(client("a" * 64), "a" * 64) == 200
    assert ClientSecret.objects.count() == 1
    settings.OAUTH2_PROVIDER = {"CLIENT_SECRET_GENERATOR_LENGTH": 20}  # too few to be unguessable
    assert status(client("a" * 20), "a" * 20) == 200
    assert not ClientSecret.objects.exists()


@pytest.mark.parametrize("secret", [GENERATED, CHOSEN])
def test_an_unhashed_secret_is_compared_where_it_is(hashes, secret):
    driver = client(secret, hashed=False)
    assert status(driver, secret) == 200
    assert status(driver, secret + "x") == 401
    assert not hashes
    assert not ClientSecret.objects.exists()


def test_an_unhashed_hash_is_no_password():
    """A hash from a dump, sent as the secret."""
    driver = client(GENERATED)
    assert status(driver, in_column(driver)) == 401


@each("secret", ["", "a" * 128, "x" * 4000])
def test_a_wrong_one_is_refused(secret):
    driver = client(GENERATED)
    assert status(driver, secret) == 401
    assert not ClientSecret.objects.exists()


def test_an_empty_column_is_no_secret_whatever_hash_was_made_of_it():
    for hashed in (True, False):
        driver = client("", hashed=hashed)
        assert status(driver, "") == 401


def test_a_secret_changed_in_dots_column_ends_the_copy():
    """As by DOT's admin, for a secret that leaked."""
    driver = client(GENERATED)
    assert status(driver, GENERATED) == 200
    driver.application.client_secret = OTHER
    driver.application.save()
    assert status(driver, GENERATED) == 401
    assert status(driver, OTHER) == status(driver, OTHER) == 200
    assert status(driver, GENERATED) == 401


def test_so_does_one_changed_in_bulk():
    driver = client(GENERATED)
    status(driver, GENERATED)
    application_model().objects.update(client_secret=hashers.make_password(CHOSEN))
    assert status(driver, GENERATED) == 401
    assert status(driver, CHOSEN) == 200


def test_two_requests_may_copy_it_at_once():
    application = client(GENERATED).application
    for _ in range(2):
        ClientSecret.objects.adopt(application, GENERATED)
    assert ClientSecret.objects.count() == 1


# -- rotation ------------------------------------------------------------------------------------------------

COLUMNS = [(GENERATED, True), (CHOSEN, True), (GENERATED, False), (CHOSEN, False)]


@each("used_before", [True, False])
@each(("secret", "hashed"), COLUMNS)
def test_a_rotation_lets_the_old_secret_overlap_and_end(secret, hashed, used_before):
    driver = client(secret, hashed=hashed)
    if used_before:
        status(driver, secret)
    row, new = ClientSecret.objects.rotate(driver.application, overlap=3600, label="autumn")
    assert row.label == "autumn"
    assert status(driver, secret) == status(driver, new) == 200
    assert not any(stored == secret for stored in ClientSecret.objects.values_list("encoded", flat=True))
    ClientSecret.objects.exclude(pk=row.pk).update(expires_at=timezone.now())
    assert status(driver, secret) == 401
    assert status(driver, new) == 200


@each(("secret", "hashed"), COLUMNS)
def test_a_rotation_empties_dots_column_for_good(secret, hashed):
    driver = client(secret, hashed=hashed)
    ClientSecret.objects.rotate(driver.application, overlap=0)
    assert status(driver, secret) == 401
    emptied = in_column(driver)
    application_model().objects.get().save()  # DOT's field would hash whatever is no hash
    assert in_column(driver) == emptied
    for attempt in ("", secret, emptied):
        assert status(driver, attempt) in (400, 401)
        assert not dot_alone_accepts(driver, attempt)


def test_rotating_twice_takes_over_nothing_the_second_time():
    driver = client(CHOSEN)
    ClientSecret.objects.rotate(driver.application, overlap=60)
    ClientSecret.objects.rotate(driver.application, overlap=60)
    assert ClientSecret.objects.count() == 3


def test_a_stale_row_takes_over_what_stands_there_now():
    driver = client(GENERATED)
    stale = application_model().objects.get()
    application_model().objects.update(client_secret=hashers.make_password(CHOSEN))
    ClientSecret.objects.rotate(stale, overlap=60)
    assert status(driver, CHOSEN) == 200
    assert status(driver, GENERATED) == 401


def test_a_rotation_shortens_and_never_lengthens():
    driver = Driver(ApplicationFactory(service=True))
    soon = timezone.now() + timedelta(seconds=5)
    ClientSecret.objects.update(expires_at=soon)
    ClientSecret.objects.rotate(driver.application, overlap=3600)
    assert ClientSecret.objects.order_by("pk").first().expires_at == soon


# -- revocation ----------------------------------------------------------------------------------------------


def test_revoking_a_copy_empties_dots_column():
    driver = client(GENERATED)
    status(driver, GENERATED)
    ClientSecret.objects.revoke(ClientSecret.objects.get())
    assert status(driver, GENERATED) == 401
    assert not dot_alone_accepts(driver, GENERATED)
    assert not dot_alone_accepts(driver, "")


def test_revoking_a_stale_copy_leaves_the_new_secret():
    driver = client(GENERATED)
    status(driver, GENERATED)
    copy = ClientSecret.objects.get()
    application_model().objects.update(client_secret=hashers.make_password(CHOSEN))
    ClientSecret.objects.revoke(copy)
    assert status(driver, CHOSEN) == 200


def test_revoking_one_of_ours_leaves_dots_column():
    driver = client(CHOSEN)
    row, secret = ClientSecret.objects.create_secret(driver.application)
    ClientSecret.objects.revoke(row)
    assert status(driver, secret) == 401
    assert status(driver, CHOSEN) == 200
