"""Many keys in a condition: as one parameter, where the database has arrays.

Of each key in a list Django makes a parameter, and PostgreSQL a constant that it parses and plans: more than half of
the CPU time that a sweep takes.
"""

from typing import Any

from django.db.models import Lookup
from django.db.models.lookups import In


class AnyOf(Lookup):
    """``column = ANY(array)`` on PostgreSQL, ``column IN (…)`` elsewhere: ``rows.filter(AnyOf(F("pk"), keys))``.

    ``keys`` is a list of values of that column, as the ORM reads them, without None.
    """

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return what ``__in`` would."""
        return In(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Return SQL with one parameter, however many keys there are."""
        column, parameters = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        return f"{column} = ANY(%s)", [*parameters, [field.get_db_prep_value(key, connection) for key in self.rhs]]
