"""Checks of how far a revocation reaches (RFC 7009 §3): the denylist, and remembered tokens."""

from django.db import connection

from oauth_provider.checks import (
    revocation,
)
from tests.checks.messages import said
from tests.each import each

REDIS = {"URL": "redis://127.0.0.1:6379/0"}


@each(
    ("denylist", "found"),
    [
        ({}, []),
        (None, []),
        (REDIS, []),
        ({"TRANSPORT": "tests.resource_server.denylist.transports.FakeTransport"}, []),
        ({"URL": ""}, ["E093"]),
        ({"URL": "http://127.0.0.1"}, ["E093"]),
        (REDIS | {"HOST": "x"}, ["E093"]),
        ("redis://127.0.0.1", ["E093"]),
        ({"TRANSPORT": "no.such.module"}, ["E093"]),
        ({"TRANSPORT": "tests.resource_server.denylist.transports.Unmakeable"}, ["E093"]),
    ],
)
def test_a_denylist_that_cannot_be_sent_is_found(settings, denylist, found):
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"DENYLIST": denylist}
    assert said(revocation.check_denylist) == found


def test_a_denylist_needs_an_issuer(settings):
    settings.OAUTH_PROVIDER = {"DENYLIST": REDIS}
    assert said(revocation.check_denylist) == ["E094"]


@each(
    ("lifetime", "atomic", "denylist", "found"),
    [
        (0, True, {}, []),
        (60, False, {}, []),
        (61, False, {}, ["W094"]),
        (61, False, REDIS, []),
        (5, True, {}, ["W093"]),
        (61, True, {}, ["W093", "W094"]),
        ("soon", True, {}, []),
    ],
)
def test_remembering_that_is_of_no_use_or_too_long_is_a_warning(
    settings, monkeypatch, lifetime, atomic, denylist, found
):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    settings.OAUTH_PROVIDER = settings.OAUTH_PROVIDER | {"VERIFICATION_CACHE_LIFETIME": lifetime}
    settings.OAUTH_RESOURCE_SERVER = {"DENYLIST": denylist}
    assert said(revocation.check_verification_cache) == found
