"""Scopes in the admin (RFC 6749 §3.3): further ones, and other words and a risk for those of the settings."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import router
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.clients.client_form import CHECKBOXES
from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.keyset import KeysetChangeList
from oauth_provider.events.actor import person_behind
from oauth_provider.events.event import ScopeChanged
from oauth_provider.models import AuditEvent, Scope
from oauth_provider.protocol.scope_entry import closure
from oauth_provider.registry import kept_scopes
from oauth_provider.registry.kept_scopes import COLUMNS
from oauth_provider.registry.resource import all_resources
from oauth_provider.registry.scope import all_scopes, configured_scopes, implications, known_scopes


def places_of_scopes() -> Mapping[str, list[str]]:
    """Return the names of the APIs that each scope belongs to; of one that belongs to none, nothing."""
    found: dict[str, list[str]] = defaultdict(list)
    for resource in all_resources():
        for scope in resource.scopes:
            found[scope].append(str(resource.name))
    return found


class ScopeForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    """Form of one scope. What it relates to is chosen among the scopes and APIs that there are."""

    implies = forms.MultipleChoiceField(required=False, widget=CHECKBOXES)
    read_twin = forms.ChoiceField(required=False)
    api = forms.ChoiceField(required=False)

    class Meta:
        model = Scope
        fields = ("name", *COLUMNS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept_scopes.forget()
        others = {name: f"{name}: {words}" for name, words in all_scopes().items() if name != self.instance.name}
        apis = {one.identifier: f"{one.name} ({one.identifier})" for one in all_resources()}
        for name, known in (("implies", others), ("read_twin", others), ("api", apis)):
            self._offer(name, known)

    def _offer(self, name: str, known: Mapping[str, str]) -> None:
        """Offer what is known, and what the row has of it that is gone."""
        if name not in self.fields:  # who may only look
            return
        column: Any = Scope._meta.get_field(name)
        field = self.fields[name]
        field.label, field.help_text = capfirst(str(column.verbose_name)), column.help_text
        value = self.initial.get(name) or []
        had = value if isinstance(value, list) else [value]
        gone = {one: _("%(name)s (no longer there)") % {"name": one} for one in had}
        nothing = {} if name == "implies" else {"": "---------"}
        field.choices = list({**nothing, **gone, **known}.items())  # type: ignore[attr-defined]  # it has choices

    def clean_implies(self) -> list[str] | None:
        """Return the scopes; None where none is ticked, and it is as in the settings."""
        return self.cleaned_data["implies"] or None

    def clean(self) -> Any:
        """Return the values. Raise ``ValidationError`` for a scope that would imply itself."""
        values = super().clean() or self.cleaned_data
        name, implied = values.get("name") or self.instance.name, values.get("implies") or ()
        if name in closure(implied, implications(known_scopes())):
            self.add_error("implies", _("One of these implies this scope, so that both would be the same."))
        return values


class ScopeChangeList(KeysetChangeList):
    """The rows of a page, each with the APIs that it belongs to; all of them in one statement."""

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows and their APIs."""
        super().get_results(request)
        places = places_of_scopes()
        self.result_list = list(self.result_list)
        for scope in self.result_list:
            scope.places = places.get(scope.name, ())


class ScopeAdmin(BoundedAdmin):
    """Admin of scopes. Those of the settings are listed beside, and get other words by a row of their name."""

    list_display = ("name", "words", "risk", "where", "origin")
    sortable_by = ("name",)
    search_fields = ("name", "words")
    ordering = ("name",)
    form = ScopeForm
    fieldsets = (
        (None, {"fields": ("name", "words", "description", "risk")}),
        (gettext_lazy("On the page"), {"fields": ("api", "group", "icon", "is_optional", "read_twin")}),
        (gettext_lazy("Who may grant what"), {"fields": ("implies", "grantable_by", "refusal")}),
    )
    change_list_template = "admin/oauth_provider/scope_list.html"
    delete_confirmation_template = "admin/oauth_provider/scope_delete.html"
    delete_selected_confirmation_template = "admin/oauth_provider/scope_delete_selected.html"

    @admin.display(description=gettext_lazy("only at"))
    def where(self, scope: Any) -> str:
        """Return the APIs that the scope belongs to."""
        return ", ".join(scope.places) or "-"

    @admin.display(description=gettext_lazy("origin"))
    def origin(self, scope: Scope) -> str:
        """Return whether the row adds a scope, or changes how one of the settings reads."""
        return _("settings, other words") if scope.name in configured_scopes() else _("added here")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the class of lists that know the APIs."""
        return ScopeChangeList

    def get_readonly_fields(self, request: HttpRequest, obj: Scope | None = None) -> Any:
        """Return the name of a scope that there is: requests, tokens and clients have it."""
        return ("name",) if obj is not None else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the words of the scope of the settings that is named, to be changed."""
        name = request.GET.get("name", "")
        words = configured_scopes().get(name)
        return {"name": name, "words": str(words)} if words is not None else {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a field that is wide enough, and in which a name reads from left to right."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "name":
            field.widget.attrs |= {"dir": "ltr", "spellcheck": "false"}
        if field is not None and db_field.name in ("words", "description", "refusal"):
            field.widget.attrs["class"] = "vLargeTextField"
        return field

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the rows, and below them what the settings have."""
        places, changed = places_of_scopes(), set(Scope.objects.values_list("name", flat=True))
        add_url = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_add")
        listed = [
            (name, words, places.get(name, ()), f"{add_url}?{urlencode({'name': name})}")
            for name, words in configured_scopes().items()
            if name not in changed
        ]
        return super().changelist_view(request, {**(extra_context or {}), "configured": listed})

    def save_model(self, request: HttpRequest, obj: Scope, form: Any, change: bool) -> None:
        """Save, and write it to the audit."""
        super().save_model(request, obj, form, change)
        if form.changed_data:
            self._record(request, obj, "changed" if change else "added")
            messages.info(request, _("Other processes of this server follow within a minute."))

    def delete_model(self, request: HttpRequest, obj: Scope) -> None:
        """Delete, and write it to the audit."""
        self._record(request, obj, "deleted")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Scope]) -> None:
        """Delete one after the other."""
        for scope in queryset:
            self.delete_model(request, scope)

    def _record(self, request: HttpRequest, scope: Scope, step: str) -> None:
        event = ScopeChanged(scope.name, step)
        AuditEvent.objects.record([event], using=router.db_for_write(AuditEvent), by=person_behind(request))
