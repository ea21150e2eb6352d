"""Checks of databases: written together, tried before use, and told to prepare."""

from django.db import connections

from oauth_provider.checks import (
    databases,
)
from tests.checks.messages import said
from tests.each import each


@each(
    ("given", "numbers"),
    [
        ({}, []),
        ({"CONN_MAX_AGE": 0}, []),
        ({"CONN_MAX_AGE": 60}, ["W068"]),
        ({"CONN_MAX_AGE": None}, ["W068"]),
        ({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}, []),
        ({"OPTIONS": {"pool": True}}, ["W068"]),
        ({"OPTIONS": {"pool": {"min_size": 2}}, "CONN_HEALTH_CHECKS": True}, []),
        ({"OPTIONS": None, "CONN_MAX_AGE": 0}, []),
    ],
)
def test_connections_that_are_kept_are_to_be_tried(monkeypatch, given, numbers):
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    monkeypatch.setattr(connections["default"], "settings_dict", given)
    assert said(databases.check_connections_are_tried) == numbers


def test_a_file_has_no_connections_to_try(monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "sqlite")
    monkeypatch.setattr(connections["default"], "settings_dict", {"CONN_MAX_AGE": 60})
    assert said(databases.check_connections_are_tried) == []


class Apart:
    """A router that keeps DOT's tables to themselves."""

    def db_for_write(self, model, **hints):
        return "other" if model._meta.app_label == "oauth2_provider" else None


def test_tables_that_are_written_together_stand_together(settings):
    settings.DATABASE_ROUTERS = [Apart()]
    assert said(databases.check_one_database) == ["E005", "E005", "E005"]


LEFT_TO_PSYCOPG = {"OPTIONS": {"server_side_binding": True, "prepare_threshold": 5}}


@each(
    ("vendor", "changed", "expected"),
    [
        ("postgresql", {}, ["I001"]),
        ("postgresql", {"CONN_MAX_AGE": 60}, []),
        ("postgresql", {"CONN_MAX_AGE": None}, []),
        ("postgresql", {"OPTIONS": {"pool": True}}, []),
        ("postgresql", LEFT_TO_PSYCOPG, []),
        ("postgresql", {"OPTIONS": {"prepare_threshold": 0, "server_side_binding": True}}, []),
        ("postgresql", {"OPTIONS": {"prepare_threshold": 5}, "CONN_MAX_AGE": 60}, ["I001"]),
        ("postgresql", {"DISABLE_SERVER_SIDE_CURSORS": True}, []),
        ("sqlite", {}, []),
    ],
)
def test_postgresql_is_advised_to_prepare(monkeypatch, vendor, changed, expected):
    monkeypatch.setattr(connections["default"], "vendor", vendor)
    monkeypatch.setattr(connections["default"], "settings_dict", {"OPTIONS": {}, "CONN_MAX_AGE": 0, **changed})
    assert said(databases.check_prepared_statements) == expected


def test_whoever_wants_nothing_prepared_is_not_advised_to(monkeypatch, settings):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "PREPARE_STATEMENTS": "off"}
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert said(databases.check_prepared_statements) == []


@each(("value", "expected"), [("auto", []), ("off", []), ("on", ["E110"]), (True, ["E110"]), (None, ["E110"])])
def test_prepare_statements_is_one_of_two_words(settings, value, expected):
    settings.OAUTH_PROVIDER = {**settings.OAUTH_PROVIDER, "PREPARE_STATEMENTS": value}
    assert said(databases.check_prepare_statements) == expected


@each(
    ("application", "vendor", "changed", "expected"),
    [
        ("project.asgi.application", "postgresql", {"CONN_MAX_AGE": 60}, ["W110"]),
        ("project.asgi.application", "postgresql", {"CONN_MAX_AGE": None}, ["W110"]),
        ("project.asgi.application", "postgresql", {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": True}}, []),
        ("project.asgi.application", "sqlite", {"CONN_MAX_AGE": 60}, []),
        (None, "postgresql", {"CONN_MAX_AGE": 60}, []),
    ],
)
def test_under_asgi_connections_are_kept_by_a_pool(monkeypatch, settings, application, vendor, changed, expected):
    settings.ASGI_APPLICATION = application
    monkeypatch.setattr(connections["default"], "vendor", vendor)
    monkeypatch.setattr(connections["default"], "settings_dict", changed)
    assert said(databases.check_pool_under_asgi) == expected
