"""Initial access tokens in the admin (RFC 7591 §3): made here, shown once, and ended before their time."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables

from oauth_provider.admin.clients.client_form import CHECKBOXES
from oauth_provider.admin.clients.secret import LIFETIMES
from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.log import log
from oauth_provider.events.actor import person_behind
from oauth_provider.models import InitialAccessToken
from oauth_provider.registry.scope import all_scopes

# Where the row has its token, for the one response that shows it.
SHOWN_ONCE = "_oauth_provider_token"


class InitialAccessTokenForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    """Form of a new token: for how many clients, until when, and with which scopes."""

    seconds = forms.TypedChoiceField(label=gettext_lazy("It ends"), choices=LIFETIMES, coerce=int, initial=0)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        required=False,
        widget=CHECKBOXES,
        help_text=gettext_lazy("What its clients may ask for. None ticked: all that this way of registering gives."),
    )

    class Meta:
        model = InitialAccessToken
        fields = ("label", "max_uses", "seconds", "scopes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "scopes" in self.fields:
            known = [(scope, f"{scope}: {words}") for scope, words in all_scopes().items()]
            self.fields["scopes"].choices = known  # type: ignore[attr-defined]  # it has choices

    def clean_scopes(self) -> list[str] | None:
        """Return the scopes; None where none is ticked."""
        return self.cleaned_data["scopes"] or None


class InitialAccessTokenAdmin(BoundedAdmin):
    """Admin of initial access tokens. There is nothing to change in one: it is made, and it is revoked."""

    list_display = ("hint", "label", "used", "max_uses", "expires_at", "last_used_at")
    sortable_by = ()
    search_fields = ("label",)
    ordering = ("-pk",)
    form = InitialAccessTokenForm
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what is asked of a new token, and what is known of one that there is."""
        if obj is None:
            return ("label", "max_uses", "seconds", "scopes")
        return ("hint", "label", "scopes", "max_uses", "used", "created_at", "expires_at", "last_used_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a token."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a token: it is revoked, and ``oauth_sweep`` deletes it later."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """May this person end tokens, as whoever may delete them might?"""
        return self.is_person(request) and super().has_delete_permission(request)

    @sensitive_variables()
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make the token, with its text for the one response that shows it."""
        given = form.cleaned_data
        row, token = InitialAccessToken.objects.create_token(
            label=given["label"],
            scopes=given["scopes"],
            uses=given["max_uses"],
            lifetime=given["seconds"] or None,
            by=person_behind(request),
        )
        vars(obj).update(vars(row))
        setattr(obj, SHOWN_ONCE, token)

    @sensitive_variables()
    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Return the one response that shows the token. It is kept in no session, message or log."""
        list_url = reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = {"title": _("Initial access token"), "token": getattr(obj, SHOWN_ONCE), "list_url": list_url}
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "subtitle": str(obj)}
        request.current_app = self.admin_site.name
        response = render(request, "admin/oauth_provider/initial_token_once.html", context)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
        return response

    @admin.action(permissions=["revoke"], description=gettext_lazy("Revoke selected initial access tokens"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[InitialAccessToken]) -> None:
        """End them now. The clients that were registered with them go on."""
        rows = list(queryset)
        for row in rows:
            InitialAccessToken.objects.revoke(row, by=person_behind(request))
        log(request, rows, "Revoked.")
        text = ngettext("%(number)d token is revoked.", "%(number)d tokens are revoked.", len(rows))
        messages.success(request, text % {"number": len(rows)})
