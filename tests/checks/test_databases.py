"""Checks of databases: written together, tried before use, and told to prepare."""

import pytest
from django.db import connection, connections

from oauth_provider.checks import (
    databases,
)
from tests.checks.messages import said


@pytest.mark.parametrize(
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


POSTGRESQL = {"server_side_binding": True, "prepare_threshold": 5}


@pytest.mark.parametrize(
    ("vendor", "options", "pooled", "expected"),
    [
        ("postgresql", {}, False, ["I001"]),
        ("postgresql", POSTGRESQL, False, []),
        ("postgresql", POSTGRESQL | {"prepare_threshold": 0}, False, []),
        ("postgresql", POSTGRESQL | {"prepare_threshold": None}, False, ["I001"]),
        ("postgresql", POSTGRESQL | {"server_side_binding": False}, False, ["I001"]),
        ("postgresql", {}, True, []),
        ("sqlite", {}, False, []),
    ],
)
def test_postgresql_is_advised_to_prepare(monkeypatch, vendor, options, pooled, expected):
    monkeypatch.setattr(connection, "vendor", vendor)
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", options)
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", pooled)
    assert said(databases.check_prepared_statements) == expected
