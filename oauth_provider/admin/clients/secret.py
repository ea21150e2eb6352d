"""Client secrets in the admin (RFC 6749 §2.3.1): made by the server, shown once, rotated with an overlap."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db import router
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables

from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.log import log
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row
from oauth_provider.dot.secret import is_hashed, is_secret
from oauth_provider.events.actor import person_behind
from oauth_provider.events.event import Event
from oauth_provider.models import AuditEvent, ClientSecret
from oauth_provider.sql.transaction import locked, run

HOUR, DAY = 3600, 86400
OVERLAPS = (
    (0, gettext_lazy("now")),
    (HOUR, gettext_lazy("in an hour")),
    (DAY, gettext_lazy("in a day")),
    (7 * DAY, gettext_lazy("in 7 days")),
    (30 * DAY, gettext_lazy("in 30 days")),
)
LIFETIMES = (
    (0, gettext_lazy("never")),
    (30 * DAY, gettext_lazy("in 30 days")),
    (90 * DAY, gettext_lazy("in 90 days")),
    (365 * DAY, gettext_lazy("in a year")),
)
# Ended ones that are listed beside those that serve, the newest first.
MAX_ENDED = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """Secret as the client's page lists it, without anything from which it could be guessed."""

    pk: int | None
    name: str
    label: str
    created_at: Any
    expires_at: Any
    last_used_at: Any
    state: Promise | str
    is_live: bool


