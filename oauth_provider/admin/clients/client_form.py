"""The forms of a client (RFC 7591 §2): each says, beside the field, what is wrong, why, and where that is written."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, Proposal
from oauth_provider.clients.registration.register import find_faults
from oauth_provider.clients.registration.uri_rules import is_ours_to_judge
from oauth_provider.models import ClientPolicy
from oauth_provider.registry import kept_scopes
from oauth_provider.registry.resource import all_resources
from oauth_provider.registry.scope import all_scopes, known_scopes

# The fields of a form that have another name than the member of the metadata.
FIELDS = {"client_name": "name", "is_public": "client_type", "scope": "scopes"}
LINES = ("redirect_uris", "post_logout_redirect_uris", "allowed_origins")
# Whoever is in the admin is an operator; who exactly is said where it is saved.
BY = By(Door.ADMIN)
CHECKBOXES = forms.CheckboxSelectMultiple(attrs={"class": "oa-choices"})
# Where there are many, a script puts a field above them that filters.
SCOPES = forms.CheckboxSelectMultiple(attrs={"class": "oa-choices", "data-filter": gettext_lazy("Filter scopes")})


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
        widget=SCOPES,
        help_text=gettext_lazy("What the client may ask for at most."),
    )

    fields: ClassVar[dict[str, forms.Field]]  # type: ignore[misc]  # the instance's

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever has just added a scope finds it here, in whichever process.
        kept_scopes.forget()
        self.policy = self._policy()
        # What was typed: a line that holds a space is wrong as one.
        self.lines: dict[str, tuple[str, ...]] = {}
        for name in LINES:
            self.initial[name] = "\n".join((self.initial.get(name) or "").split())
        self.initial["every_scope"] = self.policy.scopes is None
        self.initial["scopes"] = list(self.policy.scopes or ())
        self._offer("scopes", {scope: f"{scope}: {words}" for scope, words in all_scopes().items()}, group=group_of())

    def _policy(self) -> ClientPolicy:
        """A new client asks for nothing until somebody ticks it."""
        return ClientPolicy(scopes=[])

    def _offer(self, name: str, known: dict[str, str], group: Mapping[str, str] | None = None) -> None:
        """The choices there are, by ``group``, and those that the client has although they are there no more."""
        if name not in self.fields:
            return
        gone = {value: _("%(name)s (no longer there)") % {"name": value} for value in self.initial[name]}
        choices = list({**gone, **known}.items())
        field: Any = self.fields[name]
        field.choices = choices if not group else _grouped(choices, group)

    def clean_redirect_uris(self) -> str:
        """Return the lines as DOT stores them, divided by spaces."""
        return self._joined("redirect_uris")

    def clean_allowed_origins(self) -> str:
        """Return the lines as DOT stores them, divided by spaces."""
        return self._joined("allowed_origins")

    def chosen_scopes(self) -> tuple[str, ...] | None:
        """Return the scopes that were ticked; None is every scope."""
        if "scopes" not in self.fields:
            return None if self.policy.scopes is None else tuple(self.policy.scopes)
        return None if self.cleaned_data.get("every_scope") else tuple(self.cleaned_data.get("scopes") or ())

    def tell(self, proposal: Proposal) -> None:
        """Add what the rules find to the fields, but for those that were refused for their own value."""
        refused = set(self.errors)
        for fault in find_faults(proposal, is_refused=bool(refused)):
            place = FIELDS.get(fault.member, fault.member)
            if place not in refused:
                self.add_error(place if place in self.fields else None, fault.text)

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what DOT's own ``clean`` says beside the field, or on top where the form has none such.

        Where a field was refused here already, DOT judged the value of before.
        """
        if field is not None or not hasattr(error, "error_dict"):
            super().add_error(field, error)
            return
        for name, errors in error.error_dict.items():
            kept = [one for one in errors if name not in LINES or not is_ours_to_judge(one, name, self.instance)]
            if kept and name not in self.errors:
                super().add_error(name if name in self.fields else None, kept)

    def _joined(self, name: str) -> str:
        lines = (line.strip() for line in self.cleaned_data[name].splitlines())
        self.lines[name] = tuple(dict.fromkeys(line for line in lines if line))
        return " ".join(self.lines[name])


def group_of() -> dict[str, str]:
    """Return each scope with the heading that it stands below: that of its entry, else the name of its first API."""
    groups = {scope: str(api.name) for api in reversed(all_resources()) for scope in api.scopes}
    return groups | {scope: str(entry.group) for scope, entry in known_scopes().items() if entry.group}


def _grouped(choices: list[tuple[str, str]], group: Mapping[str, str]) -> list[Any]:
    """Return the choices below their headings, in the order in which these come first; those without one lead."""
    found: dict[str, list[tuple[str, str]]] = {"": []}
    for value, words in choices:
        found.setdefault(group.get(value, ""), []).append((value, words))
    alone = found.pop("")
    return [*alone, *found.items()]
