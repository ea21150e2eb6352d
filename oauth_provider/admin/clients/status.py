"""Verbs for a whole client: approve, send back, suspend, resume, revoke everything, transfer."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from oauth_provider.admin.lists.autocomplete import KeyField, can_search
from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.log import log
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, MetadataRefused
from oauth_provider.clients.registration.status import MAX_NOTE, Step, move, possible_steps, review_digest
from oauth_provider.clients.team import TeamRefused, give_to
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row
from oauth_provider.models import ClientMember, ClientPolicy
from oauth_provider.models.client import as_client
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.client_revocation import live_sign_ins, revoke_client

MAX_AT_ONCE = 100
MAX_NAMED = 10


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: its ``name`` in URLs and actions, what it is called, what follows, and what the log says."""

    name: str
    title: Promise
    consequence: Promise
    logged: str
    step: Step | None = None


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "approve",
            gettext_lazy("Approve"),
            gettext_lazy("The client works for everybody from now on, and gets the scopes that it asked for."),
            "Approved.",
            Step.APPROVE,
        ),
        Verb(
            "return",
            gettext_lazy("Send back"),
            gettext_lazy("The client is a draft again: it works for its own team alone, until it is submitted anew."),
            "Sent back.",
            Step.RETURN,
        ),
        Verb(
            "resume",
            gettext_lazy("Resume"),
            gettext_lazy("The client has the status that it had before. Sign-ins that did not end meanwhile go on."),
            "Resumed.",
            Step.RESUME,
        ),
        Verb(
            "suspend",
            gettext_lazy("Suspend"),
            gettext_lazy(
                "The client works for nobody from this moment: its tokens are refused everywhere, and it gets no new "
                "ones. Nothing is deleted, and it can be resumed."
            ),
            "Suspended.",
            Step.SUSPEND,
        ),
        Verb(
            "revoke",
            gettext_lazy("Revoke everything"),
            gettext_lazy(
                "Every sign-in at this client ends, with its tokens, and so do the client's own tokens. The client "
                "itself goes on: whoever uses it has to sign in again. What people agreed to is remembered."
            ),
            "Revoked everything.",
        ),
        Verb(
            "transfer",
            gettext_lazy("Transfer"),
            gettext_lazy("The client gets another owner, who manages it and its team. It goes on as it is."),
            "Transferred.",
        ),
    )
}


