"""Trial of an authorization URL that somebody pasted (RFC 6749 §4.1.1), rule by rule. Nothing comes of it."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from oauth_provider.admin.clients.rule_words import WORDS
from oauth_provider.admin.lists.autocomplete import is_key
from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.authorization.request import MAX_LENGTH, AuthorizationRequest, parse_query
from oauth_provider.authorization.trial import Trial, Verdict, attempt
from oauth_provider.models.client import Client, as_client
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.registry.scope import allowed_scopes
from oauth_provider.tokens.issuer import issuer_of

# Of the verifier that RFC 7636 Appendix B shows to all: good to try with, and for nothing else.
SAMPLE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
MAX_SAMPLE_SCOPES = 3
# Characters of another script, one beside the other, that are told by their names.
MAX_UNUSUAL = 10
VERDICTS = {
    Verdict.KEPT: gettext_lazy("kept"),
    Verdict.BROKEN: gettext_lazy("broken"),
    Verdict.UNTRIED: gettext_lazy("not tried: the client's keys would have to be fetched"),
    Verdict.UNREACHED: gettext_lazy("not reached"),
}


class TrialForm(forms.Form):
    """Form for one authorization URL, or its query."""

    url = forms.CharField(
        label=gettext_lazy("Authorization URL"),
        max_length=MAX_LENGTH + 2048,
        widget=AdminTextareaWidget(attrs={"rows": 6, "spellcheck": "false", "dir": "ltr"}),
        help_text=gettext_lazy("As the browser was sent there: all of it, or what stands behind the question mark."),
    )


class TrialViews(BoundedAdmin):
    """The page of trials. Whoever may look at clients may try: it writes nothing, tells nothing and fetches nothing."""

    def get_urls(self) -> list[Any]:
        """Return Django's URLs, preceded by ours."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_try"
        return [path("try/", self.admin_site.admin_view(self.trial_view), name=name), *super().get_urls()]

    @method_decorator(sensitive_post_parameters())
    def trial_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for a URL; on POST, show what would come of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TrialForm(request.POST or None, initial={"url": _sample(self, request)})
        context: dict[str, Any] = {"title": _("Try a request"), "subtitle": None, "form": form, "opts": self.opts}
        if request.method == "POST" and form.is_valid():
            context |= _result(self, request, form.cleaned_data["url"])
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), **context}
        response = TemplateResponse(request, "admin/oauth_provider/client_trial.html", context)
        response["Cache-Control"] = "no-store"
        return response


def _result(model_admin: TrialViews, request: HttpRequest, url: str) -> dict[str, Any]:
    issuer = issuer_of(request)
    try:
        asked = parse_query(_query_of(url))
    except OAuthError as refusal:
        trial = Trial(AuthorizationRequest((), frozenset()), error=refusal)
    else:
        trial = attempt(asked, issuer)
    return {
        "trial": trial,
        "steps": [(WORDS[step.rule], VERDICTS[step.verdict], step) for step in trial.steps],
        "is_elsewhere": _is_elsewhere(url, request, issuer.url),
        "endpoint": _endpoint(request, issuer.url),
        "unusual": [name for piece in trial.compared for name in piece.unusual][:MAX_UNUSUAL],
        "error_code": trial.error.error if trial.error is not None else "",
        "client_url": _client_url(model_admin, trial.client),
        "scopes": " ".join(trial.asked.scope) if trial.asked else "",
        "left_out": " ".join(trial.left_out),
        "resources": " ".join(trial.asked.audience.identifiers) if trial.asked else "",
    }


def _query_of(url: str) -> str:
    """Return the query of an address; what has no question mark is a query itself. A fragment is sent nowhere."""
    whole = url.strip().partition("#")[0]
    before, mark, query = whole.partition("?")
    return query if mark and "=" not in before else whole


def _is_elsewhere(url: str, request: HttpRequest, issuer: str) -> bool:
    """Is it an address, and not that of our authorization endpoint?"""
    try:
        ours, theirs = urlsplit(_endpoint(request, issuer)), urlsplit(url.strip())
    except ValueError:
        return True
    where = (theirs.scheme, theirs.netloc, theirs.path.rstrip("/"))
    return bool(theirs.netloc) and where != (ours.scheme, ours.netloc, ours.path.rstrip("/"))


def _endpoint(request: HttpRequest, issuer: str) -> str:
    parts = urlsplit(issuer or request.build_absolute_uri("/"))
    return f"{parts.scheme}://{parts.netloc}{reverse('oauth_provider:authorize')}"


def _client_url(model_admin: TrialViews, client: Client | None) -> str:
    if client is None:
        return ""
    name = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_change"
    return reverse(f"{model_admin.admin_site.name}:{name}", args=[client.application.pk])


def _sample(model_admin: TrialViews, request: HttpRequest) -> str:
    """Return a request that the client named in the query might send; "" where none is named."""
    key = request.GET.get("client", "")
    if not key or not is_key(model_admin.model, key):
        return ""
    application = model_admin.get_queryset(request).filter(pk=key).first()
    if application is None or not application.redirect_uris:
        return ""
    client = as_client(application)
    said = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uris[0],
        "scope": " ".join(allowed_scopes(client.policy)[:MAX_SAMPLE_SCOPES]),
        "state": "try",
        "code_challenge": SAMPLE_CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{_endpoint(request, issuer_of(request).url)}?{urlencode(said)}"
