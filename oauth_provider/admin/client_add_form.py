"""The form for a new client (RFC 7591 §2): what a first one needs, and nothing that the server can say itself."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.client_form import ClientForm
from oauth_provider.clients.registration.kinds import KINDS, Redirects
from oauth_provider.dot.names import application_model
from oauth_provider.protocol import origin
from oauth_provider.protocol.registration import Registration

DRAFT_SALT = "oauth_provider.admin.draft"
DRAFT_LIFETIME = 86400


def new_draft() -> str:
    """A client identifier made by the server, signed: a form sent twice makes one client."""
    return signing.dumps(application_model()._meta.get_field("client_id").get_default(), salt=DRAFT_SALT)


def drafted_client_id(draft: str) -> str | None:
    """The identifier in ``draft``, or None if it is not ours or a day old."""
    try:
        return str(signing.loads(draft, salt=DRAFT_SALT, max_age=DRAFT_LIFETIME))
    except signing.BadSignature:
        return None


class AddClientForm(ClientForm):
    """A form with what a first client needs. The server makes identifier and secret."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=255,
        widget=AdminTextInputWidget,
        help_text=gettext_lazy("People read it when they are asked for consent."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Type of application"),
        choices=[(kind.name, kind.words) for kind in KINDS.values()],
        widget=forms.RadioSelect(attrs={"class": "oa-choices"}),
        initial="web",
    )
    draft = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["draft"] = new_draft()
        self.fields["allowed_origins"].help_text = _(
            "For a browser application: the pages whose scripts may call the token endpoint (CORS), one to a line. "
            "Left empty, they are those of the redirect URIs."
        )

    def clean(self) -> dict[str, Any]:
        """Set what follows from the kind of application, and have the rest checked by the rules."""
        cleaned = super().clean() or {}
        client_id = drafted_client_id(cleaned.get("draft", ""))
        if client_id is None:
            self._renew_draft()
            return cleaned
        kind = KINDS.get(cleaned.get("kind", ""), KINDS["web"])
        self.policy.grant_types, self.policy.scopes = list(kind.grant_types), self.chosen_scopes()
        self.policy.token_endpoint_auth_method = kind.token_endpoint_auth_method
        self.policy.may_introspect = kind.may_introspect
        self.instance.client_id = client_id
        self.instance.client_type = "public" if kind.is_public else "confidential"
        self.instance.authorization_grant_type = self.policy.dot_grant_type("")
        redirect_uris = tuple(cleaned.get("redirect_uris", "").split())
        if kind.takes_origins_of_redirects and not cleaned.get("allowed_origins"):
            cleaned["allowed_origins"] = " ".join(dict.fromkeys(filter(None, map(origin.origin_of, redirect_uris))))
        if kind.redirects is Redirects.NOWHERE and redirect_uris:
            self.add_error("redirect_uris", _("It redirects nobody: leave this empty, or choose another type."))
        if kind.asks_for_scopes and self.policy.scopes == []:
            self.add_error("scopes", _("Choose at least one scope, or every scope."))
        self._check(Registration(is_public=kind.is_public, grant_types=kind.grant_types, redirect_uris=redirect_uris))
        return cleaned

    def _renew_draft(self) -> None:
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data[self.add_prefix("draft")] = new_draft()
        self.data = data
        self.add_error(None, _("This form was open for too long. Nothing was made; send it once more."))
