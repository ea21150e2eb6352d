"""The form of a client that there is: DOT's columns and the policy together (RFC 7591 §2)."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.clients.client_form import BY, CHECKBOXES, SCOPES, ClientForm, Lines, group_of
from oauth_provider.admin.clients.client_legacy import LegacyForm, offered_response_types
from oauth_provider.admin.clients.client_metadata import METADATA, MetadataForm
from oauth_provider.admin.clients.client_presentation import PRESENTATION, PresentationForm
from oauth_provider.admin.lifetimes import explain_defaults
from oauth_provider.clients.authentication.table import methods
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy_rules import LIFETIMES, REGISTERED
from oauth_provider.clients.registration.proposal import Proposal
from oauth_provider.clients.registration.register import propose
from oauth_provider.models import ClientPolicy
from oauth_provider.models.client import Client
from oauth_provider.protocol.scope import format_scope
from oauth_provider.registry.authorization_details import all_types
from oauth_provider.registry.grant import grant_types
from oauth_provider.registry.scope import all_scopes


def _of_policy(name: str, **options: Any) -> forms.Field:
    column: Any = ClientPolicy._meta.get_field(name)
    field: forms.Field = column.formfield(**options)
    return field


# The columns of the policy that are fields of the form under their own names.
PLAIN = (
    "status", "token_endpoint_auth_method", "may_introspect", "context", "usable_by", "rotate_refresh_tokens",
    "pkce_excused_until", "takes_older_assertions", "refresh_token_retry_window", *LIFETIMES,
)  # fmt: skip
# What the metadata is filled in from, as it was typed.
JUDGED = (*PLAIN, *METADATA, *PRESENTATION)
ANY_METHOD = gettext_lazy("any that fits its type")
# Those of the policy's lists that are choices here.
CHOSEN = ("grant_types", "response_types", "authorization_details_types")

# What DOT's own rules say nothing about.
HARMLESS = (
    frozenset({"name", "scopes", "every_scope", "optional_scope", "skip_authorization", "logo"})
    | frozenset(JUDGED)
    | frozenset(CHOSEN) - {"grant_types"}
) - REGISTERED


class ChangeClientForm(ClientForm, MetadataForm, PresentationForm, LegacyForm):
    """The client and its policy together."""

    post_logout_redirect_uris = Lines(
        label=gettext_lazy("Post-logout redirect URIs"),
        required=False,
        help_text=gettext_lazy("Where a logout that the client began may lead to. One to a line, in full."),
    )
    # With what the page showed: whoever saves a name must not end a suspension that came meanwhile.
    status = _of_policy("status", show_hidden_initial=True)
    grant_types = forms.MultipleChoiceField(label=gettext_lazy("Grant types"), required=False, widget=CHECKBOXES)
    authorization_details_types = forms.MultipleChoiceField(
        label=gettext_lazy("Authorization details types"),
        required=False,
        widget=CHECKBOXES,
        help_text=gettext_lazy("What the client may ask for in full (RFC 9396)."),
    )
    optional_scope = forms.MultipleChoiceField(
        label=ClientPolicy._meta.get_field("optional_scope").verbose_name,
        required=False,
        widget=SCOPES,
        help_text=ClientPolicy._meta.get_field("optional_scope").help_text,
    )
    token_endpoint_auth_method = forms.ChoiceField(
        label=ClientPolicy._meta.get_field("token_endpoint_auth_method").verbose_name, required=False
    )
    may_introspect = _of_policy("may_introspect")
    usable_by = _of_policy("usable_by", widget=AdminTextareaWidget(attrs={"rows": 2, "dir": "ltr"}))
    context = _of_policy("context", widget=AdminTextInputWidget(attrs={"dir": "ltr"}))
    rotate_refresh_tokens = _of_policy("rotate_refresh_tokens")
    refresh_token_retry_window = _of_policy("refresh_token_retry_window")
    access_token_lifetime = _of_policy("access_token_lifetime")
    authorization_idle_lifetime = _of_policy("authorization_idle_lifetime")
    authorization_lifetime = _of_policy("authorization_lifetime")

    proposal: Proposal  # once the form is valid

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = Metadata.of(Client(self.instance, self.policy))
        for name in (*PLAIN, *METADATA, *PRESENTATION):
            self.initial[name] = getattr(self.policy, name)
        for name in CHOSEN:
            self.initial[name] = list(getattr(self.policy, name))
        self.show_logo(self.policy)
        if self.policy.requested_scope and "scopes" in self.fields:
            text = _("Its developers ask for %(scope)s: tick what you give.")
            self.fields["scopes"].help_text = text % {"scope": self.policy.requested_scope}
        self.initial["optional_scope"] = self.policy.optional_scope.split()
        explain_defaults(self.fields)
        optional = {scope: f"{scope}: {words}" for scope, words in all_scopes().items()}
        self._offer("optional_scope", optional, group=group_of() if "optional_scope" in self.fields else None)
        self._offer("grant_types", {name: name for name in grant_types()})
        self._offer_methods()
        self._offer("response_types", offered_response_types())
        known = {name: f"{name}: {known.name}" for name, known in all_types().items()}
        self._offer("authorization_details_types", known)

    def _policy(self) -> ClientPolicy:
        return ClientPolicy.of(self.instance)

    def _offer_methods(self) -> None:
        """Return the methods there are, and the one that the client has although it is there no more."""
        if "token_endpoint_auth_method" not in self.fields:
            return
        own = self.policy.token_endpoint_auth_method
        names = [*methods(), *([own] if own and own not in methods() else [])]
        choices = [("", ANY_METHOD), *((name, name) for name in names)]
        self.fields["token_endpoint_auth_method"].choices = choices  # type: ignore[attr-defined]  # it has choices

    def clean_post_logout_redirect_uris(self) -> str:
        """Return the lines as DOT stores them, divided by spaces."""
        return self._joined("post_logout_redirect_uris")

    def clean(self) -> dict[str, Any]:
        """Fill the metadata in, and have it judged by the rules."""
        cleaned = super().clean() or {}
        given: dict[str, Any] = {name: cleaned[name] for name in JUDGED if name in cleaned}
        given |= {name: tuple(cleaned[name]) for name in CHOSEN if name in cleaned}
        given |= {"optional_scope": format_scope(cleaned["optional_scope"])} if "optional_scope" in cleaned else {}
        given |= self.lines
        given |= {"client_name": cleaned["name"]} if "name" in cleaned else {}
        given |= {"is_public": cleaned["client_type"] == "public"} if "client_type" in cleaned else {}
        if "status" not in self.changed_data:
            given["status"] = self.before.status
        metadata = replace(self.before, **given, logo=self.logo_digest(self.policy), scope=self.chosen_scopes())
        self.proposal = propose(metadata, self.instance, BY, before=self.before, policy=self.policy)
        self.tell(self.proposal)
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """DOT judges every column, also those that nobody changed: that must not keep a client from suspension."""
        is_dots = field is None and hasattr(error, "error_dict")
        if not is_dots or set(self.changed_data) - HARMLESS:
            super().add_error(field, error)
