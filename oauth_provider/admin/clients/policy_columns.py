"""Columns of a client and its policy (RFC 7591 §2), for lists and for persons who may only look; and their filter."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.clients.client_change_form import ANY_METHOD
from oauth_provider.admin.lifetimes import shown_lifetime
from oauth_provider.admin.lists.autocomplete import AutocompleteFilter
from oauth_provider.admin.lists.cells import copied, name_of, with_detail
from oauth_provider.dot.names import Row
from oauth_provider.models import ClientPolicy
from oauth_provider.registry.scope import allowed_scopes, words_of


class StatusFilter(admin.SimpleListFilter):
    """By the policy's status; a client without a policy has the default one."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the values there are."""
        return ClientPolicy.Status.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the value that ``ClientPolicy.default_for`` would have."""
        chosen = self.value()
        by_itself = ~Q(registration_source="manual")
        default = {"approved": Q(oauth_policy=None) & ~by_itself, "unapproved": Q(oauth_policy=None) & by_itself}
        if chosen not in ClientPolicy.Status.values:
            return queryset
        return queryset.filter(Q(oauth_policy__status=chosen) | default.get(str(chosen), Q(pk__in=[])))


class MemberFilter(AutocompleteFilter):
    """By a user who may manage the client."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("member")


class PolicyColumns:
    """Columns of a client and its policy."""

    @admin.display(description=gettext_lazy("client"))
    def client(self, application: Row) -> str:
        """Return the name, shortened; the page of the client has all of it."""
        return name_of(application)

    @admin.display(description=gettext_lazy("client identifier"))
    def identifier(self, application: Row) -> str:
        """Return the ``client_id``, shortened, to be copied."""
        return copied(application.client_id)

    @admin.display(description=gettext_lazy("type"))
    def type(self, application: Row) -> str:
        """Return the type of the client, with its grant types."""
        grants = ", ".join(ClientPolicy.of(application).grant_types)
        return with_detail(application.get_client_type_display(), grants)

    @admin.display(description=gettext_lazy("grant types"))
    def grant_types(self, application: Row) -> str:
        """By their names on the wire."""
        return ", ".join(ClientPolicy.of(application).grant_types) or "-"

    @admin.display(description=gettext_lazy("scopes"))
    def scopes(self, application: Row) -> str:
        """Each with its words."""
        scopes = allowed_scopes(ClientPolicy.of(application))
        return format_html_join("", '<div><code dir="ltr">{}</code> {}</div>', words_of(scopes).items())

    @admin.display(description=gettext_lazy("every scope, and those to come"), boolean=True)
    def every_scope(self, application: Row) -> bool:
        """No list stands in the way."""
        return ClientPolicy.of(application).scopes is None

    @admin.display(description=gettext_lazy("optional scopes"))
    def optional_scope(self, application: Row) -> str:
        """Return the scopes that people may leave out, beside those of the registry."""
        return ClientPolicy.of(application).optional_scope or "-"

    @admin.display(description=gettext_lazy("authorization details types"))
    def authorization_details_types(self, application: Row) -> str:
        """By their names on the wire (RFC 9396 §10)."""
        return ", ".join(ClientPolicy.of(application).authorization_details_types) or "-"

    @admin.display(description=gettext_lazy("authentication method"))
    def token_endpoint_auth_method(self, application: Row) -> str:
        """Return the name of RFC 8414 §2."""
        return ClientPolicy.of(application).token_endpoint_auth_method or str(ANY_METHOD)

    @admin.display(description=gettext_lazy("may introspect tokens"), boolean=True)
    def may_introspect(self, application: Row) -> bool:
        """RFC 7662 §2.1."""
        return ClientPolicy.of(application).may_introspect

    @admin.display(description=gettext_lazy("people who may use it"))
    def usable_by(self, application: Row) -> str:
        """Return who an operator keeps it for."""
        return ClientPolicy.of(application).usable_by or "-"

    @admin.display(description=gettext_lazy("context"))
    def context(self, application: Row) -> str:
        """Return the key of the context that it acts in for itself."""
        return ClientPolicy.of(application).context or "-"

    @admin.display(description=gettext_lazy("rotate refresh tokens"), boolean=True)
    def rotate_refresh_tokens(self, application: Row) -> bool:
        """RFC 9700 §2.2.2."""
        return ClientPolicy.of(application).rotate_refresh_tokens

    @admin.display(description=gettext_lazy("retry window"))
    def refresh_token_retry_window(self, application: Row) -> int:
        """In seconds, the server's own where the client has none."""
        return ClientPolicy.of(application).retry_window

    @admin.display(description=gettext_lazy("access token lifetime"))
    def access_token_lifetime(self, application: Row) -> str:
        """In words, with the server's own."""
        return shown_lifetime(ClientPolicy.of(application), "access_token_lifetime")

    @admin.display(description=gettext_lazy("idle lifetime of a sign-in"))
    def authorization_idle_lifetime(self, application: Row) -> str:
        """In words, with the server's own."""
        return shown_lifetime(ClientPolicy.of(application), "authorization_idle_lifetime")

    @admin.display(description=gettext_lazy("absolute lifetime of a sign-in"))
    def authorization_lifetime(self, application: Row) -> str:
        """In words, with the server's own."""
        return shown_lifetime(ClientPolicy.of(application), "authorization_lifetime")
