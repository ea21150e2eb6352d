"""Access tokens in the admin (RFC 6749 §1.4): whose they are and until when; the token itself nobody can show."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.authorization import listed
from oauth_provider.admin.autocomplete import AutocompleteFilter, user_search_fields
from oauth_provider.admin.read_only import Ending, ReadOnlyAdmin
from oauth_provider.dot.names import Row
from oauth_provider.models import Authorization, TokenBinding
from oauth_provider.tokens.revoke import revoke_access_tokens


def authorization_of(row: Row) -> Authorization | None:
    """The sign-in that a token hangs on."""
    binding: TokenBinding | None = getattr(row, "oauth_binding", None)
    return binding.authorization if binding is not None else None


class LivenessFilter(admin.SimpleListFilter):
    """By the clock."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Two of them."""
        return [("live", _("live")), ("expired", _("expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rows in the chosen state; all of them for none or an unknown one."""
        now = timezone.now()
        states = {"live": Q(expires__gt=now), "expired": Q(expires__lte=now)}
        return queryset.filter(states.get(self.value() or "", Q()))


class AccessTokenAdmin(ReadOnlyAdmin):
    """In the place of DOT's, which lets tokens be typed, and lists every client in its filter."""

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
    list_display = ("number", "user", "client", "state", "scope", "created", "expires")
    list_select_related = ("user", "application", "oauth_binding__authorization")
    list_filter = (LivenessFilter, ("application", AutocompleteFilter), ("user", AutocompleteFilter))
    search_fields = ("application__client_id", "application__name", *user_search_fields("user"))
    search_help_text = gettext_lazy("User, client, or client identifier. Tokens cannot be searched for.")
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("number", "user", "application", "scope", "resource", "details", "state", "authorization")}),
        (gettext_lazy("Life"), {"fields": ("created", "expires")}),
    )

    @admin.display(description=gettext_lazy("number"), ordering="pk")
    def number(self, row: Row) -> str:
        """Its key: a token has no other name."""
        return str(row.pk)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Row) -> str:
        """Expired includes revoked: that is how revoking is written."""
        authorization = authorization_of(row)
        if authorization is not None and authorization.revoked_at is not None:
            return _("revoked with its authorization")
        return _("live") if row.expires > timezone.now() else _("expired")

    @admin.display(description=gettext_lazy("authorization details"))
    def details(self, row: Row) -> str:
        """What it is for in full (RFC 9396)."""
        binding: TokenBinding | None = getattr(row, "oauth_binding", None)
        return listed(binding.authorization_details if binding is not None else [])

    @admin.display(description=gettext_lazy("authorization"))
    def authorization(self, row: Row) -> str:
        """A link to the sign-in, where there is one."""
        authorization = authorization_of(row)
        if authorization is None:
            return _("none: the client's own token, or one of django-oauth-toolkit")
        url = reverse(f"{self.admin_site.name}:oauth_provider_authorization_change", args=[authorization.pk])
        return format_html('<a href="{}">{}</a>', url, authorization)

    @admin.action(permissions=["end"], description=gettext_lazy("Revoke selected access tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Asks first."""
        return self.end_selected(request, queryset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each with what its state is read from; the token stays in the database."""
        related = ("user", "application", "oauth_binding__authorization")
        rows: QuerySet[Any] = super().get_queryset(request).select_related(*related).defer("token")
        return rows

    def describe(self, row: Row) -> str:
        """Whose, where, until when."""
        facts = {"user": row.user or "-", "client": row.application or "-", "until": row.expires.date()}
        return _("%(user)s at %(client)s until %(until)s") % facts
