"""Base of the admin: its lists, counts, searches and filters are bounded, and cannot be used to guess secrets."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from oauth_provider.admin.lists.autocomplete import NULL
from oauth_provider.admin.lists.keyset import KeysetChangeList
from oauth_provider.admin.lists.search import is_searchable, is_secret
from oauth_provider.admin.lists.shown_options import Names, ShownOptions
from oauth_provider.resource_server.users.session_user import active_session_user

# How the filters that a class names may ask. Django would let anyone ask ``token__startswith``.
LOOKUPS = frozenset({"", "exact", "isnull", "isempty"})


class BoundedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # it takes none at run time
    """Base class of our admin classes."""

    view_on_site = False
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 0
    change_list_template = "admin/oauth_provider/change_list.html"
    # Columns that lead to the page of a row, as far as a class made from ours still has them.
    linked: ClassVar[tuple[str, ...]] = ()
    # Of a model of DOT's: how its rows are called here.
    names: Names | None = None

    def __init__(self, model: type[Any], admin_site: Any) -> None:
        super().__init__(model, admin_site)
        if self.names is not None:
            self.opts: Any = ShownOptions(self.opts, self.names)

    @property
    def media(self) -> forms.Media:
        """Return the media of the autocomplete filters, and our own stylesheet and script."""
        widget = AutocompleteSelect(None, None)  # type: ignore[arg-type]  # its media ask for neither
        ours = forms.Media(css={"all": ["oauth_provider/admin.css"]}, js=["oauth_provider/admin.js"])
        return super().media + widget.media + ours

    def is_person(self, request: HttpRequest) -> bool:
        """Is it a person with a session? A token opens no page, whatever its scopes carry."""
        return active_session_user(request) is not None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """May this person see the app? Not by a token."""
        return self.is_person(request) and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """May this person view rows? Not by a token."""
        return self.is_person(request) and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """May this person add rows? Not by a token."""
        return self.is_person(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """May this person change rows? Not by a token."""
        return self.is_person(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """May this person delete rows? Not by a token."""
        return self.is_person(request) and super().has_delete_permission(request, obj)

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """Return the columns that lead to a row: those of the project, else ours that are there, else the first."""
        ours = [name for name in self.linked if name in list_display]
        return ours if ours and not self.list_display_links else super().get_list_display_links(request, list_display)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the class of lists that are paged by key."""
        return KeysetChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list. A token typed into its search is taken out of the address, and searched for nowhere."""
        if is_secret(request.GET.get("q", "")):
            left = request.GET.copy()
            del left["q"]
            messages.error(
                request,
                _(
                    "That looks like a token. It was not searched for, and stands in the history of this browser now: "
                    "take it for known, and end what it belongs to."
                ),
            )
            return HttpResponseRedirect(f"{request.path}?{left.urlencode()}" if left else request.path)
        return super().changelist_view(request, extra_context)

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Do what is chosen of the actions. Where Django asks first, it is told what the rows are called here."""
        response: Any = super().response_action(request, queryset, *args, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data["opts"] = self.opts
            if "objects_name" in response.context_data:
                response.context_data["objects_name"] = self.opts.verbose_name_plural
        answer: HttpResponse | None = response
        return answer

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Is it a lookup of our filters? By others a secret could be guessed character by character."""
        if NULL in str(value):
            return False
        filters: tuple[Any, ...] = tuple(self.list_filter)
        for one in filters:
            name = one[0] if isinstance(one, tuple) else getattr(one, "parameter_name", one)
            if lookup == name or (lookup.startswith(f"{name}__") and lookup[len(name) + 2 :] in LOOKUPS):
                return True
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row, or None for a key with NUL, which no database has."""
        return None if NULL in object_id else super().get_object(request, object_id, from_field)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Search as usual; a term that no column can hold finds nothing."""
        if not is_searchable(search_term):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)
