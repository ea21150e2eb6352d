"""Refresh tokens issued by django-oauth-toolkit (RFC 6749 §1.5), in the admin until all are adopted or expired."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.lists.autocomplete import AutocompleteFilter, user_search_fields
from oauth_provider.admin.lists.read_only import Ending, ReadOnlyAdmin
from oauth_provider.admin.lists.shown_options import Names
from oauth_provider.dot.names import Row
from oauth_provider.models.authorization import authorization_now
from oauth_provider.tokens.dot_refresh_token import is_live
from oauth_provider.tokens.revoke import revoke_refresh_tokens


class RefreshTokenAdmin(ReadOnlyAdmin):
    """Replacement of DOT's admin class. Our own refresh tokens have no rows: see authorizations."""

    ending = Ending(
        name="revoke",
        verb=gettext_lazy("Revoke"),
        consequence=gettext_lazy(
            "These refresh tokens of django-oauth-toolkit and the access token beside each stop working at once. "
            "One that was exchanged here already became a sign-in: revoke that."
        ),
        done=gettext_lazy("Revoked"),
        act=lambda rows, by: revoke_refresh_tokens(rows),
    )
    actions = ("revoke",)
    names = Names(
        "refresh token",
        gettext_lazy("refresh token of django-oauth-toolkit"),
        gettext_lazy("refresh tokens of django-oauth-toolkit"),
    )
    list_display = ("person", "client", "state", "begun", "revoked")
    linked: ClassVar[Any] = ("person", "begun")
    sortable_by = ("begun",)
    list_select_related = ("user", "application", "access_token")
    list_filter = (
        ("revoked", admin.EmptyFieldListFilter),
        ("application", AutocompleteFilter),
        ("user", AutocompleteFilter),
    )
    search_fields = ("application__client_id", "application__name", *user_search_fields("user"))
    search_help_text = gettext_lazy("User, client, or client identifier. Tokens cannot be searched for.")
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = ((None, {"fields": ("number", "user", "its_client", "created", "revoked", "state")}),)

    @admin.display(description=gettext_lazy("number"), ordering="pk")
    def number(self, row: Row) -> str:
        """Return the primary key: a token has no other name."""
        return str(row.pk)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Row) -> str:
        """Return the state: would the token still be accepted, once?"""
        if row.revoked is not None:
            return _("revoked, or adopted as a sign-in")
        return _("live") if is_live(row, authorization_now()) else _("expired")

    @admin.display(description=gettext_lazy("created"), ordering="pk")
    def begun(self, row: Row) -> Any:
        """Return when it was issued: as sortable as its key."""
        return row.created

    def is_over(self, row: Row) -> bool:
        """Is it revoked, or adopted?"""
        return row.revoked is not None

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Return none, so that the index has no entry: the list of sign-ins leads here, as long as there are any."""
        return {}

    @admin.action(permissions=["end"], description=gettext_lazy("Revoke selected refresh tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for confirmation, then revoke the selected tokens."""
        return self.end_selected(request, queryset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with all that their state needs, but without the token."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("user", "application", "access_token").defer("token", "access_token__token")

    def describe(self, row: Row) -> str:
        """Return title and date in one line."""
        return _("%(title)s since %(since)s") % {"title": self.title_of(row), "since": row.created.date()}
