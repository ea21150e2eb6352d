"""The form for a new client (RFC 7591 §2): what a first one needs, and nothing that the server can say itself."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.clients.client_form import BY, ClientForm
from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.proposal import Proposal
from oauth_provider.clients.registration.register import propose
from oauth_provider.dot.names import application_model

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

    proposal: Proposal  # once the form is valid

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
        metadata = Metadata.of_kind(
            kind,
            client_name=cleaned.get("name", ""),
            redirect_uris=self.lines.get("redirect_uris", ()),
            allowed_origins=self.lines.get("allowed_origins", ()),
            scope=self.chosen_scopes(),
        )
        self.instance.client_id = client_id
        self.proposal = propose(metadata, self.instance, BY, policy=self.policy, kind=kind)
        cleaned["allowed_origins"] = self.instance.allowed_origins
        self.tell(self.proposal)
        return cleaned

    def _renew_draft(self) -> None:
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data[self.add_prefix("draft")] = new_draft()
        self.data = data
        self.add_error(None, _("This form was open for too long. Nothing was made; send it once more."))
