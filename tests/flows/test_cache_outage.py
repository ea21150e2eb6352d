"""A cache that does not answer (RFC 9110 §15.6.4): it is waited for once, limits let pass, and nothing falls over."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache

from oauth_provider.dot.names import application_model
from oauth_provider.resource_server import guarded_cache
from tests.driver import PAR, TOKEN, Driver, post
from tests.factories import ApplicationFactory
from tests.redis_server import RedisServer, redis_server

pytestmark = [pytest.mark.django_db, pytest.mark.spec("RFC 9110", "15.6.4")]

ORIGIN = "https://spa.example.com"
GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


class Outage(LocMemCache):
    """A cache behind a network that is down."""

    asked: list[str] = []

    def _down(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.asked.append(key)
        raise ConnectionError("connection refused")

    get = set = add = incr = delete = touch = _down


@pytest.fixture
def outage(settings: Any) -> list[str]:
    """What was asked of the cache."""
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.Outage"}}
    Outage.asked.clear()
    return Outage.asked


@pytest.fixture
def driver() -> Driver:
    return Driver(ApplicationFactory(allowed_origins=ORIGIN, policy={"grant_types": ["client_credentials"]}))


def choose_secret(driver: Driver, secret: str) -> None:
    rows = application_model().objects.filter(pk=driver.application.pk)
    rows.update(client_secret=make_password(secret))


def test_a_machine_made_secret_is_accepted(driver: Driver, outage: list[str]) -> None:
    assert driver.token(**GRANT).status_code == 200
    assert outage == []


def test_a_wrong_secret_is_refused_and_not_counted(driver: Driver, outage: list[str]) -> None:
    statuses = [driver.token(**GRANT, client_secret="wrong").status_code for _time in range(12)]
    assert statuses == [401] * 12


def test_a_secret_that_a_person_chose_is_accepted(driver: Driver, outage: list[str]) -> None:
    choose_secret(driver, "hunter2")
    assert driver.token(**GRANT, client_secret="hunter2").status_code == 200
    assert driver.token(**GRANT, client_secret="hunter3").status_code == 401


def test_the_cache_is_asked_once_and_then_passed_by(driver: Driver, outage: list[str]) -> None:
    for _time in range(5):
        driver.token(**GRANT, client_secret="wrong")
        driver.browser.options(TOKEN, headers={"origin": ORIGIN})
    assert len(outage) == 1


def test_failures_are_counted_again_once_it_answers(
    driver: Driver, outage: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.token(**GRANT, client_secret="wrong")
    for name in ("get", "set", "add", "incr", "delete", "touch"):
        monkeypatch.setattr(Outage, name, getattr(LocMemCache, name))
    caches["default"].clear()
    monkeypatch.setattr(guarded_cache.time, "monotonic", lambda now=guarded_cache.time.monotonic: now() + 60)
    statuses = [driver.token(**GRANT, client_secret="wrong").status_code for _time in range(11)]
    assert statuses == [401] * 10 + [429]


def test_a_preflight_is_answered_from_the_database(driver: Driver, outage: list[str]) -> None:
    response = driver.browser.options(TOKEN, headers={"origin": ORIGIN})
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Origin" not in driver.browser.options(TOKEN, headers={"origin": "https://evil.test"})


@pytest.mark.spec("RFC 9110", "10.2.3")
@pytest.mark.spec("RFC 9126", "2")
def test_keys_that_strangers_may_have_fetched_are_not_fetched_without_it(
    outage: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = Driver(ApplicationFactory(policy={"jwks_uri": "https://client.example/jwks"}))
    monkeypatch.setattr("oauth_provider.clients.keys.jwks_uri.fetch", lambda *args, **kwargs: pytest.fail("fetched"))
    form = {"request": "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "client_id": driver.application.client_id}
    response = post(driver.browser, PAR, {**driver.credentials, **form})
    assert (response.status_code, response.json()["error"]) == (503, "temporarily_unavailable")
    assert response["Retry-After"]


# -- a Redis that is there and does not answer -------------------------------------------------------------------


@pytest.fixture
def frozen_redis(tmp_path: Any, settings: Any) -> Iterator[RedisServer]:
    """Connections are accepted by the kernel; no command is ever answered."""
    with redis_server(tmp_path) as server:
        options = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
        settings.CACHES = {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": server.url,
                "OPTIONS": options,
            }
        }
        server.freeze()
        yield server
        server.thaw()


def test_a_frozen_redis_is_waited_for_once(
    driver: Driver, frozen_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    choose_secret(driver, "hunter2")
    statuses = [
        driver.token(**GRANT, client_secret=secret).status_code for secret in ["wrong", "hunter2", *["wrong"] * 12]
    ]
    assert statuses == [401, 200, *[401] * 12]
    assert driver.browser.options(TOKEN, headers={"origin": ORIGIN})["Access-Control-Allow-Origin"] == ORIGIN
    passed_by = [record.message for record in caplog.records if "is passed by" in record.message]
    assert len(passed_by) == 1
    assert "The cache 'default' does not answer" in passed_by[0]


def test_failures_are_counted_again_once_redis_goes_on(
    driver: Driver, frozen_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.token(**GRANT, client_secret="wrong")
    frozen_redis.thaw()
    with frozen_redis.client as redis:
        redis.flushall()  # answered, so it goes on
        monkeypatch.setattr(guarded_cache.time, "monotonic", lambda now=guarded_cache.time.monotonic: now() + 60)
        driver.token(**GRANT, client_secret="wrong")
        assert redis.dbsize() > 0
