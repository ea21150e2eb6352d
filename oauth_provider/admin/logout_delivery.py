"""Messages of the outbox in the admin (OpenID Connect Back-Channel Logout 1.0 §2.5): what failed, and why."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.lists.autocomplete import AutocompleteFilter
from oauth_provider.admin.lists.cells import name_of
from oauth_provider.admin.lists.read_only import Ending, ReadOnlyAdmin
from oauth_provider.models import LogoutDelivery
from oauth_provider.models.client import ClientPolicy
from oauth_provider.models.logout_delivery import BACKCHANNEL_LOGOUT

ERROR_LENGTH = 60
PENDING, DELIVERED, DEAD = LogoutDelivery.Status
EVERY = "all"
# Each state with its words and its rows. What failed is pending still, until it is given up.
STATES = {
    "waiting": (gettext_lazy("waiting"), Q(status=PENDING, attempts=0)),
    "failing": (gettext_lazy("failed, to be tried again"), Q(status=PENDING, attempts__gt=0)),
    "dead": (gettext_lazy("given up"), Q(status=DEAD)),
    "delivered": (gettext_lazy("delivered"), Q(status=DELIVERED)),
}


def state_of(delivery: LogoutDelivery) -> str:
    """Return the state in words."""
    pending = "failing" if delivery.attempts else "waiting"
    return str(STATES[pending if delivery.status == PENDING else delivery.status][0])


class StateFilter(admin.SimpleListFilter):
    """Filter by state. Without a choice, what has arrived is left out."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the four states, and all of them."""
        return [*((name, words) for name, (words, _rows) in STATES.items()), (EVERY, _("all"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices; Django's first, which is no choice, is called what it shows."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("undelivered")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogoutDelivery]) -> QuerySet[LogoutDelivery]:
        """Return the rows in the chosen state; what is undelivered without a known state."""
        if self.value() == EVERY:
            return queryset
        _words, rows = STATES.get(self.value() or "", ("", Q(status__in=(PENDING, DEAD))))
        return queryset.filter(rows)


class LogoutDeliveryAdmin(ReadOnlyAdmin):
    """Admin of the outbox. One row is a client to be told of the end of a session, a mail, or a project's message."""

    ending = Ending(
        name="retry",
        verb=gettext_lazy("Try again"),
        consequence=gettext_lazy(
            "What was given up, or waits for its next attempt, is due at once and gets all of its attempts again. "
            "The command oauth_deliver sends it. What was delivered is not sent a second time."
        ),
        done=gettext_lazy("To be tried again"),
        act=lambda rows, by: LogoutDelivery.objects.retry(rows),
    )
    actions = ("retry",)
    list_display = ("receiver", "state", "attempts", "begun", "next_attempt", "error")
    linked: ClassVar[Any] = ("receiver", "begun")
    sortable_by = ("begun",)
    owner_columns = ("", "application")
    list_select_related = ("application",)
    list_filter = (StateFilter, "kind", ("application", AutocompleteFilter))
    search_fields = ("application__client_id", "application__name")
    search_help_text = gettext_lazy("Client, or client identifier.")
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("kind", "its_client", "address", "state", "last_error")}),
        (gettext_lazy("Attempts"), {"fields": ("attempts", "created_at", "next_attempt", "ended_at")}),
    )

    @admin.display(description=gettext_lazy("state"))
    def state(self, delivery: LogoutDelivery) -> str:
        """Return the state: waiting, failing, given up or delivered."""
        return state_of(delivery)

    @admin.display(description=gettext_lazy("to"))
    def receiver(self, delivery: LogoutDelivery) -> str:
        """Return the client, or what it is where no client is told."""
        is_to_client = delivery.kind == BACKCHANNEL_LOGOUT and delivery.application is not None
        return name_of(delivery.application) if is_to_client else delivery.kind

    @admin.display(description=gettext_lazy("next attempt"), empty_value="-")
    def next_attempt(self, delivery: LogoutDelivery) -> Any:
        """Return the time of the next attempt, or None where there is none."""
        return delivery.next_attempt_at if delivery.status == PENDING else None

    @admin.display(description=gettext_lazy("last error"))
    def error(self, delivery: LogoutDelivery) -> str:
        """Return the beginning of the last error; the page of the row has all of it."""
        return truncatechars(delivery.last_error, ERROR_LENGTH) or "-"

    @admin.display(description=gettext_lazy("back-channel logout URI"))
    def address(self, delivery: LogoutDelivery) -> str:
        """Return the URL in the client's present policy, which may have changed since."""
        if delivery.application is None or delivery.kind != BACKCHANNEL_LOGOUT:
            return "-"
        return ClientPolicy.of(delivery.application).backchannel_logout_uri or _("none any more")

    @admin.action(permissions=["end"], description=gettext_lazy("Try selected messages again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[LogoutDelivery]) -> HttpResponse | None:
        """Ask for confirmation, then make the selected deliveries due again."""
        return self.end_selected(request, queryset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogoutDelivery]:
        """Return the rows with client and policy."""
        return super().get_queryset(request).select_related("application__oauth_policy")

    def describe(self, row: LogoutDelivery) -> str:
        """Return client, date and state in one line."""
        facts = {"title": row, "since": row.created_at.date(), "state": state_of(row)}
        return _("%(title)s on %(since)s (%(state)s)") % facts

    def title_of(self, row: LogoutDelivery) -> str:
        """Return what it is, and for whom."""
        return str(row)

    def is_over(self, row: LogoutDelivery) -> bool:
        """Has it arrived?"""
        return row.status == DELIVERED
