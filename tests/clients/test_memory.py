"""What a process remembers of clients (RFC 6749 §2.3): the right ones, for a while, and no secret."""

import time
from unittest.mock import patch

import pytest
from django.db import transaction

from oauth_provider.clients.lookup import find_with_secret, recall_with_secret
from oauth_provider.clients.memory import LIFETIME, REMEMBERED, ClientMemory, client_memory
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientSecret
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.tenant import database_of
from tests.driver import Driver
from tests.factories import ApplicationFactory
from tests.remembering import POLICY, is_remembered, own, policies, refused, remembered

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
    pytest.mark.spec("RFC 6749", "2.3"),
]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    client_memory.clear()


@pytest.fixture
def driver() -> Driver:
    """A client that is remembered."""
    return remembered()


def test_none_but_the_right_secret_is_remembered(driver: Driver) -> None:
    for presented in ("wrong", "", driver.application.secret.upper()):
        refused(driver.token(grant_type="client_credentials", client_secret=presented), "invalid_client")
        assert recall_with_secret(driver.application.client_id, presented) is None
    assert recall_with_secret("another", driver.application.secret) is None


def test_a_secret_that_is_hashed_slowly_is_not_remembered() -> None:
    application = ApplicationFactory(policy=dict(POLICY))
    ClientSecret.objects.all().delete()
    ClientSecret.objects.create(application=application, encoded="pbkdf2_sha256$1$salt$hash", hint="hash")
    find_with_secret(application.client_id, "slow")
    assert recall_with_secret(application.client_id, "slow") is None


def test_within_a_transaction_nobody_is_recalled_or_remembered(driver: Driver) -> None:
    with transaction.atomic():
        assert not is_remembered(driver)
        client_memory.clear()
        find_with_secret(driver.application.client_id, driver.application.secret)
    assert not is_remembered(driver)


def test_what_is_recalled_is_what_is_found(driver: Driver) -> None:
    known = driver.application.client_id, driver.application.secret
    found, recalled = find_with_secret(*known), recall_with_secret(*known)
    assert found is not None
    assert recalled is not None
    assert (found.client, found.secret) == (recalled.client, recalled.secret)
    known_of, remembered_of = ([vars(one.application), vars(one.policy)] for one in (found.client, recalled.client))
    for ours, theirs in zip(known_of, remembered_of, strict=True):
        differing = {name for name in ours if name != "_state" and ours[name] != theirs.get(name, "not remembered")}
        assert differing <= {"client_secret"}
    assert known[1] not in repr(recalled)
    assert (found.guard, recalled.guard is not None) == (None, True)


def test_memory_is_bounded() -> None:
    memory = ClientMemory()
    keys = [("default", str(number), "") for number in range(REMEMBERED + 1)]
    for key in keys:
        memory.keep(key, (), "5 6 7")
    assert memory.find(keys[-1]) is not None
    assert sum(memory.find(key) is not None for key in keys) <= REMEMBERED


def test_memory_ends() -> None:
    memory, key = ClientMemory(), ("default", "a", "")
    memory.keep(key, (), "5 6 7")
    with patch("oauth_provider.clients.memory.time.monotonic", return_value=memory._clients[key].until - LIFETIME):
        assert memory.find(key) is not None
    with patch("oauth_provider.clients.memory.time.monotonic", return_value=memory._clients[key].until):
        assert memory.find(key) is None


def test_memory_drops_what_has_ended() -> None:
    memory, now = ClientMemory(), time.monotonic()
    for number, elapsed in enumerate((0, LIFETIME / 2, 2 * LIFETIME)):
        with patch("oauth_provider.clients.memory.time.monotonic", return_value=now + elapsed):
            memory.keep(("default", str(number), ""), (), "5 6 7")
    assert [client_id for _using, client_id, _digest in memory._clients] == ["2"]


def test_what_could_be_changed_is_not_remembered() -> None:
    memory, key = ClientMemory(), ("default", "a", "")
    memory.keep(key, (1, "a", {"of": "hstore"}), "5 6 7")
    assert memory.find(key) is None


def test_no_secret_is_remembered(driver: Driver) -> None:
    """Those that DOT stored in plain text included; the secret itself is known by its digest alone."""
    application_model().objects.update(client_secret=driver.application.secret, hash_client_secret=False)
    ClientSecret.objects.update(from_dot=True, encoded=driver.application.secret)
    assert own(driver).status_code == 200
    assert is_remembered(driver)
    credentials = driver.application.client_id, digest(driver.application.secret)
    known = client_memory.find((database_of("default"), *credentials))
    assert known is not None
    assert driver.application.secret not in repr(known.values)
    recalled = recall_with_secret(driver.application.client_id, driver.application.secret)
    assert recalled is not None
    row = recalled.client.application
    row.name = "renamed"
    row.save()
    row.refresh_from_db()
    assert row.client_secret == driver.application.secret


def test_what_an_open_transaction_wrote_is_not_remembered(driver: Driver) -> None:
    """Two writings of one transaction have one name. Autocommit is off, so Django knows of no block."""
    client_memory.clear()
    transaction.set_autocommit(False)
    try:
        policies().update(scopes=["notes:read"])
        find_with_secret(driver.application.client_id, driver.application.secret)
        policies().update(status="suspended")
        transaction.commit()
    finally:
        transaction.set_autocommit(True)
    assert not is_remembered(driver)
    refused(own(driver), "invalid_client")
