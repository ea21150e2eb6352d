"""Lists that are paged by key: the last of 200,000 rows costs what the first does, and nobody counts them all.

Django's own pages skip rows by their number, which the database has to walk past, joined, each time. These begin at a
key. A list that a project orders by something else is paged as Django does it.
"""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from oauth_provider.admin.lists.autocomplete import AFTER, BEFORE, is_key

# More rows than this are not counted.
MAX_COUNTED = 1000


class KeysetChangeList(ChangeList):
    """A changelist whose rows stand in the order of their keys."""

    is_keyset = False
    first_url = previous_url = next_url = last_url = ""
    total = ""
    total_is_exact = True

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.after, self.before = request.GET.get(AFTER), request.GET.get(BEFORE)
        super().__init__(request, *args, **kwargs)
        self.opts = self.model_admin.opts
        if not self.is_popup:
            self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Return the rows of all pages. Another order, search or filter begins with the first page."""
        for parameter in (AFTER, BEFORE):
            self.params.pop(parameter, None)
            self.filter_params.pop(parameter, None)
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        return rows

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows of this page, and what leads on from it."""
        first = next(iter(self.queryset.query.order_by), None)
        if first not in ("pk", "-pk"):
            super().get_results(request)
            if not self.query:
                self.full_result_count = self.result_count
            return
        self.is_keyset = True
        self.result_list = self._page(is_descending=first == "-pk")
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.show_admin_actions, self.can_show_all, self.multi_page = True, False, False
        self.result_count = self._count()
        # Beside a search that was counted Django says how much it found, with a link to all rows.
        is_counted_search = bool(self.query) and self.total_is_exact
        self.show_full_result_count, self.full_result_count = False, None if is_counted_search else self.result_count

    def _page(self, *, is_descending: bool) -> list[Any]:
        size = self.list_per_page
        is_backward = self.before is not None
        key = self.before if is_backward else self.after
        known = bool(key) and is_key(self.model, key)
        order, beyond = ("-pk", "pk__lt") if is_descending != is_backward else ("pk", "pk__gt")
        rows = self.queryset.order_by(order)
        if known:
            rows = rows.filter(**{beyond: key})
        found = self._first(rows, size + 1, order)
        if is_backward and known and len(found) <= size:
            # So near the beginning that the page would be short: the first page has all of these, too.
            self.before = self.after = None
            return self._page(is_descending=is_descending)
        is_more, page = len(found) > size, found[:size]
        if is_backward:
            page.reverse()
        self._lead_on(page, has_previous=is_more if is_backward else known, has_next=known if is_backward else is_more)
        return page

    def _first(self, rows: QuerySet[Any], number: int, order: str) -> list[Any]:
        """Return the first of ``rows``. What a search finds is joined with all that is shown once it is found."""
        if not self.query:
            return list(rows[:number])
        keys = rows.select_related(None).values("pk")[:number]
        return list(self.apply_select_related(self.root_queryset).filter(pk__in=keys).order_by(order))

    def _lead_on(self, page: list[Any], *, has_previous: bool, has_next: bool) -> None:
        if has_previous:
            self.first_url = self.get_query_string()
            self.previous_url = self.get_query_string({BEFORE: page[0].pk}) if page else self.first_url
        if has_next and page:
            self.next_url, self.last_url = (
                self.get_query_string({AFTER: page[-1].pk}),
                self.get_query_string({BEFORE: ""}),
            )

    def _count(self) -> int:
        """Return how many rows there are, or of more than ``MAX_COUNTED`` those of this page; say it in words, too."""
        shown = len(self.result_list)
        is_all = not (self.previous_url or self.next_url)
        counted = shown if is_all else self.queryset.order_by()[: MAX_COUNTED + 1].count()
        names = self.model_admin.opts
        if counted > MAX_COUNTED:
            self.total_is_exact = False
            self.total = _("more than %(number)s %(names)s") % {
                "number": MAX_COUNTED,
                "names": names.verbose_name_plural,
            }
            return shown
        name = names.verbose_name if counted == 1 else names.verbose_name_plural
        self.total = f"{counted} {name}"
        return counted
