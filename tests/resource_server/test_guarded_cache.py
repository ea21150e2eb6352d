"""The cache behind its breaker (RFC 9110 §15.6.4): what counts, what is passed by, and when it is tried again."""

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.exceptions import ImproperlyConfigured

import oauth_provider
from oauth_provider.resource_server.guarded_cache import REST, CacheUnavailable, GuardedCache, guarded_cache
from tests.cache_backends import SteppedCache
from tests.ledger import later

pytestmark = pytest.mark.spec("RFC 9110", "15.6.4")

LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}


class Faulty:
    """Stands for a cache; raises ``error`` while there is one."""

    def __init__(self) -> None:
        self.error: Exception | None = ConnectionError("refused")
        self.asked = 0

    def get(self, key: str) -> Any:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return "value"


@pytest.fixture
def faulty() -> Faulty:
    return Faulty()


@pytest.fixture
def guarded(faulty: Faulty) -> GuardedCache:
    backend: Any = faulty
    return GuardedCache("The cache", lambda: backend)


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call it to let so many seconds pass."""
    clock, passed = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock() + sum(passed))
    return passed.append


@pytest.fixture(params=["atomic", "stepped"])
def counters(request: pytest.FixtureRequest) -> GuardedCache:
    backend: Any = (LocMemCache if request.param == "atomic" else SteppedCache)(f"counters {request.param}", {})
    backend.clear()
    return GuardedCache("The cache", lambda: backend)


# -- the breaker -----------------------------------------------------------------------------------------------


def test_a_cache_that_failed_is_not_asked_for_a_while(guarded: GuardedCache, faulty: Faulty) -> None:
    for _time in range(5):
        with pytest.raises(CacheUnavailable):
            guarded.get("key")
    assert faulty.asked == 1


def test_a_failed_cache_is_tried_once_after_each_rest(guarded: GuardedCache, faulty: Faulty, passing: Any) -> None:
    for _rest in range(3):
        for _time in range(2):
            with pytest.raises(CacheUnavailable):
                guarded.get("key")
        passing(REST)
    assert faulty.asked == 3


def test_a_cache_that_answers_again_is_used_again(guarded: GuardedCache, faulty: Faulty, passing: Any) -> None:
    with pytest.raises(CacheUnavailable):
        guarded.get("key")
    faulty.error = None
    passing(REST)
    assert [guarded.get("key") for _time in range(3)] == ["value"] * 3


def test_while_one_caller_tries_again_all_others_pass_it_by(
    guarded: GuardedCache, faulty: Faulty, passing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CacheUnavailable):
        guarded.get("key")
    passing(REST)
    inside: list[type[Exception] | None] = []

    def slow(key: str) -> str:
        try:
            guarded.set("another", 1, 1)
        except CacheUnavailable as error:
            inside.append(type(error))
        return "value"

    monkeypatch.setattr(faulty, "get", slow)
    assert guarded.get("key") == "value"
    assert inside == [CacheUnavailable]


def test_why_is_logged_once_in_a_while(
    guarded: GuardedCache, faulty: Faulty, passing: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for _time in range(5):
        with pytest.raises(CacheUnavailable):
            guarded.get("key")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "ConnectionError: refused" in caplog.text
    passing(REST)
    with pytest.raises(CacheUnavailable):
        guarded.get("key")
    assert len(caplog.records) == 2


@pytest.mark.parametrize("mistake", [ImproperlyConfigured("no such backend"), ImportError("no redis")])
def test_a_mistake_of_the_project_is_no_outage(guarded: GuardedCache, faulty: Faulty, mistake: Exception) -> None:
    faulty.error = mistake
    for _time in range(2):
        with pytest.raises(type(mistake)):
            guarded.get("key")


def test_a_cache_of_other_settings_begins_anew(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "tests.cache_backends.BrokenCache"}}
    with pytest.raises(CacheUnavailable):
        guarded_cache("default").get("key")
    settings.CACHES = {"default": LOCMEM}
    assert guarded_cache("default").get("key") is None


def test_no_other_file_of_the_package_uses_a_cache() -> None:
    package = Path(oauth_provider.__file__).parent
    users = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        # The names of classes (``django.core.cache.backends``) are none.
        if re.search(r"django\.core(\.| import )cache\b(?!\.backends)|\bdefault_cache\b", path.read_text())
    }
    assert users == {"resource_server/guarded_cache.py"}


# -- counting ----------------------------------------------------------------------------------------------------


def test_calls_are_counted_from_the_first_until_the_window_ends(counters: GuardedCache) -> None:
    assert [counters.increment("key", 60) for _time in range(3)] == [1, 2, 3]
    assert counters.increment("another", 60) == 1
    assert 0 < counters.ends_at("key") - time.time() <= 60
    with later(59):
        assert counters.increment("key", 60) == 4
    with later(61):
        assert counters.ends_at("key") == 0
        assert counters.increment("key", 60) == 1


def test_what_is_taken_back_does_not_count(counters: GuardedCache) -> None:
    for _time in range(3):
        counters.increment("key", 60)
        counters.decrement("key")
    assert counters.increment("key", 60) == 1
    with later(61):
        counters.decrement("key")  # it is forgotten, and nobody gets one for nothing
        assert counters.increment("key", 60) == 1


def test_of_many_at_once_each_gets_a_number_of_its_own() -> None:
    backend: Any = LocMemCache("at once", {})
    backend.clear()
    counters, numbers, gate = GuardedCache("The cache", lambda: backend), [], threading.Barrier(20)

    def count() -> None:
        gate.wait(20)
        numbers.append(counters.increment("key", 60))

    threads = [threading.Thread(target=count) for _one in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(numbers) == list(range(1, 21))


def test_a_counter_that_the_cache_made_without_an_end_gets_one() -> None:
    """Redis makes a key that expired between two steps of Django's ``incr`` anew, and it would stay for ever."""

    class Late(LocMemCache):
        def incr(self, key: str, delta: int = 1, version: Any = None) -> int:
            self.set(key, delta, None)
            return delta

    backend: Any = Late("late", {})
    backend.clear()
    counters = GuardedCache("The cache", lambda: backend)
    counters.increment("key", 60)
    assert counters.increment("key", 60) == 1
    with later(61):
        assert backend.get("key") is None


def test_the_alias_is_the_projects(settings: Any) -> None:
    settings.CACHES = {"default": LOCMEM, "counters": {**LOCMEM, "LOCATION": "counters"}}
    guarded_cache("counters").set("key", "value", 60)
    assert caches["counters"].get("key") == "value"
    assert caches["default"].get("key") is None
