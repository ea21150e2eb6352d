"""Events about clients that are remembered (RFC 6749 §2.3): each is told once, and not before it is confirmed."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauth_provider.clients.memory import client_memory
from oauth_provider.events.event import Event, ReplayedAgain
from oauth_provider.models import Authorization
from oauth_provider.signals import event_emitted, token_issued
from tests import ledger
from tests.driver import Driver
from tests.remembering import CHANGES, changing_midway, is_remembered, own, policies, refused, remembered, told

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


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "client_credentials", "scope": "unknown"},
        {"grant_type": "authorization_code", "code": "unknown"},
        {"grant_type": "refresh_token", "refresh_token": "unknown"},
        {"grant_type": "unknown"},
        {},
    ],
)
def test_what_is_refused_is_refused_once(driver: Driver, form: dict[str, str]) -> None:
    with ledger.unchanged(), told() as heard:
        assert driver.token(**form).status_code == 400
    assert heard == []


@pytest.mark.parametrize("verb", ["redeem", "refresh"])
def test_a_replay_is_told_once(driver: Driver, verb: str, settings: Any) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REFRESH_TOKEN_RETRY_WINDOW": 0}
    code = driver.code()
    tokens = driver.redeem(code).json()
    driver.refresh(tokens["refresh_token"])
    with told() as heard:
        response = driver.redeem(code) if verb == "redeem" else driver.refresh(tokens["refresh_token"])
    refused(response, "invalid_grant")
    assert heard == ["revoked"]


def test_a_replay_of_what_had_ended_is_told_once(driver: Driver) -> None:
    code = driver.code()
    driver.redeem(code)
    driver.redeem(code)
    heard: list[Event] = []

    def receive(sender: Any, event: Event, **facts: Any) -> None:
        heard.append(event)

    event_emitted.connect(receive, sender=ReplayedAgain)
    with ledger.unchanged():
        refused(driver.redeem(code), "invalid_grant")
    event_emitted.disconnect(receive, sender=ReplayedAgain)
    assert [event.facts()["reason"] for event in heard] == ["code_replayed"]


@pytest.mark.parametrize("verb", ["redeem", "refresh"])
@pytest.mark.parametrize("name", ["suspended", "secret revoked"])
def test_whoever_is_refused_as_a_client_ends_nothing_by_a_replay(
    driver: Driver, verb: str, name: str, settings: Any
) -> None:
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"REFRESH_TOKEN_RETRY_WINDOW": 0}
    code = driver.code()
    tokens = driver.redeem(code).json()
    driver.refresh(tokens["refresh_token"])
    with told() as heard, changing_midway(CHANGES[name][0]):
        response = driver.redeem(code) if verb == "redeem" else driver.refresh(tokens["refresh_token"])
    refused(response, "invalid_client")
    assert heard == ["failed"]
    assert Authorization.objects.get().revoked_at is None


def test_a_refresh_that_is_repeated_is_confirmed(driver: Driver) -> None:
    refresh_token = driver.tokens()["refresh_token"]
    first = driver.refresh(refresh_token).json()
    with CaptureQueriesContext(connection) as captured:
        assert driver.refresh(refresh_token).json()["access_token"] == first["access_token"]
    assert [query["sql"].partition("EXISTS")[1] for query in captured.captured_queries] == ["", "EXISTS"]
    with changing_midway(CHANGES["suspended"][0]):
        refused(driver.refresh(refresh_token), "invalid_client")


def test_a_jwt_of_the_clients_own_is_told_once_it_is_confirmed(driver: Driver) -> None:
    policies().update(access_token_format="jwt")
    for _changed_and_remembered in range(2):
        assert own(driver).json()["access_token"].count(".") == 2
    assert is_remembered(driver)
    with told() as heard, changing_midway(CHANGES["suspended"][0]):
        refused(own(driver), "invalid_client")
    assert heard == ["failed"]


def test_what_a_receiver_does_to_its_client_no_other_request_sees(driver: Driver) -> None:
    def tamper(application: Any, **facts: Any) -> None:
        application.oauth_policy.grant_types.clear()
        application.client_id = "mallory"

    token_issued.connect(tamper)
    try:
        assert [own(driver).status_code for _time in range(3)] == [200] * 3
    finally:
        token_issued.disconnect(tamper)
