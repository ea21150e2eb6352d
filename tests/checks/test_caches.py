"""Checks of the caches: shared, quick to give up, and able to count."""

import pytest

from oauth_provider.checks import (
    caches,
)
from tests.checks.messages import said
from tests.each import each

REDIS_CACHE = "django.core.cache.backends.redis.RedisCache"
SHORT = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}
DOCUMENTED = {
    "default": {"BACKEND": REDIS_CACHE, "LOCATION": "redis://127.0.0.1:6379/0", "OPTIONS": SHORT},
    "oauth": {"BACKEND": REDIS_CACHE, "LOCATION": "redis://127.0.0.1:6379/1", "OPTIONS": SHORT},
}
OF_CACHES = (
    caches.check_cache_is_shared,
    caches.check_cache_timeouts,
    caches.check_cache_counts,
    caches.check_cache_is_our_own,
)


def said_of(settings, cache, alias="default"):
    settings.CACHES = {"default": cache} if alias == "default" else {**DOCUMENTED, alias: cache}
    settings.OAUTH_PROVIDER = {"CACHE": alias}
    return [number for check in OF_CACHES for number in said(check)]


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_a_cache_of_one_process_is_warned_of(settings, backend):
    assert said_of(settings, {"BACKEND": f"django.core.cache.backends.{backend}"}) == ["W001"]


@each(
    ("options", "location"),
    [
        ({}, "redis://x"),
        ({"socket_timeout": 0.5}, "redis://x"),
        ({"socket_connect_timeout": 0.5}, "redis://x?socket_connect_timeout=0.5"),
        ({"socket_connect_timeout": 0.5, "socket_timeout": 5}, "redis://x"),
        ({"socket_connect_timeout": 0.5, "socket_timeout": None}, "redis://x"),
        ({"socket_connect_timeout": 0.5, "socket_timeout": 0}, "redis://x"),
        ({"socket_connect_timeout": 0.5, "socket_timeout": "soon"}, ["redis://x", "redis://y"]),
    ],
)
def test_a_redis_that_could_hold_workers_up_is_warned_of(settings, options, location):
    cache = {"BACKEND": REDIS_CACHE, "LOCATION": location, "OPTIONS": options}
    assert said_of(settings, cache, "oauth") == ["W065"]


@each(
    ("backend", "options", "location"),
    [
        (REDIS_CACHE, SHORT, "redis://x"),
        (REDIS_CACHE, {}, "redis://x?socket_timeout=0.5&socket_connect_timeout=1"),
        ("django_redis.cache.RedisCache", {"SOCKET_TIMEOUT": 1, "SOCKET_CONNECT_TIMEOUT": 1}, "redis://x"),
        ("django_redis.cache.RedisCache", {"CONNECTION_POOL_KWARGS": SHORT}, "redis://x"),
        ("django.core.cache.backends.memcached.PyMemcacheCache", {"timeout": 0.5, "connect_timeout": 0.5}, "x:11211"),
    ],
)
def test_short_timeouts_are_found_wherever_they_stand(settings, backend, options, location):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": location, "OPTIONS": options}}
    assert said(caches.check_cache_timeouts) == []


def test_a_memcached_without_timeouts_is_warned_of(settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache", "LOCATION": "x:1"}
    }
    assert said(caches.check_cache_timeouts) == ["W065"]


@pytest.mark.parametrize("backend", ["db.DatabaseCache", "filebased.FileBasedCache"])
def test_a_cache_that_cannot_count_many_at_once_is_warned_of(settings, backend):
    cache = {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": "/nowhere"}
    assert said_of(settings, cache, "oauth") == ["W066"]


def test_an_alias_that_others_use_too_is_pointed_out(settings):
    assert said_of(settings, DOCUMENTED["default"]) == ["I067"]
    assert said_of(settings, DOCUMENTED["oauth"], "oauth") == []
    assert said_of(settings, DOCUMENTED["default"], "oauth") == ["I067"]


def test_an_alias_that_there_is_not_is_left_to_another_check(settings):
    settings.OAUTH_PROVIDER = {"CACHE": "elsewhere"}
    assert [number for check in OF_CACHES for number in said(check)] == []
