"""Marks of the sweep: up to which moment an earlier run has seen to something, so that the next need not look there."""

from datetime import datetime
from typing import ClassVar

from django.db import models, router


class SweepMarkManager(models.Manager["SweepMark"]):
    """Reading and moving marks."""

    def reached(self, name: str) -> datetime | None:
        """Return the moment up to which ``name`` was seen to, or None."""
        mark = self.using(router.db_for_write(self.model)).filter(name=name).first()
        return mark.until if mark is not None else None

    def move(self, name: str, until: datetime) -> None:
        """Say that ``name`` was seen to up to ``until``."""
        self.using(router.db_for_write(self.model)).update_or_create(name=name, defaults={"until": until})


class SweepMark(models.Model):
    """The moment that one kind of sweep has reached."""

    name = models.CharField(max_length=64)
    until = models.DateTimeField()

    objects: ClassVar[SweepMarkManager] = SweepMarkManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["name"], name="oauth_provider_one_mark"),)

    def __str__(self) -> str:
        return f"{self.name} until {self.until}"
