"""Exceptions of one client, in its form (OAuth 2.1 §7.5.1, RFC 9700 §2.1.2), clearly visible."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.clients.client_form import CHECKBOXES
from oauth_provider.authorization.rules import response_types_supported
from oauth_provider.dot.names import Row
from oauth_provider.models import ClientPolicy

# The columns of the policy that this part of the form has, under their own names.
EXCEPTIONS = ("response_types", "pkce_excused_until", "takes_older_assertions")


def _date_of(name: str) -> forms.Field:
    column: Any = ClientPolicy._meta.get_field(name)
    field: forms.Field = column.formfield(widget=admin.widgets.AdminDateWidget())
    return field


class LegacyForm(forms.Form):
    """Form fields for the columns in ``EXCEPTIONS``."""

    response_types = forms.MultipleChoiceField(
        label=gettext_lazy("Response types"),
        required=False,
        widget=CHECKBOXES,
        help_text=ClientPolicy._meta.get_field("response_types").help_text,
    )
    pkce_excused_until = _date_of("pkce_excused_until")
    takes_older_assertions = forms.BooleanField(
        label=ClientPolicy._meta.get_field("takes_older_assertions").verbose_name,
        required=False,
        help_text=ClientPolicy._meta.get_field("takes_older_assertions").help_text,
    )


def offered_response_types() -> dict[str, str]:
    """Return ``code``, and the response types that the operator has turned on."""
    return {one: one for one in response_types_supported()}


def excuse_of(application: Row) -> str:
    """Return a reminder that the client goes without PKCE, as long as it does; else ""."""
    policy = ClientPolicy.of(application)
    if not policy.is_excused_from_pkce or policy.pkce_excused_until is None:
        return ""
    return _("Without PKCE until %(day)s") % {"day": date_format(policy.pkce_excused_until)}


class LegacyColumns:
    """Read-only columns of the exceptions, and the warning in lists."""

    @admin.display(description=gettext_lazy("status"))
    def status(self, application: Row) -> str:
        """Return the status of the client, with a warning if it has an exception."""
        status = ClientPolicy(status=ClientPolicy.of(application).status).get_status_display()
        excuse = excuse_of(application)
        return format_html('{}<div class="oa-warning">{}</div>', status, excuse) if excuse else str(status)

    @admin.display(description=gettext_lazy("response types"))
    def response_types(self, application: Row) -> str:
        """Return the response types by their names on the wire."""
        return ", ".join(ClientPolicy.of(application).response_types) or "-"

    @admin.display(description=gettext_lazy("excused from PKCE until"))
    def pkce_excused_until(self, application: Row) -> Any:
        """Return the last day of the excuse."""
        return ClientPolicy.of(application).pkce_excused_until or "-"

    @admin.display(description=gettext_lazy("takes older assertions"), boolean=True)
    def takes_older_assertions(self, application: Row) -> bool:
        """Return whether its assertions may be as they were made before."""
        return ClientPolicy.of(application).takes_older_assertions
