"""Row locks: ``transaction.locked`` compiled, for the verbs that every token passes through."""

from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet

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
        self._query = CompiledQuery(self._lookup)

    def find(self, value: str, *, using: str) -> Any:
        """The one row, locked against other writers until the transaction ends, or None. The first statement of all."""
        if not connections[using].features.has_select_for_update:
            write_first(self._lookup(value).using(using), touch=self._touch)
        for values in self._query.run(using, value):
            columns = len(concrete_names(self._model))
            row = whole_row(self._model, values[:columns], using)
            self._related.set_cached_value(row, whole_row(self._related.related_model, values[columns:], using))
            return row
        return None

    def _lookup(self, value: Any) -> QuerySet[Any, Any]:
        rows = self._model._base_manager.filter(**{self._column: value})
        return locking(rows.select_related(self._related.name))
