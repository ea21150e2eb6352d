"""Sign-ins in the admin (RFC 6749 §1.4 and §1.5): who is signed in to which client, and ending that."""

import json
import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.lists.autocomplete import AutocompleteFilter, user_search_fields
from oauth_provider.admin.lists.read_only import Ending, ReadOnlyAdmin
from oauth_provider.dot.names import refresh_token_model
from oauth_provider.events.actor import Actor
from oauth_provider.models import Authorization
from oauth_provider.models.client import is_barred
from oauth_provider.tokens.ending import revoke_authorizations

AGREED = ("user", "its_client", "context", "state", "scope", "details", "resources", "grant_type", "redirect_uri")


def details_as_html(details: list[dict[str, Any]]) -> str:
    """Return authorization details as HTML, one block for each; a dash where there are none."""
    texts = ((json.dumps(detail, indent=2, ensure_ascii=False),) for detail in details)
    return format_html_join("", '<pre dir="ltr">{}</pre>', texts) or "-"


def state_of(authorization: Authorization) -> str:
    """Return the state in words, the strongest reason first."""
    if authorization.revoked_at is not None:
        reason = authorization.get_revoked_reason_display()
        return _("revoked: %(reason)s") % {"reason": reason} if reason else _("revoked")
    if authorization.expires_at <= timezone.now():
        return _("expired")
    if is_barred(authorization.application):
        return _("barred: its client is suspended")
    if not getattr(authorization.user, "is_active", True):
        return _("barred: its user is inactive")
    return _("waiting for its code") if authorization.redeemed_at is None else _("live")


class StateFilter(admin.SimpleListFilter):
    """Filter by the states that are visible in the row itself."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the four states."""
        return [
            ("live", _("live")),
            ("waiting", _("waiting for its code")),
            ("revoked", _("revoked")),
            ("expired", _("expired")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Authorization]) -> QuerySet[Authorization]:
        """Return the rows in the chosen state; all of them without a known state."""
        now = timezone.now()
        standing = Q(revoked_at=None, expires_at__gt=now)
        states = {
            "live": standing & ~Q(redeemed_at=None),
            "waiting": standing & Q(redeemed_at=None),
            "revoked": ~Q(revoked_at=None),
            "expired": Q(revoked_at=None, expires_at__lte=now),
        }
        return queryset.filter(states.get(self.value() or "", Q()))


def revoke(rows: QuerySet[Authorization], by: Actor) -> int:
    """Revoke the authorizations in the operator's name, and return how many."""
    return revoke_authorizations(rows, Authorization.Reason.OPERATOR, by)


class AuthorizationAdmin(ReadOnlyAdmin):
    """Admin of authorizations. One row is one sign-in of one user to one client."""

    ending = Ending(
        name="revoke",
        verb=gettext_lazy("Revoke"),
        consequence=gettext_lazy(
            "These sign-ins end: their refresh tokens and access tokens stop working at once. "
            "What the user agreed to is remembered; withdraw the consent if it should be asked for again."
        ),
        done=gettext_lazy("Revoked"),
        act=revoke,
    )
    actions = ("revoke",)
    list_display = ("person", "client", "state", "begun", "rotated_at")
    linked: ClassVar[Any] = ("person", "begun")
    sortable_by = ("begun",)
    list_select_related = ("user", "application__oauth_policy")
    list_filter = (
        StateFilter,
        "revoked_reason",
        ("application", AutocompleteFilter),
        ("user", AutocompleteFilter),
    )
    search_fields = ("application__client_id", "application__name", *user_search_fields("user"))
    search_help_text = gettext_lazy("User, client, client identifier, or the public id that the log names.")
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = (
        (
            None,
            {"fields": AGREED},
        ),
        (gettext_lazy("Sign-in"), {"fields": ("auth_time", "acr", "amr")}),
        (
            gettext_lazy("Life"),
            {"fields": ("created_at", "redeemed_at", "rotated_at", "until", "expires_at", "revoked_at", "public_id")},
        ),
    )

    @admin.display(description=gettext_lazy("state"))
    def state(self, authorization: Authorization) -> str:
        """Return the state, with the reason."""
        return state_of(authorization)

    @admin.display(description=gettext_lazy("authorization details"))
    def details(self, authorization: Authorization) -> str:
        """Return the granted authorization details (RFC 9396)."""
        return details_as_html(authorization.authorization_details)

    @admin.action(permissions=["end"], description=gettext_lazy("Revoke selected sign-ins"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Authorization]) -> HttpResponse | None:
        """Ask for confirmation, then revoke the selected authorizations."""
        return self.end_selected(request, queryset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authorization]:
        """Return the rows with all that their state needs."""
        return super().get_queryset(request).select_related("user", "application__oauth_policy")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, with a way to the refresh tokens that DOT issued, as long as there are any."""
        tools = [{"url": url, "text": _("Refresh tokens of django-oauth-toolkit")} for url in self._dots(request)]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def _dots(self, request: HttpRequest) -> list[str]:
        model = refresh_token_model()
        if not self.admin_site.is_registered(model) or not model._base_manager.exists():
            return []
        may_look = self.admin_site.get_model_admin(model).has_view_permission(request)
        name = f"{self.admin_site.name}:{model._meta.app_label}_{model._meta.model_name}_changelist"
        return [reverse(name)] if may_look else []

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Find a row by its public id, as the log writes it, else search as usual."""
        try:
            return queryset.filter(public_id=uuid.UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    def is_over(self, row: Authorization) -> bool:
        """Is it revoked already?"""
        return row.revoked_at is not None

    def describe(self, row: Authorization) -> str:
        """Return title, date and state in one line."""
        facts = {"title": self.title_of(row), "since": row.created_at.date(), "state": state_of(row)}
        return _("%(title)s since %(since)s (%(state)s)") % facts
