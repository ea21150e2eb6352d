"""Delivering logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.5 and §2.8): how often, by whom, and where to."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command

from oauth_provider.fetch import FetchError
from oauth_provider.models import ClientPolicy, LogoutDelivery
from oauth_provider.models.logout_delivery import BACKOFF, LEASE
from tests import ledger
from tests.backchannel import Client, deliver, listening, logged_out, reread, somebody
from tests.driver import Driver
from tests.each import each
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.django_db, pytest.mark.spec("OIDC Back-Channel Logout", "2.5")]


@pytest.fixture
def told() -> Iterator[Client]:
    with listening() as client:
        yield client


@pytest.fixture
def driver() -> Driver:
    return somebody()


# -- retries ---------------------------------------------------------------------------------------------------

FAILURES: list[Any] = [400, 404, 500, FetchError("no answer\x00 at all"), RuntimeError("a signer")]


@pytest.mark.spec("OIDC Back-Channel Logout", "2.8")
@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_a_failure_is_tried_again_later_with_a_new_token(driver: Driver, told: Client, failure: Any) -> None:
    told.says = failure
    delivery = logged_out(driver)
    deliver()
    deliver()
    assert len(told.got) == 1
    assert (reread(delivery).status, reread(delivery).attempts) == ("pending", 1)
    assert reread(delivery).last_error.isprintable()
    told.says = 204
    with ledger.later(BACKOFF[0] + 1):
        deliver()
    assert (reread(delivery).status, reread(delivery).last_error) == ("delivered", "")
    assert len(set(told.tokens())) == 2


def test_the_pauses_grow_and_after_the_last_it_is_given_up(driver: Driver, told: Client) -> None:
    told.says = 503
    delivery = logged_out(driver)
    passed = 0.0
    for pause in BACKOFF:
        with ledger.later(passed):
            deliver()
        with ledger.later(passed + pause - 2):
            deliver()
        passed += pause + 1
        assert reread(delivery).status == "pending"
    with ledger.later(passed):
        deliver()
    assert (reread(delivery).status, len(told.got)) == ("dead", len(BACKOFF) + 1)
    with ledger.later(passed + 7 * 86400):
        deliver()
    assert len(told.got) == len(BACKOFF) + 1
    assert "503" in reread(delivery).last_error


def test_what_was_given_up_can_be_tried_again(driver: Driver, told: Client) -> None:
    delivery = logged_out(driver)
    LogoutDelivery.objects.update(status="dead", attempts=7)
    deliver("--retry-dead")
    assert reread(delivery).status == "delivered"


def test_without_an_address_it_is_given_up_at_once(driver: Driver, told: Client) -> None:
    delivery = logged_out(driver)
    ClientPolicy.objects.update(backchannel_logout_uri="")
    deliver()
    assert (reread(delivery).status, told.got) == ("dead", [])


@pytest.mark.parametrize("uri", ["http://app.example.com/", "https://app.example.com/#x", "ftp://x", "javascript:1"])
def test_an_address_that_came_past_every_form_is_not_used(driver: Driver, told: Client, uri: str) -> None:
    logged_out(driver)
    ClientPolicy.objects.update(backchannel_logout_uri=uri)
    deliver()
    assert told.got == []


def test_one_client_that_fails_keeps_nobody_waiting(driver: Driver, told: Client) -> None:
    told.says = FetchError("down")
    policy = {"backchannel_logout_uri": "https://other.example.com/"}
    other = Driver(ApplicationFactory(policy=policy), browser=driver.browser, scope="openid")
    other.tokens()
    driver.tokens()
    driver.browser.logout()
    deliver()
    assert len(told.got) == 2


# -- several deliverers ----------------------------------------------------------------------------------------


def test_what_one_has_in_hand_no_other_takes(driver: Driver) -> None:
    logged_out(driver)
    assert LogoutDelivery.objects.claim() is not None
    assert LogoutDelivery.objects.claim() is None


def test_what_was_in_the_hand_of_one_that_died_is_taken_by_another(driver: Driver, told: Client) -> None:
    delivery = logged_out(driver)
    LogoutDelivery.objects.claim()
    with ledger.later(LEASE.total_seconds() + 1):
        deliver()
    assert (reread(delivery).status, reread(delivery).attempts) == ("delivered", 2)


def test_a_failure_that_comes_late_undoes_nothing(driver: Driver) -> None:
    delivery = logged_out(driver)
    slow = LogoutDelivery.objects.claim()
    with ledger.later(LEASE.total_seconds() + 1):
        quick = LogoutDelivery.objects.claim()
        assert slow is not None
        assert quick is not None
        quick.delivered()
        slow.failed("too slow")
    assert reread(delivery).status == "delivered"


# -- where it goes ---------------------------------------------------------------------------------------------


@pytest.mark.spec("RFC 7591", "5")
@pytest.mark.parametrize("named", [True, False])
def test_only_a_host_that_the_operator_named_may_be_internal(
    driver: Driver, told: Client, settings: Any, named: bool
) -> None:
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "INTERNAL_HOSTS": ["app.example.com"] if named else ["x"]}
    logged_out(driver)
    deliver()
    assert told.got[0][2].is_configured is named


@each("uri", ["https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://169.254.169.254/"])
def test_nobody_is_called_in_the_operators_own_network(driver: Driver, uri: str) -> None:
    delivery = logged_out(driver)
    ClientPolicy.objects.update(backchannel_logout_uri=uri)
    with patch("socket.create_connection") as connect:
        deliver()
    connect.assert_not_called()
    assert "private network" in reread(delivery).last_error


# -- the command -----------------------------------------------------------------------------------------------


def test_the_command_says_what_it_did(driver: Driver, told: Client) -> None:
    logged_out(driver)
    assert deliver() == "1 delivered, 0 to be tried again, 0 given up\n"
    assert deliver("--retry-dead").startswith("0 will be tried again\n")


def test_the_command_goes_on_until_it_is_stopped_and_then_stops_without_a_word(driver: Driver, told: Client) -> None:
    delivery = logged_out(driver)
    told.says = 500
    asleep: list[float] = []

    def sleep(seconds: float) -> None:
        asleep.append(seconds)
        told.says = 200
        LogoutDelivery.objects.update(next_attempt_at=delivery.created_at)
        if len(asleep) == 2:
            raise KeyboardInterrupt

    with (
        patch("oauth_provider.management.commands.oauth_deliver.time.sleep", sleep),
        patch("oauth_provider.management.commands.oauth_deliver.close_old_connections"),
    ):
        call_command("oauth_deliver", "--poll", "3", stdout=StringIO(), stderr=(said := StringIO()))
    assert said.getvalue() == ""
    assert asleep == [3.0, 3.0]
    assert (reread(delivery).status, reread(delivery).attempts) == ("delivered", 2)
