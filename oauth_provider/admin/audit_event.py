"""The audit in the admin: what happened, to whom, and who did it. Nobody adds, changes or deletes anything here."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from oauth_provider.admin.lists.autocomplete import is_key
from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.cells import NAME_LENGTH, with_detail
from oauth_provider.admin.lists.keyset import KeysetChangeList
from oauth_provider.admin.lists.search import is_searchable, meant_by
from oauth_provider.dot.names import application_model
from oauth_provider.events.every import EVENTS
from oauth_provider.models import AuditEvent

KINDS = sorted(cls.kind() for cls in EVENTS if cls.AUDITED)


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


class AuditChangeList(KeysetChangeList):
    """The rows of a page, with the names that clients and people have now: the rows keep their ids alone."""

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows, then all names on the page in two statements."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        name_rows(self.result_list)


def name_rows(rows: Sequence[Any]) -> None:
    """Put on each row the names of its client, its person and whoever did it; "" for those that are gone."""
    users, user = get_user_model()._default_manager, get_user_model()
    keys = {key for row in rows for key in (row.user, row.actor) if key and is_key(user, key)}
    people = {str(one.pk): str(one) for one in users.filter(pk__in=keys)} if keys else {}
    named = application_model()._base_manager.filter(client_id__in={row.client_id for row in rows if row.client_id})
    clients = {one.client_id: str(one) for one in named.only("client_id", "name")} if rows else {}
    for row in rows:
        row.client_name = clients.get(row.client_id, "")
        row.person_name, row.actor_name = people.get(row.user, ""), people.get(row.actor, "")


def called(name: str, identifier: str) -> str:
    """Return a name; of who is gone, the id that stays."""
    return truncatechars(name, NAME_LENGTH) or identifier or "-"


class AuditEventAdmin(BoundedAdmin):
    """One row is one thing that happened."""

    list_display = ("begun", "happened", "client", "person", "done_by")
    list_filter = (KindFilter, "occurred_at")
    sortable_by = ("begun",)
    search_fields = ("client_id",)
    search_help_text = gettext_lazy(
        "User, client, or in full: client identifier, id of a user, or the public id of a sign-in."
    )
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("occurred_at", "kind", "reason", "client_id", "user", "authorization", "what")}),
        (gettext_lazy("Done by"), {"fields": ("actor", "address")}),
    )

    @admin.display(description=gettext_lazy("when"), ordering="pk")
    def begun(self, row: AuditEvent) -> Any:
        """Return when it happened: as sortable as its key."""
        return row.occurred_at

    @admin.display(description=gettext_lazy("what"))
    def happened(self, row: AuditEvent) -> str:
        """Return the kind, and the reason below it."""
        return with_detail(row.kind, row.reason)

    @admin.display(description=gettext_lazy("client"))
    def client(self, row: Any) -> str:
        """Return the client's name, or its identifier where it is gone."""
        return called(row.client_name, row.client_id)

    @admin.display(description=gettext_lazy("user"))
    def person(self, row: Any) -> str:
        """Return the user's name, or the id where the user is gone."""
        return called(row.person_name, row.user)

    @admin.display(description=gettext_lazy("done by"))
    def done_by(self, row: Any) -> str:
        """Return who did it, and from where."""
        return with_detail(called(row.actor_name, row.actor), row.address)

    @admin.display(description=gettext_lazy("facts"))
    def what(self, row: AuditEvent) -> str:
        """All else that is known."""
        text = json.dumps(row.facts, indent=2, ensure_ascii=False)
        return format_html('<pre dir="ltr">{}</pre>', text) if row.facts else "-"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the class of lists that know the names."""
        return AuditChangeList

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find rows by a whole id; where there are none, by the names of clients and people."""
        term = search_term.strip()
        if not term or not is_searchable(term):
            return (queryset.none() if term else queryset), False
        with suppress(ValueError):
            return queryset.filter(Q(authorization=str(UUID(term))) | Q(user=term)), False
        exact = queryset.filter(Q(client_id=term) | Q(user=term))
        if exact.exists():
            return exact, False
        # The rows keep keys as text.
        meant = meant_by(term, key="client_id").with_users_as_text()
        return queryset.filter(meant.rows(clients="client_id")), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are written by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It happened."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """``oauth_sweep`` deletes what is old."""
        return False
