"""The audit in the admin: what happened, to whom, and who did it. Nobody adds, changes or deletes anything here."""

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from oauth_provider.admin.lists.autocomplete import NULL
from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.events import event as events
from oauth_provider.events.event import Event
from oauth_provider.models import AuditEvent

KINDS = sorted(
    cls.kind() for cls in vars(events).values() if isinstance(cls, type) and issubclass(cls, Event) and cls.AUDITED
)


class KindFilter(admin.SimpleListFilter):
    """By what happened: those that are audited, whether there are rows of them or not."""

    title = gettext_lazy("what")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """By their names in logs and documentation."""
        return [(kind, kind) for kind in KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Rows of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() in KINDS else queryset


class AuditEventAdmin(BoundedAdmin):
    """One row is one thing that happened."""

    list_display = ("occurred_at", "kind", "reason", "client_id", "user", "actor", "address")
    list_filter = (KindFilter, "occurred_at")
    search_fields = ("client_id",)
    search_help_text = gettext_lazy("Client identifier, id of a user, or public id of an authorization, in full.")
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("occurred_at", "kind", "reason", "client_id", "user", "authorization", "what")}),
        (gettext_lazy("Done by"), {"fields": ("actor", "address")}),
    )

    @admin.display(description=gettext_lazy("facts"))
    def what(self, row: AuditEvent) -> str:
        """All else that is known."""
        text = json.dumps(row.facts, indent=2, ensure_ascii=False)
        return format_html('<pre dir="ltr">{}</pre>', text) if row.facts else "-"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Whole ids alone, which an index finds."""
        term = search_term.strip()
        if not term or NULL in term:
            return (queryset.none() if term else queryset), False
        return queryset.filter(Q(client_id=term) | Q(user=term) | Q(authorization=term)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are written by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """``oauth_sweep`` deletes what is old."""
        return False
