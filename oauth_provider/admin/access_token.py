"""Access tokens in the admin (RFC 6749 §1.4): their user and expiry. The token itself is stored as a digest only."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.authorization import details_as_html
from oauth_provider.admin.lists.autocomplete import AutocompleteFilter, user_search_fields
from oauth_provider.admin.lists.read_only import Ending, ReadOnlyAdmin
from oauth_provider.admin.lists.shown_options import Names
from oauth_provider.dot.names import Row
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.tokens.revoke import revoke_access_tokens


def authorization_of(row: Row) -> Authorization | None:
    """Return the authorization (sign-in) of a token, or None."""
    binding: TokenBinding | None = getattr(row, "oauth_binding", None)
    return binding.authorization if binding is not None else None


class LivenessFilter(admin.SimpleListFilter):
    """Filter by expiry."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two states."""
        return [("live", _("live")), ("expired", _("expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows in the chosen state; all of them without a known state."""
        now = timezone.now()
        states = {"live": Q(expires__gt=now), "expired": Q(expires__lte=now)}
        return queryset.filter(states.get(self.value() or "", Q()))


class AccessTokenAdmin(ReadOnlyAdmin):
    """Replacement of DOT's admin class, which lets operators type tokens, and lists every client in its filter."""

    ending = Ending(
        name="revoke",
        verb=gettext_lazy("Revoke"),
        consequence=gettext_lazy(
            "These access tokens stop working at once. The sign-in that one hangs on ends with it, "
            "and so do its refresh token and every other access token of it."
        ),
        done=gettext_lazy("Revoked"),
        act=revoke_access_tokens,
    )
    actions = ("revoke",)
    names = Names("access token", gettext_lazy("access token"), gettext_lazy("access tokens"))
    list_display = ("person", "client", "state", "begun", "expires")
    linked: ClassVar[Any] = ("person", "begun")
    sortable_by = ("begun",)
    list_select_related = ("user", "application", "oauth_binding__authorization")
    list_filter = (LivenessFilter, ("application", AutocompleteFilter), ("user", AutocompleteFilter))
    search_fields = ("application__client_id", "application__name", *user_search_fields("user"))
    search_help_text = gettext_lazy("User, client, or client identifier. Tokens cannot be searched for.")
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("number", "user", "its_client", "scope", "resource", "details", "state", "authorization")}),
        (gettext_lazy("Life"), {"fields": ("created", "expires")}),
    )

    @admin.display(description=gettext_lazy("number"), ordering="pk")
    def number(self, row: Row) -> str:
        """Return the primary key: a token has no other name."""
        return str(row.pk)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Row) -> str:
        """Return the state. Expired includes revoked, since revoking sets the expiry."""
        authorization = authorization_of(row)
        if authorization is not None and authorization.revoked_at is not None:
            return _("revoked with its sign-in")
        return _("live") if row.expires > timezone.now() else _("expired")

    @admin.display(description=gettext_lazy("authorization details"))
    def details(self, row: Row) -> str:
        """Return the authorization details (RFC 9396)."""
        binding: TokenBinding | None = getattr(row, "oauth_binding", None)
        return details_as_html(binding.authorization_details if binding is not None else [])

    @admin.display(description=gettext_lazy("created"), ordering="pk")
    def begun(self, row: Row) -> Any:
        """Return when it was issued: as sortable as its key."""
        return row.created

    def is_over(self, row: Row) -> bool:
        """Is it expired, or revoked?"""
        return bool(row.expires <= timezone.now())

    @admin.display(description=gettext_lazy("sign-in"))
    def authorization(self, row: Row) -> str:
        """Return a link to the authorization, if there is one."""
        authorization = authorization_of(row)
        if authorization is None:
            return _("none: the client's own token, or one of django-oauth-toolkit")
        url = reverse(f"{self.admin_site.name}:oauth_provider_authorization_change", args=[authorization.pk])
        return format_html('<a href="{}">{}</a>', url, authorization.public_id)

    @admin.action(permissions=["end"], description=gettext_lazy("Revoke selected access tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for confirmation, then revoke the selected tokens."""
        return self.end_selected(request, queryset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with all that their state needs, but without the token."""
        related = ("user", "application", "oauth_binding__authorization")
        rows: QuerySet[Any] = super().get_queryset(request).select_related(*related).defer("token")
        return rows

    def describe(self, row: Row) -> str:
        """Return title and expiry in one line."""
        return _("%(title)s until %(until)s") % {"title": self.title_of(row), "until": row.expires.date()}
