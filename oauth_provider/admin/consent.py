"""Consents in the admin (RFC 6749 §3.1): who has agreed to what, and withdrawing that."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.models import DELETION
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.lists.autocomplete import AutocompleteFilter, user_search_fields
from oauth_provider.admin.lists.read_only import Ending, ReadOnlyAdmin
from oauth_provider.events.actor import Actor
from oauth_provider.models import Authorization, Consent
from oauth_provider.protocol.consent import ANYWHERE
from oauth_provider.registry.scope import words_of
from oauth_provider.tokens.withdraw import withdraw_consent


def withdraw(rows: QuerySet[Consent], by: Actor) -> int:
    """Withdraw the consents one by one in the operator's name, and return how many."""
    consents = list(rows.select_related("user", "application"))
    for consent in consents:
        withdraw_consent(
            user=consent.user, application=consent.application, reason=Authorization.Reason.OPERATOR, by=by
        )
    return len(consents)


def scopes_of(consent: Consent) -> Mapping[str, Collection[str]]:
    """Return each scope with its resources; () where an older row does not tell them."""
    return consent.agreed.scopes or {scope: () for scope in consent.scopes}


def describe_resources(places: Collection[str]) -> str:
    """Return the resources of one scope in words."""
    if not places:
        return _("is asked for again: nobody knows where it was to be used")
    named = format_html_join(", ", '<bdi dir="ltr">{}</bdi>', ((place,) for place in sorted(places) if place))
    listed = [_("anywhere")] if ANYWHERE in places else []
    listed += [format_html(_("only at {}"), named)] if named else []
    return format_html_join("; ", "{}", ((one,) for one in listed))


class ConsentAdmin(ReadOnlyAdmin):
    """Admin of consents. One row is what one user has agreed that one client may do."""

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
    list_display = ("person", "client", "begun", "updated_at")
    linked: ClassVar[Any] = ("person", "begun")
    sortable_by = ("begun",)
    list_select_related = ("user", "application")
    list_filter = (("application", AutocompleteFilter), ("user", AutocompleteFilter))
    search_fields = ("application__client_id", "application__name", *user_search_fields("user"))
    search_help_text = gettext_lazy("User, client, or client identifier.")
    ordering = ("-pk",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("user", "its_client", "context", "words", "created_at", "updated_at", "until")}),
    )

    @admin.display(description=gettext_lazy("given"), ordering="pk")
    def begun(self, row: Consent) -> Any:
        """Return when it was given first: as sortable as its key."""
        return row.created_at

    def scopes_of(self, row: Consent) -> list[str]:
        """Return the scopes without the digests that the row keeps for each."""
        return list(scopes_of(row))

    @admin.display(description=gettext_lazy("scope"))
    def words(self, consent: Consent) -> str:
        """Return each scope with its present description and its resources."""
        agreed = scopes_of(consent)
        rows = ((scope, words, describe_resources(agreed[scope])) for scope, words in words_of(agreed).items())
        return format_html_join("", '<div><code dir="ltr">{}</code> {} <span class="quiet">{}</span></div>', rows)

    @admin.action(permissions=["end"], description=gettext_lazy("Withdraw selected consents"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Consent]) -> HttpResponse | None:
        """Ask for confirmation, then withdraw the selected consents."""
        return self.end_selected(request, queryset)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """Return the rows with user and client."""
        return super().get_queryset(request).select_related("user", "application")

    def describe(self, row: Consent) -> str:
        """Return title and scopes in one line."""
        return _("%(title)s (%(scope)s)") % {"title": self.title_of(row), "scope": " ".join(scopes_of(row))}
