"""The forms of a client (RFC 7591 §2): each says, beside the field, what is wrong, why, and where that is written."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.clients.registration.words import explain
from oauth_provider.conf import dot_setting, provider_settings
from oauth_provider.models import ClientPolicy
from oauth_provider.models.validation import check_shown_name
from oauth_provider.protocol import origin, redirect_uri
from oauth_provider.protocol.registration import MAX_URIS, Contradiction, Registration, find_contradictions
from oauth_provider.registry.scope import all_scopes

PLACES = {
    Contradiction.NO_REDIRECT_URI: "redirect_uris",
    Contradiction.PUBLIC_CLIENT_CREDENTIALS: "grant_types",
    Contradiction.PUBLIC_SECRET: "token_endpoint_auth_method",
    Contradiction.CONFIDENTIAL_NONE: "token_endpoint_auth_method",
    Contradiction.PUBLIC_INTROSPECTION: "may_introspect",
    Contradiction.PUBLIC_WITHOUT_ROTATION: "rotate_refresh_tokens",
    Contradiction.PUBLIC_WITHOUT_PKCE: "pkce_excused_until",
}
LINES = ("redirect_uris", "post_logout_redirect_uris", "allowed_origins")
CHECKBOXES = forms.CheckboxSelectMultiple(attrs={"class": "oa-choices"})
REGISTERED = frozenset({"client_type", "redirect_uris", *PLACES.values()})


class Lines(forms.CharField):
    """Several values, each on a line; DOT keeps them in one column, divided by spaces."""

    widget = AdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false", "dir": "ltr"})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Not by the kind of space between them."""
        return (initial or "").split() != (data or "").split()


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    """The part that both forms share: the lists, and the scopes."""

    redirect_uris = Lines(
        label=gettext_lazy("Redirect URIs"),
        required=False,
        help_text=gettext_lazy(
            "One to a line, in full: what the client sends must be equal to one of them. Only a port may differ: any "
            "at 127.0.0.1 and [::1], and at localhost where none is registered."
        ),
    )
    allowed_origins = Lines(
        label=gettext_lazy("Allowed origins"),
        required=False,
        help_text=gettext_lazy("Pages whose scripts may call the token endpoint (CORS). One to a line."),
    )
    every_scope = forms.BooleanField(label=gettext_lazy("Every scope, and those to come"), required=False)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        required=False,
        widget=CHECKBOXES,
        help_text=gettext_lazy("What the client may ask for at most."),
    )

    fields: ClassVar[dict[str, forms.Field]]  # type: ignore[misc]  # the instance's

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = self._policy()
        for name in LINES:
            self.initial[name] = "\n".join((self.initial.get(name) or "").split())
        self.initial["every_scope"] = self.policy.scopes is None
        self.initial["scopes"] = list(self.policy.scopes or ())
        self._offer("scopes", {scope: f"{scope}: {words}" for scope, words in all_scopes().items()})

    def _policy(self) -> ClientPolicy:
        """A new client asks for nothing until somebody ticks it."""
        return ClientPolicy(scopes=[])

    def _offer(self, name: str, known: dict[str, str]) -> None:
        """The choices there are, and those that the client has although they are there no more."""
        gone = {value: _("%(name)s (no longer there)") % {"name": value} for value in self.initial[name]}
        self.fields[name].choices = list({**gone, **known}.items())  # type: ignore[attr-defined]  # it has choices

    def clean_name(self) -> str:
        """People read it on the consent page, in the order in which it is stored."""
        name: str = self.cleaned_data["name"]
        if name != self.initial.get("name"):
            check_shown_name(name)
        return name

    def clean_redirect_uris(self) -> str:
        """Every new line by the rules of the protocol, and by the schemes that DOT was told to allow."""
        return self._clean_uris("redirect_uris")

    def _clean_uris(self, name: str) -> str:
        lines, schemes = self._lines(name), self._schemes()
        for line in self._new_lines(name, lines):
            allow_http = provider_settings.LEGACY_HTTP_REDIRECT_URIS
            fault = redirect_uri.find_fault(line, allow_http=allow_http, app_schemes=schemes)
            if fault is not None:
                self.add_error(name, explain(fault, line))
            elif line.partition(":")[0] not in schemes:
                setting = 'OAUTH2_PROVIDER["ALLOWED_REDIRECT_URI_SCHEMES"]'
                self.add_error(name, self._not_in(line, setting))
        self._check_number(name, lines)
        return " ".join(lines)

    def clean_allowed_origins(self) -> str:
        """Every new line by the rules of the protocol, and the schemes that DOT was told to allow; DOT judges last."""
        lines = self._lines("allowed_origins")
        schemes = {str(scheme).lower() for scheme in dot_setting("ALLOWED_SCHEMES", ())}
        for line in self._new_lines("allowed_origins", lines):
            fault = origin.find_fault(line, app_schemes=schemes)
            if fault is origin.Fault.SCHEME and origin.find_fault(line, app_schemes={line.partition("://")[0]}) is None:
                self.add_error("allowed_origins", self._not_in(line, 'OAUTH2_PROVIDER["ALLOWED_SCHEMES"]'))
            elif fault is not None:
                self.add_error("allowed_origins", explain(fault, line))
        self._check_number("allowed_origins", lines)
        return " ".join(lines)

    def chosen_scopes(self) -> list[str] | None:
        """For the policy: None is every scope."""
        return None if self.cleaned_data.get("every_scope") else list(self.cleaned_data.get("scopes") or ())

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what DOT's own ``clean`` says beside the field, or on top where the form has none such.

        Where a field was refused here already, DOT judged the value of before.
        """
        if field is not None or not hasattr(error, "error_dict"):
            super().add_error(field, error)
            return
        for name, errors in error.error_dict.items():
            kept = [one for one in errors if name not in LINES or not self._is_listed_app(one)]
            if kept and name not in self.errors:
                super().add_error(name if name in self.fields else None, kept)

    def _is_listed_app(self, error: ValidationError) -> bool:
        """Does DOT find fault with the spelling of an app's URI whose scheme the operator lists, and we do not?"""
        uri, schemes = str((error.params or {}).get("value", "")), self._schemes()
        is_apps = uri.partition(":")[0] in schemes - {"http", "https"}
        return is_apps and redirect_uri.find_fault(uri, app_schemes=schemes) is None

    def _schemes(self) -> set[str]:
        """Return what DOT was told to allow, or what the project's own model says instead."""
        return {scheme.lower() for scheme in self.instance.get_allowed_schemes()}

    def _lines(self, name: str) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data[name].splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def _new_lines(self, name: str, lines: list[str]) -> list[str]:
        """Return the lines that are new: an old one must not keep anyone from suspending a client."""
        before = self.initial[name].split()
        return [line for line in lines if line not in before]

    def _check_number(self, name: str, lines: list[str]) -> None:
        if len(lines) > MAX_URIS and self._new_lines(name, lines):
            text = _("At most %(number)d lines: each request is compared with every one of them.")
            self.add_error(name, ValidationError(text % {"number": MAX_URIS}))

    def _not_in(self, line: str, setting: str) -> ValidationError:
        scheme = line.partition(":")[0]
        text = _("%(line)s: the settings of this server, %(setting)s, do not list the scheme “%(scheme)s”.")
        return ValidationError(text % {"line": line, "setting": setting, "scheme": scheme})

    def _check(self, registration: Registration) -> None:
        for contradiction in find_contradictions(registration):
            place = PLACES[contradiction]
            if place not in self.errors:
                self.add_error(place if place in self.fields else None, explain(contradiction))
