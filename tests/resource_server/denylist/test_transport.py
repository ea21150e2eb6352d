"""``OAUTH_RESOURCE_SERVER["DENYLIST"]`` (RFC 7009 §3): terms and transports that cannot be used are found."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from oauth_provider.resource_server import checks
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.options.denylist import REDIS, DenylistOptions
from tests.resource_server.denylist.heard import FAKE

pytestmark = pytest.mark.spec("RFC 7009", "3")


URL = "redis://127.0.0.1:6379/0"


@pytest.mark.parametrize(
    "terms",
    [
        {"URL": ""},
        {"URL": "http://127.0.0.1/"},
        {"URL": 7},
        {"URL": URL, "CHANNEL": ""},
        {"URL": URL, "CHANNEL": None},
        {"URL": URL, "PORT": 1},
        {"url": URL},
        {"CHANNEL": "x"},
        {"TRANSPORT": ""},
        {"TRANSPORT": 7},
        [],
        URL,
        {7: URL},
    ],
)
def test_terms_that_cannot_be_used_are_found(settings, terms):
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": terms}
    assert [found.id for found in checks.check_settings(None)] == ["oauth_resource_server.E004"]
    assert checks.check_denylist(None) == checks.check_denylist_is_guarded(None) == []
    with pytest.raises(ImproperlyConfigured):
        _ = conf.denylist


@pytest.mark.parametrize("terms", [{}, None])
def test_an_empty_denylist_setting_is_none(settings, terms):
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": terms}
    assert conf.denylist is None
    assert checks.check_settings(None) == checks.check_denylist(None) == checks.check_denylist_is_guarded(None) == []


@pytest.mark.parametrize(
    "path",
    ["no.such.module", "tests.resource_server.denylist.transports.Unmakeable", "os.path.join", f"{FAKE}s", "os.sep"],
)
def test_a_transport_that_cannot_be_made_is_found(settings, path):
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": {"TRANSPORT": path}}
    messages = checks.check_denylist(None)
    assert [message.id for message in messages] == ["oauth_resource_server.E045"]
    assert "django-oauth-authority[redis]" in messages[0].hint


def test_a_missing_redis_package_is_found(settings, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, REDIS.rpartition(".")[0], raising=False)
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": {"URL": URL}}
    assert [message.id for message in checks.check_denylist(None)] == ["oauth_resource_server.E045"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, []),
        ("redis://localhost", []),
        ("unix:///run/redis.sock", []),
        ("rediss://api:secret@redis.example", []),
        ("redis://:secret@redis.example", []),
        ("redis://redis.example:6379", ["oauth_resource_server.W045"]),
        ("rediss://api@redis.example", ["oauth_resource_server.W045"]),
        ("redis://127.0.0.1.example", ["oauth_resource_server.W045"]),
    ],
)
def test_a_redis_that_anybody_may_write_to_is_a_warning(settings, url, found):
    settings.OAUTH_RESOURCE_SERVER |= {"DENYLIST": {"URL": url}}
    assert [message.id for message in checks.check_denylist_is_guarded(None)] == found


def test_the_password_is_not_printed():
    assert "secret" not in repr(DenylistOptions(url="redis://:secret@redis.example"))
