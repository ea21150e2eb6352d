"""APIs in the admin, the resources of RFC 8707 §2: where tokens may be used, and which scopes belong to one only."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.clients.client_form import CHECKBOXES
from oauth_provider.admin.lifetimes import explain_defaults, shown_lifetime
from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.cells import scope_of
from oauth_provider.models import Resource
from oauth_provider.models.lifetimes import Lifetimes
from oauth_provider.models.validation import check_shown_name
from oauth_provider.protocol.resource_indicator import is_same
from oauth_provider.registry import kept_scopes
from oauth_provider.registry.scope import all_scopes

LIFETIMES = tuple(field.name for field in Lifetimes._meta.fields)


class ResourceForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    """Form of one API, by the URI that clients name."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        required=False,
        widget=CHECKBOXES,
        help_text=gettext_lazy("The scopes that are its own: a token for other resources does not hold them."),
    )

    class Meta:
        model = Resource
        fields = ("identifier", "name", "scopes", *LIFETIMES, "access_token_format")
        widgets: ClassVar[Any] = {"identifier": AdminTextInputWidget(attrs={"dir": "ltr", "spellcheck": "false"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept_scopes.forget()
        gone = {scope: _("%(name)s (no longer there)") % {"name": scope} for scope in self.initial.get("scopes") or ()}
        known = {scope: f"{scope}: {words}" for scope, words in all_scopes().items()}
        self.fields["scopes"].choices = list({**gone, **known}.items())  # type: ignore[attr-defined]  # it has choices
        explain_defaults(self.fields)

    def clean_name(self) -> str:
        """Return the name. Raise ``ValidationError`` for characters that people would not see as they are stored."""
        name: str = self.cleaned_data["name"]
        if name != self.initial.get("name"):
            check_shown_name(name)
        return name

    def clean_identifier(self) -> str:
        """Return the URI. Raise ``ValidationError`` for another spelling of a registered one (RFC 3986 §6.2.3)."""
        identifier: str = self.cleaned_data["identifier"]
        others = Resource.objects.exclude(pk=self.instance.pk).values_list("identifier", flat=True)
        if any(is_same(identifier, other) for other in others.iterator()):
            raise forms.ValidationError(_("This API is registered already, if spelt differently."))
        return identifier


class ResourceAdmin(BoundedAdmin):
    """Admin of resources in the database. Those in the setting ``RESOURCES`` are used too, but not listed here."""

    form = ResourceForm
    list_display = ("name", "identifier", "its_scopes", "token_lifetime", "access_token_format")
    sortable_by = ("identifier",)
    search_fields = ("name", "identifier")
    ordering = ("identifier",)

    @admin.display(description=gettext_lazy("scopes"))
    def its_scopes(self, resource: Resource) -> str:
        """Return the scopes that belong to this resource only."""
        return scope_of(resource.scopes) or "-"

    @admin.display(description=gettext_lazy("access token lifetime"))
    def token_lifetime(self, resource: Resource) -> str:
        """Return the lifetime of tokens for it, in words."""
        return shown_lifetime(resource, "access_token_lifetime")
