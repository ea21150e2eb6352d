"""Making an app: first what one builds, then what that kind needs; its secret is shown once (RFC 7591 §3)."""

import base64
import re
from typing import Any

from django.core import signing
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients.registration.kinds import KINDS, Kind
from oauth_provider.clients.registration.new_client import register_with_secret
from oauth_provider.clients.registration.proposal import MetadataRefused
from oauth_provider.dot.names import application_model
from oauth_provider.models.client import Client
from oauth_provider.pages.applications.door import Visitor, for_developers, message, show_with_script
from oauth_provider.pages.applications.forms import NewAppForm
from oauth_provider.pages.applications.scopes_page import offers
from oauth_provider.pages.applications.shown import url_of
from oauth_provider.pages.sending.page import show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.tokens.issuer import issuer_of

SALT = "oauth_provider.portal.draft"
LIFETIME = 86400
MAY_NOT = gettext_lazy("You may not register apps here")
ASK = gettext_lazy("Ask whoever runs this site.")


@for_developers
@sensitive_variables()
def apps_new(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """GET asks for the kind, or for what it needs; POST makes the app."""
    if not visitor.may_register:
        return message(request, MAY_NOT, ASK, status=403)
    kinds = [KINDS[name] for name in visitor.policy.kinds if name in KINDS]
    sent = request.POST if request.method == "POST" else request.GET
    kind = next((one for one in kinds if one.name == sent.get("kind")), None)
    if kind is None:
        new_url, apps_url = reverse("oauth_provider:apps_new"), reverse("oauth_provider:apps")
        return show(request, "applications/kinds.html", {"kinds": kinds, "action": new_url, "apps_url": apps_url})
    return _make(request, visitor, kind) if request.method == "POST" else _ask(request, visitor, _form(visitor, kind))


@sensitive_variables()
def _make(request: HttpRequest, visitor: Visitor, kind: Kind) -> HttpResponse:
    form = _form(visitor, kind, request.POST)
    client_id = _drafted(request.POST.get("draft", ""), visitor)
    if not client_id:
        form.add_error(None, _("This form was open for too long. Nothing was made; send it once more."))
        data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["draft"] = _draft(visitor)
        form.data = data
    if not form.is_valid():
        return _ask(request, visitor, form)
    try:
        client, secret = register_with_secret(form.metadata(), visitor.by, kind=kind, client_id=client_id)
    except MetadataRefused as error:
        if application_model()._base_manager.filter(client_id=client_id).exists():
            return redirect_to(url_of("app", client_id, "made"))
        form.put(error.faults)
        return _ask(request, visitor, form)
    except IntegrityError:  # the same form, sent twice at once
        return redirect_to(url_of("app", client_id, "made"))
    return show_once(request, client, secret, is_new=True)


def _ask(request: HttpRequest, visitor: Visitor, form: NewAppForm) -> HttpResponse:
    ticked = form["scopes"].value() or () if "scopes" in form.fields else ()
    context = {
        "form": form,
        "kind": form.kind,
        "offers": offers(visitor.policy, ticked=ticked) if form.kind.grant_types else [],
        "new_url": reverse("oauth_provider:apps_new"),
        "is_reviewed": visitor.policy.status == "draft",
    }
    return show(request, "applications/new.html", context, status=400 if form.errors else 200)


def _form(visitor: Visitor, kind: Kind, data: Any = None) -> NewAppForm:
    offered = {offer.scope: str(offer.words) for offer in offers(visitor.policy)}
    usual = [scope for scope in kind.usual_scopes if scope in offered and visitor.policy.gives(scope)]
    return NewAppForm(data, kind=kind, scopes=offered, initial={"draft": _draft(visitor), "scopes": usual})


def _draft(visitor: Visitor) -> str:
    """Return a client identifier made by the server, signed for this person: a form sent twice makes one client."""
    client_id = application_model()._meta.get_field("client_id").get_default()
    return signing.dumps([client_id, str(visitor.user.pk)], salt=SALT)


def _drafted(draft: str, visitor: Visitor) -> str:
    """Return the identifier in ``draft``; "" if it is not this person's, or a day old."""
    try:
        client_id, user = signing.loads(draft, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError):
        return ""
    return client_id if user == str(visitor.user.pk) else ""


@sensitive_variables()
def show_once(
    request: HttpRequest, client: Client, secret: str, *, is_new: bool = False, overlap: Any = ""
) -> HttpResponse:
    """Return the one response that shows a secret. It is kept in no session, message or log."""
    issuer = issuer_of(request).name
    values = {"CLIENT_ID": client.client_id, "CLIENT_SECRET": secret, "ISSUER": issuer}
    lines = "".join(f"{name}={value}\n" for name, value in values.items() if value)
    context = {
        "name": str(client.application),
        "client_id": client.client_id,
        "secret": secret,
        "issuer": issuer,
        "is_new": is_new,
        "overlap": overlap,
        # No request: the secret goes nowhere but into the file.
        "env": base64.b64encode(lines.encode()).decode(),
        "env_name": (re.sub(r"[^a-z0-9]+", "-", str(client.application).lower()).strip("-") or "app") + ".env",
        "app_url": url_of("app", client.client_id),
        "code_url": url_of("app_code", client.client_id),
    }
    return show_with_script(request, "secret.html", context)
