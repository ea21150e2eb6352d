"""Row locks: ``transaction.locked`` compiled, for the verbs that every token passes through; and reading without."""

from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet, TextField
from django.db.models.expressions import RawSQL

from oauth_provider.dot.names import concrete_names
from oauth_provider.models.compiled import CompiledQuery, whole_row
from oauth_provider.models.transaction import locking, write_first


class RowLock:
    """Rows of ``model`` by a unique ``column`` of text, each with the row that its foreign key ``related`` names."""

    def __init__(self, model: type[Model], column: str, *, related: str, touch: str) -> None:
        self._model = model
        self._column = column
        self._related: Any = model._meta.get_field(related)
        self._touch = touch
        self._locked = CompiledQuery(lambda value: locking(self._rows(value)))
        self._seen = CompiledQuery(self._columns)

    def find(self, value: str, *, using: str) -> Any:
        """The one row, locked against other writers until the transaction ends, or None. The first statement of all."""
        if not connections[using].features.has_select_for_update:
            write_first(self._rows(value).using(using), touch=self._touch)
        columns = len(concrete_names(self._model))
        for values in self._locked.run(using, value):
            return self._row(values[:columns], values[columns:], using)
        return None

    def see(self, value: str, *, using: str) -> Any:
        """The one row as it is now, locked by nobody, or None. Its ``seen_version`` tells if it is still the same.

        On PostgreSQL alone.
        """
        for version, *values in self._seen.run(using, value):
            columns = len(concrete_names(self._model))
            row = self._row(values[:columns], values[columns:], using)
            row.seen_version = version
            return row
        return None

    def _rows(self, value: Any) -> QuerySet[Any, Any]:
        found = self._model._base_manager.filter(**{self._column: value})
        rows: QuerySet[Any, Any] = found.select_related(self._related.name)
        return rows

    def _columns(self, value: Any) -> QuerySet[Any, Any]:
        related = [f"{self._related.name}__{name}" for name in concrete_names(self._related.related_model)]
        rows: QuerySet[Any, Any] = self._model._base_manager.filter(**{self._column: value})
        return rows.values_list(_version(self._model), *concrete_names(self._model), *related)

    def _row(self, values: list[Any], related: list[Any], using: str) -> Any:
        row = whole_row(self._model, values, using)
        self._related.set_cached_value(row, whole_row(self._related.related_model, related, using))
        return row


def _version(model: type[Model]) -> RawSQL:
    # PostgreSQL's name for the transaction that wrote the row as it is; another writer, another name.
    return RawSQL(f'"{model._meta.db_table}"."xmin"::text', (), output_field=TextField())  # noqa: S611 - our own name
