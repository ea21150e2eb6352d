"""Settings as Django's own documentation writes them, for the tests of the checks; and a way to put them in place."""

import sys
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from django.core import checks as framework
from django.db import connections
from django.db.utils import ConnectionHandler

from oauth_provider.conf import drop_cached_settings
from oauth_provider.resource_server.conf import drop_cached_settings as drop_resource_server_settings

POSTGRESQL = {"ENGINE": "django.db.backends.postgresql"}
NAMED = {"NAME": "mydatabase", "USER": "mydatabaseuser", "PASSWORD": "mypassword", "HOST": "127.0.0.1", "PORT": "5432"}
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": Path("/tmp/project/db.sqlite3")}
DATABASES: dict[str, dict[str, Any]] = {
    "none": {},
    "an empty default": {"default": {}},
    "what startproject writes": {"default": SQLITE},
    "SQLite with options": {"default": SQLITE | {"OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"}}},
    "PostgreSQL": {"default": POSTGRESQL | NAMED},
    "PostgreSQL by a service file": {
        "default": POSTGRESQL | {"OPTIONS": {"service": "my_service", "passfile": ".my_pgpass"}}
    },
    "PostgreSQL with a pool": {"default": POSTGRESQL | NAMED | {"OPTIONS": {"pool": True}}},
    "PostgreSQL with a pool of a size": {
        "default": POSTGRESQL | NAMED | {"OPTIONS": {"pool": {"min_size": 2, "max_size": 4, "timeout": 10}}}
    },
    "PostgreSQL with persistent connections": {
        "default": POSTGRESQL | NAMED | {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": True}
    },
    "PostgreSQL behind a pooler": {"default": POSTGRESQL | NAMED | {"DISABLE_SERVER_SIDE_CURSORS": True}},
    "PostgreSQL with an isolation level": {
        "default": POSTGRESQL | NAMED | {"OPTIONS": {"isolation_level": 3, "assume_role": "my_application_role"}}
    },
    "a replica": {
        "default": POSTGRESQL | NAMED,
        "replica": POSTGRESQL | NAMED | {"HOST": "127.0.0.2", "TEST": {"MIRROR": "default"}},
    },
    "a default that is left empty": {"default": {}, "users": POSTGRESQL | NAMED, "customers": SQLITE},
}
CACHES: dict[str, dict[str, Any]] = {
    "none": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "local memory": {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "unique-snowflake"}
    },
    "Redis": {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://username:password@127.0.0.1:6379",
        }
    },
    "Redis with replicas": {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": ["redis://127.0.0.1:6379", "redis://127.0.0.1:6378"],
            "OPTIONS": {"db": "10", "pool_class": "redis.BlockingConnectionPool"},
        }
    },
    "Memcached": {
        "default": {
            "BACKEND": "django.core.cache.backends.memcached.PyMemcacheCache",
            "LOCATION": ["172.19.26.240:11211", "172.19.26.242:11211"],
        }
    },
    "the database": {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "my_cache_table"}
    },
    "files": {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": "/var/tmp/django_cache",
            "TIMEOUT": 60,
            "OPTIONS": {"MAX_ENTRIES": 1000},
        }
    },
    "none but by name": {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}},
}
STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}
ABSENT = object()
OTHERS: dict[str, dict[str, Any]] = {
    "no settings of ours": {"OAUTH_PROVIDER": ABSENT, "OAUTH2_PROVIDER": ABSENT, "OAUTH_RESOURCE_SERVER": ABSENT},
    "empty settings of ours": {"OAUTH_PROVIDER": {}, "OAUTH2_PROVIDER": {}, "OAUTH_RESOURCE_SERVER": {}},
    "settings that are None": {"OAUTH_PROVIDER": None},
    "an issuer that the environment lacks": {"OAUTH_PROVIDER": {"ISSUER": None}},
    "no settings of REST framework": {"REST_FRAMEWORK": ABSENT},
    "hosts": {"ALLOWED_HOSTS": [".example.com", "[::1]"]},
    "no hosts": {"ALLOWED_HOSTS": []},
    "hosts as a tuple": {"ALLOWED_HOSTS": ("example.com",)},
    "any host": {"ALLOWED_HOSTS": ["*"]},
    "storages": {"STORAGES": {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}, **STATIC}},
    "no middleware": {"MIDDLEWARE": []},
    "no backends": {"AUTHENTICATION_BACKENDS": []},
    "a login page by name": {"LOGIN_URL": "admin:login"},
    "old secrets": {"SECRET_KEY_FALLBACKS": ["an old one"]},
    "local time": {"USE_TZ": False},
    "development": {"DEBUG": True},
}


def messages() -> list[framework.CheckMessage]:
    """Run what ``manage.py check --deploy`` runs. Django's own look at its features needs databases that are there."""
    return framework.run_checks(include_deployment_checks=True, databases=[])


def numbers() -> set[str]:
    """The ids of our own messages, all of which have a hint."""
    ours = [message for message in messages() if str(message.id).startswith("oauth")]
    assert all(message.hint for message in ours)
    return {str(message.id) for message in ours}


def put_databases(monkeypatch: pytest.MonkeyPatch, databases: dict[str, Any]) -> None:
    """Have ``connections`` know ``databases`` until the test is over; none of them is opened."""
    handler = ConnectionHandler({alias: dict(one) for alias, one in databases.items()})
    monkeypatch.setattr(connections, "settings", handler.settings)
    monkeypatch.setattr(connections, "_connections", handler._connections)


def put(settings: Any, values: dict[str, Any]) -> None:
    """Have the settings ``values``; ``ABSENT`` takes one away."""
    for name, value in values.items():
        if value is not ABSENT:
            setattr(settings, name, value)
        elif hasattr(settings, name):
            setattr(settings, name, {})  # tells those who remember it
            delattr(settings, name)
            for forget in (drop_cached_settings, drop_resource_server_settings):
                forget(setting=name)


def pretend_memcached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's cache of that kind asks for a library that the tests have no other use for."""
    for name in ("pymemcache", "pymemcache.serde"):
        monkeypatch.setitem(sys.modules, name, MagicMock())
