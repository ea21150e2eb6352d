"""How soon a revocation reaches an API elsewhere that remembers (RFC 7009 §3): over HTTP and Redis, each of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from django.contrib.auth import get_user_model

from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.tokens import denylist
from oauth_provider.tokens.ending import revoke_authorizations
from tests.driver import Driver, signed_in
from tests.factories import ApplicationFactory
from tests.redis_server import RedisServer, redis_server

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.django_db(transaction=True),
    pytest.mark.spec("RFC 7009", "3"),
]

ROOT = Path(__file__).resolve().parents[3]
GRANTS = ["authorization_code", "refresh_token", "client_credentials"]


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"DENYLIST": {"URL": server.url}}
        yield server


@pytest.fixture
def driver() -> Driver:
    return signed_in(policy={"grant_types": GRANTS})


@pytest.fixture
def asker() -> Any:
    return ApplicationFactory(service=True, policy={"may_introspect": True})


@contextmanager
def api(live_server: Any, asker: Any, server: RedisServer) -> Iterator[Callable[[str], int]]:
    """An API in a process of its own: what it answers to a token."""
    options = {
        "issuer": "https://auth.example.com",
        "introspection": f"{live_server.url}/oauth/introspect",
        "client_id": asker.client_id,
        "client_secret": asker.secret,
        "redis": server.url,
    }
    command = [sys.executable, "-W", "error", "-m", "tests.resource_server.denylist.cached_api", json.dumps(options)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            url = f"http://127.0.0.1:{int(process.stdout.readline())}/notes"

            def call(token: str) -> int:
                return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20).status_code

            yield call
        finally:
            process.stdin.close()
            process.wait(20)


@pytest.fixture
def call(live_server: Any, asker: Any, server: RedisServer) -> Iterator[Callable[[str], int]]:
    with api(live_server, asker, server) as call:
        yield call


def seconds_until_refused(call: Callable[[str], int], token: str) -> float:
    began = time.monotonic()
    while call(token) == 200:
        assert time.monotonic() - began < 10
        time.sleep(0.01)
    return time.monotonic() - began


def revoke(driver: Driver) -> None:
    revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)


def suspend(driver: Driver) -> None:
    policy = ClientPolicy.objects.get(application=driver.application)
    policy.status = ClientPolicy.Status.SUSPENDED
    policy.save()


def deactivate(driver: Driver) -> None:
    user = get_user_model().objects.get()
    user.is_active = False
    user.save()


def delete(driver: Driver) -> None:
    get_user_model().objects.get().delete()


@pytest.mark.parametrize("end", [revoke, suspend, deactivate, delete])
def test_a_revocation_reaches_the_api_within_a_second(
    driver: Driver, call: Callable[[str], int], end: Callable[[Driver], None]
) -> None:
    token = driver.tokens()["access_token"]
    assert [call(token) for _ in range(3)] == [200] * 3
    end(driver)
    assert seconds_until_refused(call, token) < 1


def test_a_clients_own_token_is_named_by_its_digest(driver: Driver, call: Callable[[str], int]) -> None:
    token = driver.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    assert call(token) == 200
    driver.revoke(token)
    assert seconds_until_refused(call, token) < 1


def test_without_the_denial_the_cached_token_would_be_accepted(
    driver: Driver, call: Callable[[str], int], settings: Any
) -> None:
    """Or the tests above would show nothing: without a word from the provider the stated lifetime holds."""
    token = driver.tokens()["access_token"]
    assert call(token) == 200
    settings.OAUTH_PROVIDER = {name: one for name, one in settings.OAUTH_PROVIDER.items() if name != "DENYLIST"}
    revoke(driver)
    time.sleep(1)
    assert call(token) == 200


def test_whoever_may_come_back_can(driver: Driver, call: Callable[[str], int], monkeypatch: Any) -> None:
    monkeypatch.setattr(denylist, "LEEWAY", -1)  # a minute would be long for a test
    tokens = driver.tokens()
    assert call(tokens["access_token"]) == 200
    time.sleep(2)
    suspend(driver)
    assert seconds_until_refused(call, tokens["access_token"]) < 1
    ClientPolicy.objects.filter(application=driver.application).update(status=ClientPolicy.Status.APPROVED)
    assert call(tokens["access_token"]) == 401
    assert call(driver.refresh(tokens["refresh_token"]).json()["access_token"]) == 200


def test_an_outage_of_redis_stops_nobody_and_what_follows_it_is_heard(
    driver: Driver, call: Callable[[str], int], server: RedisServer, monkeypatch: Any
) -> None:
    monkeypatch.setattr(denylist, "REST", 0.0)
    lost, kept = (driver.tokens()["access_token"] for _ in range(2))
    assert (call(lost), call(kept)) == (200, 200)
    server.stop()
    began = time.monotonic()
    assert driver.revoke(lost).status_code == 200
    assert time.monotonic() - began < 2
    assert (call(lost), call(kept)) == (200, 200)
    server.start()
    driver.revoke(kept)
    # What could not be sent comes with it; the API looks every five seconds at least.
    assert seconds_until_refused(call, kept) < 7
    assert seconds_until_refused(call, lost) < 1


def test_an_api_that_starts_later_knows_it_before_its_first_answer(
    driver: Driver, live_server: Any, asker: Any, server: RedisServer
) -> None:
    tokens = [driver.tokens()["access_token"] for _ in range(2)]
    denylist.deny("token", ["unknown", *(row.token_checksum for row in _rows())])  # though introspection says nothing
    with api(live_server, asker, server) as call:
        assert [call(token) for token in tokens] == [401, 401]


def _rows() -> Any:
    from oauth_provider.dot.names import access_token_model

    return access_token_model().objects.all()
