"""Checks of clients: what DOT's column still says, and tables that are not there yet."""

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction

from oauth_provider.checks import (
    clients,
)
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientSecret
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
    with transaction.atomic():
        assert said(clients.check_slow_secrets, databases=["default"]) == []
        transaction.set_rollback(True)
    for field in application_model()._meta.concrete_fields:
        vars(field).pop("cached_col", None)  # Django remembers the table that a column was first asked of


GENERATED, CHOSEN = "Zz9" * 42 + "Zz", "correct horse battery staple"


def slow(**kwargs):
    return clients.check_slow_secrets(None, databases=["default"], **kwargs)


@pytest.mark.django_db
def test_clients_with_a_slow_hash_are_named_until_it_is_computed_no_more():
    ApplicationFactory(), ApplicationFactory(public=True, client_secret=make_password(CHOSEN))
    ApplicationFactory(client_secret=CHOSEN)  # not hashed
    ApplicationFactory(client_secret="$" * 10)
    assert said(clients.check_slow_secrets, databases=["default"]) == []
    generated = ApplicationFactory(client_id="generated", client_secret=make_password(GENERATED))
    chosen = ApplicationFactory(client_id="chosen", client_secret=make_password(CHOSEN))
    (message,) = slow()
    assert message.id == "oauth_provider.W130"
    assert message.msg.endswith("at 2 of the clients: generated, chosen.")
    assert said(clients.check_slow_secrets, databases=None) == []
    ClientSecret.objects.adopt(generated, GENERATED)
    assert slow()[0].msg.endswith("at 1 of the clients: chosen.")
    ClientSecret.objects.rotate(chosen, overlap=0)
    assert slow() == []


@pytest.mark.django_db
def test_however_many_there_are_few_are_named(monkeypatch):
    monkeypatch.setattr(clients, "MAX_COUNTED", 7)
    stored = make_password(CHOSEN)
    for number in range(10):
        ApplicationFactory(client_id=f"slow-{number}", client_secret=stored)
    (message,) = slow()
    assert "more than 7 of the clients: slow-0, slow-1, slow-2, slow-3, slow-4, …." in message.msg
    assert "pbkdf2" not in message.msg
