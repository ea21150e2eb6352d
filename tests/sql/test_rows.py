"""Rows that are made without asking the model how: what ``Model.from_db`` would have made, or what it makes."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.signals import post_init, pre_init
from django.test.utils import isolate_apps

from oauth_provider.dot.names import application_model, concrete_names
from oauth_provider.models import Authorization, ClientPolicy
from oauth_provider.sql.lookup import _is_plainly_made, row_of
from tests.each import each
from tests.factories import ApplicationFactory, UserFactory

pytestmark = pytest.mark.django_db


def state(row: Any) -> Any:
    """All that is known of a row; nothing related has been asked for yet."""
    columns = {name: value for name, value in vars(row).items() if name != "_state"}
    return columns, row._state.adding, row._state.db, row._state.fields_cache


def made(model: Any, values: Any, names: Any = None) -> tuple[Any, Any]:
    """The same row by us and by Django."""
    names = names or concrete_names(model)
    return row_of(model, names, values, "default"), model.from_db("default", names, values)


@each("model", [get_user_model(), application_model(), ClientPolicy, Authorization])
def test_a_row_is_what_django_makes_of_it(model: Any) -> None:
    assert _is_plainly_made(model)
    ours, djangos = made(model, list(range(len(concrete_names(model)))))
    assert type(ours) is type(djangos)
    assert state(ours) == state(djangos)
    assert state(copy(ours)) == state(copy(djangos))


def test_it_lives_as_any_row_does() -> None:
    application, model = ApplicationFactory(), application_model()
    model.objects.update(user=UserFactory(username="ada"))
    application.refresh_from_db()
    values = [getattr(application, name) for name in concrete_names(model)]
    row, _djangos = made(model, values)
    assert (row, hash(row), row.user.username) == (application, hash(application), "ada")
    row.user_id = None
    assert row.user is None
    row.refresh_from_db()
    assert row.user.username == "ada"
    row.name = "renamed"
    row.save()
    assert model.objects.get().name == "renamed"


def test_what_was_left_out_is_deferred() -> None:
    user = UserFactory(first_name="Ada")
    row, djangos = made(type(user), [user.pk, user.username], ("id", "username"))
    assert row.get_deferred_fields() == djangos.get_deferred_fields()
    assert row.first_name == "Ada"


@contextmanager
def heard(signal: Any, model: Any) -> Iterator[list[Any]]:
    sent: list[Any] = []

    def receive(sender: Any, **facts: Any) -> None:
        sent.append(sender)

    signal.connect(receive, sender=model)
    try:
        yield sent
    finally:
        signal.disconnect(receive, sender=model)


@pytest.mark.parametrize("signal", [pre_init, post_init])
def test_whoever_listens_to_the_making_of_rows_is_told(signal: Any) -> None:
    model = get_user_model()
    with heard(signal, model) as sent:
        row_of(model, concrete_names(model), list(range(len(concrete_names(model)))), "default")
    assert sent == [model]


@isolate_apps("tests")
def test_a_model_that_makes_its_rows_is_left_to_it() -> None:
    class Mixin:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.greeting = "made"

    class WithMixin(Mixin, models.Model):  # noqa: DJ008 - nobody reads its name
        name = models.CharField(max_length=9)

        class Meta:
            app_label = "tests"

    class WithFromDb(models.Model):  # noqa: DJ008 - nobody reads its name
        name = models.CharField(max_length=9)

        class Meta:
            app_label = "tests"

        @classmethod
        def from_db(cls, *args: Any) -> Any:
            row = super().from_db(*args)
            row.greeting = "made"
            return row

    class WithFile(models.Model):  # noqa: DJ008 - nobody reads its name
        document = models.FileField()

        class Meta:
            app_label = "tests"

    for model in (WithMixin, WithFromDb):
        assert row_of(model, ("id", "name"), (1, "ada"), "default").greeting == "made"
    assert row_of(WithFile, ("id", "document"), (1, "a.txt"), "default").document.name == "a.txt"
    assert not any(map(_is_plainly_made, (WithMixin, WithFromDb, WithFile)))
