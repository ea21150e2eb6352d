"""Consents in the admin (RFC 6749 §3.1): who has agreed to what, and taking it back for them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.models import DELETION
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.autocomplete import AutocompleteFilter, user_search_fields
from oauth_provider.admin.read_only import Ending, ReadOnlyAdmin
from oauth_provider.models import Authorization, Consent
from oauth_provider.models.scope import words_of


def withdraw(rows: QuerySet[Consent]) -> int:
    """In the operator's name, one after the other."""
    consents = list(rows.select_related("user", "application"))
    for consent in consents:
        Consent.objects.withdraw(
            user=consent.user, application=consent.application, reason=Authorization.Reason.OPERATOR
        )
    return len(consents)


class ConsentAdmin(ReadOnlyAdmin):
    """One row is what one user has agreed that one client may do."""

    ending = Ending(
        name="withdraw",
        verb=gettext_lazy("Withdraw"),
        consequence=gettext_lazy(
            "These consents are forgotten, and every sign-in that stands on them ends. "
            "The user is asked again next time."
        ),
        done=gettext_lazy("Withdrawn"),
        act=withdraw,
        flag=DELETION,
    )
    actions = ("withdraw",)
    list_display = ("user", "client", "scope", "created_at", "updated_at")
    list_select_related = ("user", "application")
    list_filter = (("application", AutocompleteFilter), ("user", AutocompleteFilter))
    search_fields = ("application__client_id", "application__name", *user_search_fields("user"))
    search_help_text = gettext_lazy("User, client, or client identifier.")
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = ((None, {"fields": ("user", "application", "words", "created_at", "updated_at")}),)

    @admin.display(description=gettext_lazy("scope"))
    def scope(self, consent: Consent) -> str:
        """The scopes alone: beside each, the row keeps a digest, which is nobody's business."""
        return " ".join(consent.scopes)

    @admin.display(description=gettext_lazy("scope"))
    def words(self, consent: Consent) -> str:
        """Each scope with its words of today."""
        return format_html_join("", '<div><code dir="ltr">{}</code> {}</div>', words_of(consent.scopes).items())

    @admin.action(permissions=["end"], description=gettext_lazy("Withdraw selected consents"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Consent]) -> HttpResponse | None:
        """Asks first."""
        return self.end_selected(request, queryset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """Each with its user and client."""
        return super().get_queryset(request).select_related("user", "application")

    def describe(self, row: Consent) -> str:
        """Who, and whom."""
        return _("%(user)s lets %(client)s in (%(scope)s)") % {
            "user": row.user,
            "client": row.application,
            "scope": " ".join(row.scopes),
        }
