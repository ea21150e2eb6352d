"""Checks of clients: what DOT's column still says, and tables that are not there yet."""

import pytest
from django.db import transaction

from oauth_provider.checks import (
    clients,
)
from oauth_provider.dot.names import application_model
from tests.checks.messages import said
from tests.factories import ApplicationFactory, UserFactory


@pytest.mark.django_db
def test_a_user_in_dots_column_is_warned_of():
    application = ApplicationFactory()
    assert said(clients.check_application_user, databases=["default"]) == []
    application_model().objects.update(user=UserFactory())
    assert said(clients.check_application_user, databases=["default"]) == ["W002"]
    assert said(clients.check_application_user, databases=None) == []
    application.refresh_from_db()
    application.save()  # what the hint says
    assert said(clients.check_application_user, databases=["default"]) == []


@pytest.mark.django_db
def test_before_the_tables_are_there_nothing_is_said(monkeypatch):
    monkeypatch.setattr(application_model()._meta, "db_table", "not_migrated_yet")
    with transaction.atomic():
        assert said(clients.check_application_user, databases=["default"]) == []
        transaction.set_rollback(True)
    for field in application_model()._meta.concrete_fields:
        vars(field).pop("cached_col", None)  # Django remembers the table that a column was first asked of