class NoteForm(forms.Form):
    """Form for a step, with a word to the developers."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=MAX_NOTE,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("For the developers of the client, who are told."),
    )


class ApproveForm(NoteForm):
    """Form for an approval, of what its page showed."""

    seen = forms.CharField(widget=forms.HiddenInput)


class TransferForm(forms.Form):
    """Form for the new owner."""

    keeps_others = forms.BooleanField(
        label=gettext_lazy("Present owners stay in the team, as developers"), required=False, initial=True
    )

    def __init__(self, *args: Any, owner: forms.Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"owner": owner, **self.fields}


class StatusViews(BoundedAdmin):
    """Pages that ask, and do it on POST; and the same for a selection of the list."""

    actions = ("approve", "suspend", "resume")

    def get_urls(self) -> list[Any]:
        """Return Django's URLs, preceded by ours."""
        view = self.admin_site.admin_view(self.verb_view)
        names = {name: f"{self.opts.app_label}_{self.opts.model_name}_{name}" for name in VERBS}
        ours = [path(f"<path:object_id>/{one}/", view, {"name": one}, name=names[one]) for one in VERBS]
        return [*ours, *super().get_urls()]

    def verb_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask, with the number of people whom it concerns; on POST, do it."""
        application = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, application):
            raise PermissionDenied
        if application is None:
            raise Http404
        verb, page = VERBS[name], self._client_page(application)
        if verb.step is not None and verb.step not in possible_steps(ClientPolicy.of(application), self._by(request)):
            messages.warning(request, _("Its status is another one by now."))
            return HttpResponseRedirect(page)
        form = self._form(request, verb, application)
        if request.method == "POST" and form.is_valid():
            self._do(request, application, verb, form.cleaned_data)
            return HttpResponseRedirect(page)
        context = {
            **self.admin_site.each_context(request),
            "title": verb.title,
            "subtitle": str(application),
            "opts": self.opts,
            "verb": verb,
            "form": form,
            "looked_at": Metadata.of(as_client(application)) if name == "approve" else None,
            "application": application,
            "change_url": page,
            "people": self._people_told([application]) if name in ("suspend", "revoke") else "",
            "owners": self._owners(application) if name == "transfer" else (),
            "media": self.media + form.media,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/oauth_provider/client_verb.html", context)

    def verbs_for(self, request: HttpRequest, application: Row) -> list[tuple[str, Verb]]:
        """Return what this person may do with the client as it is, each with its address."""
        if not self.has_change_permission(request, application):
            return []
        steps = possible_steps(ClientPolicy.of(application), self._by(request))
        possible = [verb for verb in VERBS.values() if verb.step is None or verb.step in steps]
        return [(f"../{verb.name}/", verb) for verb in possible]

    @admin.action(permissions=["change"], description=gettext_lazy("Approve selected clients"))
    def approve(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then approve each that waits."""
        return self._selected(request, queryset, VERBS["approve"])

    @admin.action(permissions=["change"], description=gettext_lazy("Suspend selected clients"))
    def suspend(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then suspend each."""
        return self._selected(request, queryset, VERBS["suspend"])

    @admin.action(permissions=["change"], description=gettext_lazy("Resume selected clients"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then resume each that is suspended."""
        return self._selected(request, queryset, VERBS["resume"])

    def _selected(self, request: HttpRequest, queryset: QuerySet[Any], verb: Verb) -> HttpResponse | None:
        rows = list(queryset.order_by("-pk")[: MAX_AT_ONCE + 1])
        if len(rows) > MAX_AT_ONCE:
            text = _("These are too many at once; select at most %(limit)d.") % {"limit": MAX_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        if request.POST.get("post"):
            allowed = [row for row in rows if self.has_change_permission(request, row)]
            done = sum(self._step(request, row, verb, "") for row in allowed)
            text = ngettext("%(done)d client was changed.", "%(done)d clients were changed.", done) % {"done": done}
            self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": verb.title,
            "subtitle": None,
            "opts": self.opts,
            "ending": {"name": verb.name, "consequence": f"{verb.consequence} {self._people_told(rows)}".strip()},
            "rows": [str(row) for row in rows[:MAX_NAMED]],
            "more": max(0, len(rows) - MAX_NAMED),
            "back_to": request.get_full_path(),
            "is_action": True,
            "chosen": [row.pk for row in rows],
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/oauth_provider/end.html", context)

    def _do(self, request: HttpRequest, application: Row, verb: Verb, given: dict[str, Any]) -> None:
        by = self._by(request)
        if verb.step is not None:
            if self._step(request, application, verb, given["note"], given.get("seen", "")):
                messages.success(request, _("Done: %(verb)s.") % {"verb": verb.title})
            else:
                messages.warning(request, _("Nothing was done: it has changed since you opened that page."))
        elif verb.name == "revoke":
            ended = revoke_client(application, by.actor)
            log(request, [application], verb.logged)
            counts = {"sign_ins": ended.sign_ins, "tokens": ended.tokens}
            text = _("Ended: %(sign_ins)d sign-ins, and %(tokens)d tokens of its own.") % counts
            messages.success(request, text)
            if not ended.is_all:
                messages.warning(
                    request, _("There are more: do it again. Suspend the client to keep it from new ones.")
                )
        elif self._transfer(application, by, given):
            log(request, [application], verb.logged)
            messages.success(request, _("The client belongs to %(user)s now.") % {"user": given["owner"]})
        else:
            messages.warning(request, _("Nothing was changed."))

    def _transfer(self, application: Row, by: By, given: dict[str, Any]) -> bool:
        try:
            return give_to(application, given["owner"], by=by.actor, keeps_others=given["keeps_others"])
        except TeamRefused:  # somebody deletes it at this moment
            return False

    def _step(self, request: HttpRequest, application: Row, verb: Verb, note: str, seen: str = "") -> bool:
        """Take one client the step of ``verb``; False where its status, or what was ``seen``, is another one by now."""
        if verb.step is None:
            return False
        try:
            move(as_client(application), verb.step, self._by(request), note=note, seen=seen)
        except MetadataRefused:
            return False
        log(request, [application], verb.logged)
        return True

    def _form(self, request: HttpRequest, verb: Verb, application: Row) -> forms.Form:
        data = request.POST if request.method == "POST" else None
        if verb.step is Step.APPROVE:
            return ApproveForm(data, initial={"seen": review_digest(as_client(application))})
        if verb.name == "transfer":
            return TransferForm(data, owner=self._owner_field(request))
        return NoteForm(data) if verb.step is not None else forms.Form(data)

    def _owner_field(self, request: HttpRequest) -> KeyField:
        column: Any = ClientMember._meta.get_field("user")
        users = get_user_model()._default_manager.all()
        widget: forms.Widget = admin.widgets.ForeignKeyRawIdWidget(column.remote_field, self.admin_site)
        if can_search(self.admin_site, request, get_user_model()):
            widget = AutocompleteSelect(column, self.admin_site)
        return KeyField(users, label=_("New owner"), widget=widget)

    def _owners(self, application: Row) -> list[str]:
        owners = ClientMember.objects.filter(application=application, role=ClientMember.Role.OWNER)
        return [str(member.user) for member in owners.select_related("user").order_by("pk")[:MAX_NAMED]]

    def _people_told(self, rows: list[Row]) -> str:
        """Say whom it concerns: people who are signed in to one of the clients in ``rows``."""
        people = live_sign_ins(*rows).aggregate(people=Count("user", distinct=True))["people"]
        text = ngettext("%(people)d person is signed in.", "%(people)d people are signed in.", people)
        return text % {"people": people}

    def _by(self, request: HttpRequest) -> By:
        return By(Door.ADMIN, session_user(request), provider_settings.CLIENT_ADDRESS(request))

    def _client_page(self, application: Row) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[quote(application.pk)])
