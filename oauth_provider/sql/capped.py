"""Counts with a limit: how many rows a subquery has, of which no more are read than it was sliced to."""

from django.db.models import IntegerField, Subquery


class CappedCount(Subquery):
    """Number of rows of a sliced queryset, as a column: ``CappedCount(rows.order_by()[:101])``."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