class SecretForm(forms.Form):
    """Base form. ``newest`` is the newest secret that the page knew, so that a form sent twice makes one secret."""

    label = forms.CharField(
        label=gettext_lazy("Label"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("For you, to tell secrets apart: where it is used."),
    )
    newest = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CreateForm(SecretForm):
    """Form for a further secret."""

    seconds = forms.TypedChoiceField(label=gettext_lazy("It ends"), choices=LIFETIMES, coerce=int, initial=0)


class RotateForm(SecretForm):
    """Form for a new secret that replaces all others."""

    seconds = forms.TypedChoiceField(
        label=gettext_lazy("The present secrets end"), choices=OVERLAPS, coerce=int, initial=DAY
    )


def list_secrets(application: Row) -> list[Listed]:
    """Return DOT's own secret, then the valid ones, then the last that ended."""
    rows = list(ClientSecret.objects.filter(application=application).order_by("-pk")[: 2 * MAX_ENDED])
    live = ClientSecret.objects.live().filter(application=application).order_by("-pk")
    known = {row.pk: row for row in [*live, *rows]}
    found = [_listed(row, application) for row in known.values()]
    found = [one for one in found if one.is_live] + [one for one in found if not one.is_live][:MAX_ENDED]
    copied = any(row.from_dot and row.encoded == application.client_secret for row in known.values())
    if not is_secret(application.client_secret) or copied:
        return found
    kind = _("a slow hash") if is_hashed(application.client_secret) else _("plain text")
    name = _("kept by django-oauth-toolkit (%(kind)s)") % {"kind": kind}
    state = _("live; rotate to have it replaced by a secret of this server")
    return [Listed(None, name, "", application.created, None, None, state, True), *found]


def _listed(row: ClientSecret, application: Row) -> Listed:
    is_stale = row.from_dot and row.encoded != application.client_secret
    is_over = is_stale or (row.expires_at is not None and row.expires_at <= timezone.now())
    state = _("ended") if is_over else _("live") if row.expires_at is None else _("live until it ends")
    return Listed(
        row.pk, f"…{row.hint}" if row.hint else "…", row.label, row.created_at, row.expires_at, row.last_used_at,
        state, not is_over,
    )  # fmt: skip


def newest_of(application: Row) -> int:
    """Return the key of the newest secret; 0 where there is none."""
    return (
        ClientSecret.objects.filter(application=application).order_by("-pk").values_list("pk", flat=True).first() or 0
    )


class SecretViews(BoundedAdmin):
    """Admin views that make and end secrets. GET asks; POST acts, and shows the secret once."""

    def get_urls(self) -> list[Any]:
        """Return our URLs before Django's own, whose last pattern matches everything."""
        views = {"create": self.create_secret_view, "rotate": self.rotate_secret_view}
        routes = [
            path(f"<path:object_id>/secrets/{name}/", self.admin_site.admin_view(view), name=self._name(name))
            for name, view in views.items()
        ]
        revoke = self.admin_site.admin_view(self.revoke_secret_view)
        routes.append(path("<path:object_id>/secrets/<int:pk>/revoke/", revoke, name=self._name("revoke")))
        return [*routes, *super().get_urls()]

    def create_secret_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a further secret."""
        return self._make(request, object_id, CreateForm, _("Create a secret"))

    def rotate_secret_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a new secret; the others stay valid during the overlap."""
        return self._make(request, object_id, RotateForm, _("Rotate the secret"))

    def revoke_secret_view(self, request: HttpRequest, object_id: str, pk: int) -> HttpResponse:
        """End one secret now."""
        application = self._client(request, object_id)
        if isinstance(application, HttpResponse):
            return application
        secret = ClientSecret.objects.filter(application=application, pk=pk).first()
        if secret is None:
            raise Http404
        secret.application = application
        if request.method == "POST":
            ClientSecret.objects.revoke(secret, by=person_behind(request))
            log(request, [application], "Revoked a client secret.")
            messages.success(request, _("The secret is revoked."))
            return HttpResponseRedirect(self._change_url(application))
        title = _("Revoke a secret")
        return self._show(request, application, "secret_confirm.html", {"title": title, "secret": secret})

    def tell_ended_secrets(self, request: HttpRequest, application: Row, ended: int) -> None:
        """Say that all secrets ended with the type of the client, lest they come back with it (RFC 6749 §2.1)."""
        log(request, [application], "Revoked every client secret: the client type was changed.")
        text = ngettext(
            "The client type was changed, and the client's secret ended with it.",
            "The client type was changed, and the client's %(ended)d secrets ended with it.",
            ended,
        )
        messages.warning(request, text % {"ended": ended})

    @sensitive_variables()
    def _make(self, request: HttpRequest, object_id: str, form_class: type[SecretForm], title: str) -> HttpResponse:
        application = self._client(request, object_id)
        if isinstance(application, HttpResponse):
            return application
        is_rotation = form_class is RotateForm
        form = form_class(request.POST or None, initial={"newest": newest_of(application)})
        if not form.is_valid():
            context = {"title": title, "form": form, "is_rotation": is_rotation}
            return self._show(request, application, "secret_confirm.html", context)
        label, seconds = form.cleaned_data["label"], form.cleaned_data["seconds"]
        by = person_behind(request)

        @sensitive_variables()
        def work() -> str:
            if not self._is_first(application, form.cleaned_data["newest"]):
                return ""
            log(request, [application], "Rotated the client secret." if is_rotation else "Created a client secret.")
            if is_rotation:
                return ClientSecret.objects.rotate(application, overlap=seconds, label=label, by=by)[1]
            return ClientSecret.objects.create_secret(application, label=label, lifetime=seconds or None, by=by)[1]

        secret = run(work, using=router.db_for_write(ClientSecret), durable=False)
        if not secret:
            messages.warning(
                request, _("Nothing was made: the client or its secrets were changed since that page was opened.")
            )
            return HttpResponseRedirect(self._change_url(application))
        overlap = str(dict(OVERLAPS)[seconds]) if is_rotation else ""
        return self.show_once(request, application, secret, overlap=overlap)

    def record(self, request: HttpRequest, event: Event) -> None:
        """Write ``event`` to the audit, in the transaction of the admin's view."""
        AuditEvent.objects.record([event], using=router.db_for_write(AuditEvent), by=person_behind(request))

    @sensitive_variables()
    def show_once(
        self, request: HttpRequest, application: Row, secret: str, *, is_new: bool = False, overlap: str = ""
    ) -> HttpResponse:
        """Return the one response that shows a secret. The secret is kept in no session, message or log."""
        context = {"title": _("Client secret") if secret else _("Client"), "secret": secret, "is_new": is_new}
        context |= {"overlap": overlap, "issuer": provider_settings.issuer_of(request)}
        response = self._show(request, application, "secret_once.html", context)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "same-origin"
        return response

    def _is_first(self, application: Row, newest: int | None) -> bool:
        """Lock the client. Does it still keep secrets, and has none been made since the page was opened?"""
        row = locked(type(application)._base_manager.filter(pk=application.pk), touch="name")
        return row is not None and row.client_type != "public" and newest == newest_of(application)

    def _client(self, request: HttpRequest, object_id: str) -> Any:
        """Return the client, or a response where there is none or it keeps no secrets. Raise ``PermissionDenied``."""
        application = self.get_object(request, unquote(object_id))
        if not self.has_change_permission(request, application):
            raise PermissionDenied
        if application is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]  # not in the stubs
        if application.client_type == "public":
            messages.warning(request, _("A public client keeps no secret (RFC 6749 §2.1)."))
            return HttpResponseRedirect(self._change_url(application))
        return application

    @sensitive_variables()
    def _show(self, request: HttpRequest, application: Row, template: str, context: dict[str, Any]) -> HttpResponse:
        """Render at once, under ``sensitive_variables``, not later when the secret is no longer protected."""
        request.current_app = self.admin_site.name
        context |= {"application": application, "opts": self.opts, "change_url": self._change_url(application)}
        context |= {**self.admin_site.each_context(request), "subtitle": str(application)}
        return render(request, f"admin/oauth_provider/{template}", context)

    def _name(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_secret_{view}"

    def _change_url(self, application: Row) -> str:
        name = f"{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(f"{self.admin_site.name}:{name}", args=[quote(application.pk)])
