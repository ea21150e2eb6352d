"""The form of a client that there is: DOT's columns and the policy together (RFC 7591 §2)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.client_form import CHECKBOXES, REGISTERED, ClientForm, Lines
from oauth_provider.admin.client_legacy import LegacyForm, excuse_fault, offered_response_types
from oauth_provider.admin.client_metadata import METADATA, MetadataForm, metadata_faults
from oauth_provider.clients.authentication.table import methods
from oauth_provider.conf import provider_settings
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.registration import Registration
from oauth_provider.registry.authorization_details import all_types
from oauth_provider.registry.grant import grant_types


def _of_policy(name: str, **options: Any) -> forms.Field:
    column: Any = ClientPolicy._meta.get_field(name)
    field: forms.Field = column.formfield(**options)
    return field


# The columns of the policy that are fields of the form under their own names.
LIFETIMES = {
    "access_token_lifetime": "ACCESS_TOKEN_LIFETIME",
    "authorization_idle_lifetime": "AUTHORIZATION_IDLE_LIFETIME",
    "authorization_lifetime": "AUTHORIZATION_LIFETIME",
}
PLAIN = (
    "status", "token_endpoint_auth_method", "may_introspect", "rotate_refresh_tokens", "pkce_excused_until", *LIFETIMES,
)  # fmt: skip
ANY_METHOD = gettext_lazy("any that fits its type")
# Those of the policy's lists that are choices here.
CHOSEN = ("grant_types", "response_types", "authorization_details_types")

# What DOT's own rules say nothing about.
HARMLESS = (
    frozenset({"name", "scopes", "every_scope", "skip_authorization", *PLAIN, *METADATA})
    | frozenset(CHOSEN) - {"grant_types"}
) - REGISTERED


class ChangeClientForm(ClientForm, MetadataForm, LegacyForm):
    """The client and its policy together."""

    post_logout_redirect_uris = Lines(
        label=gettext_lazy("Post-logout redirect URIs"),
        required=False,
        help_text=gettext_lazy("Where a logout that the client began may lead to. One to a line, in full."),
    )
    status = _of_policy("status")
    grant_types = forms.MultipleChoiceField(label=gettext_lazy("Grant types"), required=False, widget=CHECKBOXES)
    authorization_details_types = forms.MultipleChoiceField(
        label=gettext_lazy("Authorization details types"),
        required=False,
        widget=CHECKBOXES,
        help_text=gettext_lazy("What the client may ask for in full (RFC 9396)."),
    )
    token_endpoint_auth_method = forms.ChoiceField(
        label=ClientPolicy._meta.get_field("token_endpoint_auth_method").verbose_name, required=False
    )
    may_introspect = _of_policy("may_introspect")
    rotate_refresh_tokens = _of_policy("rotate_refresh_tokens")
    access_token_lifetime = _of_policy("access_token_lifetime")
    authorization_idle_lifetime = _of_policy("authorization_idle_lifetime")
    authorization_lifetime = _of_policy("authorization_lifetime")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*PLAIN, *METADATA):
            self.initial[name] = getattr(self.policy, name)
        for name in CHOSEN:
            self.initial[name] = list(getattr(self.policy, name))
        self._offer("grant_types", {name: name for name in grant_types()})
        self._offer_methods()
        self._offer("response_types", offered_response_types())
        known = {name: f"{name}: {known.name}" for name, known in all_types().items()}
        self._offer("authorization_details_types", known)

    def _policy(self) -> ClientPolicy:
        return ClientPolicy.of(self.instance)

    def _offer_methods(self) -> None:
        """Those there are, and the one that the client has although it is there no more."""
        own = self.policy.token_endpoint_auth_method
        names = [*methods(), *([own] if own and own not in methods() else [])]
        choices = [("", ANY_METHOD), *((name, name) for name in names)]
        self.fields["token_endpoint_auth_method"].choices = choices  # type: ignore[attr-defined]  # it has choices

    def clean_post_logout_redirect_uris(self) -> str:
        """By the same rules as redirect URIs (OpenID Connect RP-Initiated Logout §3.1)."""
        return self._clean_uris("post_logout_redirect_uris")

    def clean(self) -> dict[str, Any]:
        """The policy's own validators, and the rules; both only for what is changed."""
        cleaned = super().clean() or {}
        for name in (*PLAIN, *METADATA):
            if name in cleaned:
                setattr(self.policy, name, cleaned[name])
        for name in CHOSEN:
            setattr(self.policy, name, list(cleaned.get(name, ())))
        self.policy.scopes = self.chosen_scopes()
        self._check_lifetimes()
        if "pkce_excused_until" in self.changed_data and (fault := excuse_fault(self.policy.pkce_excused_until)):
            self.add_error("pkce_excused_until", fault)
        try:
            # No grant type at all is right for a client that introspects, and nothing else.
            self.policy.clean_fields(exclude=["application", *CHOSEN, *set(METADATA).difference(self.changed_data)])
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                self.add_error(name, errors)
        if not self.errors:  # nothing is fetched for a form that is refused anyway
            uris = tuple(cleaned.get("redirect_uris", "").split())
            for name, fault in metadata_faults(self.policy, uris, set(self.changed_data)).items():
                self.add_error(name, fault)
        if REGISTERED & set(self.changed_data):
            self._check(self._registration(cleaned))
        self.instance.authorization_grant_type = self._dot_grant_type(cleaned)
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """DOT judges every column, also those that nobody changed: that must not keep a client from suspension."""
        is_dots = field is None and hasattr(error, "error_dict")
        if not is_dots or set(self.changed_data) - HARMLESS:
            super().add_error(field, error)

    def changed_policy_fields(self) -> list[str]:
        """The columns of the policy that were changed."""
        changed = {"scopes" if name == "every_scope" else name for name in self.changed_data}
        return [name for name in (*PLAIN, *METADATA, *CHOSEN, "scopes") if name in changed]

    def _registration(self, cleaned: dict[str, Any]) -> Registration:
        return Registration(
            is_public=cleaned.get("client_type", self.instance.client_type) == "public",
            grant_types=tuple(self.policy.grant_types),
            redirect_uris=tuple(cleaned.get("redirect_uris", "").split()),
            token_endpoint_auth_method=self.policy.token_endpoint_auth_method,
            may_introspect=self.policy.may_introspect,
            rotate_refresh_tokens=self.policy.rotate_refresh_tokens,
            is_excused_from_pkce=self.policy.pkce_excused_until is not None,
        )

    def _dot_grant_type(self, cleaned: dict[str, Any]) -> str:
        """DOT's column has one grant type for every client, and asks for redirect URIs where it is the code's."""
        current = self.instance.authorization_grant_type
        if not self.policy.grant_types and not cleaned.get("redirect_uris"):
            return "client-credentials"
        return self.policy.dot_grant_type(current)

    def _check_lifetimes(self) -> None:
        for name, setting in LIFETIMES.items():
            lifetime, longest = getattr(self.policy, name), getattr(provider_settings, setting)
            if name in self.changed_data and None not in (lifetime, longest) and lifetime > longest:
                text = _("It can only shorten: %(setting)s is %(longest)d seconds.")
                self.add_error(name, text % {"setting": setting, "longest": longest})
