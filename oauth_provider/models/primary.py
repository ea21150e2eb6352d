"""Reading where it is written: what decides about tokens and clients must not come from a replica that lags."""

from typing import TypeVar

from django.db import models, router
from django.db.models import QuerySet

M = TypeVar("M", bound=models.Model)


class PrimaryManager(models.Manager[M]):
    """Rows of the alias that the router writes to, unless the caller names another."""

    def get_queryset(self) -> QuerySet[M]:
        """Every row, as it is now."""
        rows = super().get_queryset()
        hints: dict[str, object] = self._hints  # type: ignore[attr-defined] # Django's own, for its routers
        return rows if self._db else rows.using(router.db_for_write(self.model, **hints))
