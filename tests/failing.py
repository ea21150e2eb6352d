"""Rows that cannot be saved, however they are saved."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model
from django.db.models.signals import pre_save


@contextmanager
def failing_at(model: type[Model], error: Exception) -> Iterator[None]:
    """Inside, no row of ``model`` is saved."""

    def fail(**facts: Any) -> None:
        raise error

    pre_save.connect(fail, sender=model)
    try:
        yield
    finally:
        pre_save.disconnect(fail, sender=model)
