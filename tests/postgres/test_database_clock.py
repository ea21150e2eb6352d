"""A server whose clock is off (RFC 6749 §4.1.2, RFC 9700 §4.14.2): stored times are judged by the database's."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauth_provider.clients.memory import client_memory
from oauth_provider.dot.names import access_token_model
from oauth_provider.models import Authorization, ClientSecret
from oauth_provider.sql.clock import database_now
from tests import ledger
from tests.driver import Driver, signed_in

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("connections"),
]

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
WINDOW = 60
OFF = pytest.mark.parametrize("seconds", [30, -30], ids=["ahead", "behind"])


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": GRANTS, "may_introspect": True})


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    client_memory.clear()


def is_now(moment: datetime | None) -> bool:
    return moment is not None and abs(moment - timezone.now()) < timedelta(seconds=5)


@pytest.mark.spec("RFC 9700", "4.14.2")
@OFF
def test_a_retry_within_the_window_is_answered_by_a_server_whose_clock_is_off(driver: Driver, seconds: float) -> None:
    tokens = driver.tokens()
    first = driver.refresh(tokens["refresh_token"]).json()
    with ledger.unchanged(), ledger.later(WINDOW - 5), ledger.skewed(seconds):
        second = driver.refresh(tokens["refresh_token"])
    assert (second.status_code, second.json().get("access_token")) == (200, first["access_token"])
    assert Authorization.objects.get().revoked_at is None


@pytest.mark.spec("RFC 9700", "4.14.2")
@OFF
def test_a_replay_after_the_window_is_one_to_a_server_whose_clock_is_off(driver: Driver, seconds: float) -> None:
    tokens = driver.tokens()
    driver.refresh(tokens["refresh_token"])
    with ledger.later(WINDOW + 5), ledger.skewed(seconds):
        ledger.refused(driver.refresh(tokens["refresh_token"]), "invalid_grant")
    assert Authorization.objects.get().revoked_reason == "refresh_token_replay"


@pytest.mark.spec("RFC 6749", "4.1.2")
@OFF
def test_a_code_is_as_good_as_the_databases_clock_says(driver: Driver, seconds: float) -> None:
    expired, good = driver.code(), driver.code()
    with ledger.later(55), ledger.skewed(seconds):
        assert driver.redeem(good).status_code == 200
    with ledger.later(65), ledger.skewed(seconds):
        ledger.refused(driver.redeem(expired), "invalid_grant")


@pytest.mark.spec("RFC 6749", "5.1")
@OFF
def test_written_times_are_the_databases(driver: Driver, seconds: float) -> None:
    with ledger.skewed(seconds):
        code = driver.code()
        tokens = driver.redeem(code).json()
        driver.refresh(tokens["refresh_token"])
        own = driver.token(grant_type="client_credentials", scope="notes:read").json()
        driver.code()
    assert (tokens["expires_in"], own["expires_in"]) == (3600, 3600)
    redeemed, waiting = Authorization.objects.order_by("pk")
    for moment in (redeemed.created_at, redeemed.redeemed_at, redeemed.rotated_at, waiting.created_at):
        assert is_now(moment)
    assert waiting.code_expires_at == waiting.created_at + timedelta(seconds=60)
    for row in access_token_model().objects.all():
        assert is_now(row.expires - timedelta(seconds=3600))


@pytest.mark.spec("RFC 6749", "5.1")
def test_the_token_of_a_remembered_client_expires_by_the_databases_clock(driver: Driver) -> None:
    with ledger.skewed(30):
        for _ in range(3):  # the first notes the use of its secret
            with CaptureQueriesContext(connection) as captured:
                assert driver.token(grant_type="client_credentials", scope="notes:read").status_code == 200
    assert not [query for query in captured.captured_queries if "redirect_uris" in query["sql"]]
    for row in access_token_model().objects.all():
        assert is_now(row.expires - timedelta(seconds=3600))


@pytest.mark.spec("RFC 6750", "3.1")
@OFF
def test_an_access_token_is_as_good_as_the_databases_clock_says(driver: Driver, seconds: float) -> None:
    access_token = driver.tokens()["access_token"]
    with ledger.later(3590), ledger.skewed(seconds):
        assert ledger.is_good(access_token)
        assert driver.introspect(access_token).json()["active"] is True
    with ledger.later(3610), ledger.skewed(seconds):
        assert not ledger.is_good(access_token)
        assert driver.introspect(access_token).json() == {"active": False}


@pytest.mark.spec("RFC 7662", "2.2")
@OFF
def test_a_refresh_token_is_active_as_the_databases_clock_says(driver: Driver, seconds: float) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    Authorization.objects.update(expires_at=timezone.now() + timedelta(seconds=100))
    with ledger.later(95), ledger.skewed(seconds):
        assert driver.introspect(refresh_token).json()["active"] is True
    with ledger.later(105), ledger.skewed(seconds):
        assert driver.introspect(refresh_token).json() == {"active": False}


@pytest.mark.spec("RFC 7009", "2.1")
@OFF
def test_what_is_revoked_ends_now_by_the_databases_clock(driver: Driver, seconds: float) -> None:
    tokens = driver.tokens()
    with ledger.skewed(seconds):
        driver.revoke(tokens["refresh_token"])
    row = Authorization.objects.get()
    assert is_now(row.revoked_at)
    assert is_now(access_token_model().objects.get().expires)


@pytest.mark.spec("RFC 6749", "2.3.1")
@OFF
def test_a_secret_is_as_good_as_the_databases_clock_says(driver: Driver, seconds: float) -> None:
    ClientSecret.objects.update(expires_at=timezone.now() + timedelta(seconds=100))
    with ledger.later(95), ledger.skewed(seconds):
        assert driver.token(grant_type="client_credentials", scope="notes:read").status_code == 200
    with ledger.later(105), ledger.skewed(seconds):
        ledger.refused(driver.token(grant_type="client_credentials", scope="notes:read"), "invalid_client", 401)


def test_a_process_that_has_read_nothing_yet_asks_for_the_time_once() -> None:
    with ledger.skewed(30):
        with CaptureQueriesContext(connection) as captured:
            told = [database_now("default") for _ in range(3)]
        skewed = timezone.now()
    assert len(captured.captured_queries) == 1
    assert all(timedelta(seconds=29) < skewed - moment < timedelta(seconds=31) for moment in told)
