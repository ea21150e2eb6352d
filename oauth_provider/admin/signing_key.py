"""Signing keys in the admin (OpenID Connect Core §10.1.1): what each signs and until when; rotating and retiring.

No page shows the private half of a key, or reads it but to see whether anybody can open it.
"""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.key_sight import Sight, are_given, given_keys, sights
from oauth_provider.admin.lifetimes import in_words
from oauth_provider.admin.lists.cells import copied
from oauth_provider.admin.lists.keyset import KeysetChangeList
from oauth_provider.admin.lists.log import log
from oauth_provider.admin.lists.read_only import Ending, ReadOnlyAdmin
from oauth_provider.conf import provider_settings
from oauth_provider.events.actor import Actor, person_behind
from oauth_provider.models import SigningKey
from oauth_provider.models.signing_key import SETTLED, lead
from oauth_provider.tokens import key_ring

EVERY = ""


def moment(value: datetime | None, style: str = "DATETIME_FORMAT") -> str:
    """Return a date and time as the admin writes them; a dash for none."""
    if value is None:
        return "-"
    return date_format(localtime(value) if is_aware(value) else value, style)


def day(value: datetime | None) -> str:
    """Return the date alone, for lists."""
    return moment(value, "DATE_FORMAT")


def retire(rows: QuerySet[SigningKey], by: Actor) -> int:
    """Take the keys out of use in the operator's name, and return how many."""
    count = sum(SigningKey.objects.retire(kid, by=by) for kid in rows.values_list("kid", flat=True))
    key_ring.forget()
    return count


class RotateForm(forms.Form):
    """Form for publishing next keys: of which algorithm, and when they sign."""

    alg = forms.ChoiceField(label=gettext_lazy("Algorithm"), required=False)
    at_once = forms.ChoiceField(label=gettext_lazy("The next key signs"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["alg"].choices = [(EVERY, _("each")), *((alg, alg) for alg in provider_settings.SIGNING_ALGORITHMS)]
        after = [("", lead()), ("yes", SETTLED)]
        fields["at_once"].choices = [
            (value, _("in %(time)s") % {"time": in_words(int(time.total_seconds()))}) for value, time in after
        ]


class SigningKeyChangeList(KeysetChangeList):
    """The rows of a page, each with what there is to say of it."""

    def get_results(self, request: HttpRequest) -> None:
        """Find the rows and their terms."""
        super().get_results(request)
        found = sights()
        self.result_list = list(self.result_list)
        for row in self.result_list:
            row.sight = found[row.kid]


class SigningKeyAdmin(ReadOnlyAdmin):
    """Admin of signing keys: looked at, rotated and retired."""

    ending = Ending(
        name="retire",
        verb=gettext_lazy("Retire"),
        consequence=gettext_lazy(
            "Nothing is signed with these keys from now on, and they leave the key set at once: whoever reads it anew "
            "refuses what they signed. If one was signing, the next key takes its place now, which clients that have "
            "not read the key set since do not know yet. This is for keys that have leaked; otherwise, rotate."
        ),
        done=gettext_lazy("Retired"),
        act=retire,
    )
    actions = ("retire",)
    list_display = ("key", "alg", "state", "signs", "term", "in_key_set")
    linked: ClassVar[Any] = ("alg",)
    list_filter = ("alg",)
    sortable_by = ()
    ordering = ("-pk",)
    search_fields = ()
    change_list_template = "admin/oauth_provider/signing_key_list.html"
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("kid", "alg", "state", "signs")}),
        (
            gettext_lazy("Life"),
            {"fields": ("published_from", "signs_from", "signs_until", "published_until", "retired_at")},
        ),
    )

    @admin.display(description=gettext_lazy("key"))
    def key(self, row: SigningKey) -> str:
        """Return the ``kid``, which stands in the header of each token."""
        return copied(row.kid)

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: SigningKey) -> str:
        """Return the state in words, with a warning where the key cannot be opened."""
        sight = sight_of(row)
        words = str(sight.term.state.label)
        lost = _("It cannot be opened: its SECRET_KEY is gone. Rotate, or bring that back.")
        return format_html('{}<div class="oa-warning">{}</div>', words, lost) if sight.is_lost else words

    @admin.display(description=gettext_lazy("signs"))
    def signs(self, row: SigningKey) -> str:
        """Return what the key signs while it does, signed, or will."""
        return sight_of(row).signs or "-"

    @admin.display(description=gettext_lazy("when"))
    def term(self, row: SigningKey) -> str:
        """Return the days from which and until which it signs."""
        until = sight_of(row).term.signs_until
        if until is None:
            return _("from %(first)s until it is rotated") % {"first": day(row.signs_from)}
        return _("from %(first)s to %(last)s") % {"first": day(row.signs_from), "last": day(until)}

    @admin.display(description=gettext_lazy("published since"))
    def published_from(self, row: SigningKey) -> str:
        """Return when it came into the key set."""
        return moment(row.created_at)

    @admin.display(description=gettext_lazy("signs until"))
    def signs_until(self, row: SigningKey) -> str:
        """Return when the next key takes its place."""
        term = sight_of(row).term
        return moment(term.signs_until) if term.signs_until is not None else _("until it is rotated")

    @admin.display(description=gettext_lazy("in the key set until"))
    def in_key_set(self, row: SigningKey) -> str:
        """Return the day on which nothing that it signed can be good any more."""
        return day(sight_of(row).term.published_until)

    @admin.display(description=gettext_lazy("in the key set until"))
    def published_until(self, row: SigningKey) -> str:
        """Return when nothing that it signed can be good any more."""
        return moment(sight_of(row).term.published_until)

    @admin.action(permissions=["end"], description=gettext_lazy("Retire selected keys"))
    def retire(self, request: HttpRequest, queryset: QuerySet[SigningKey]) -> HttpResponse | None:
        """Ask for confirmation, then retire the selected keys."""
        return self.end_selected(request, queryset)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """May this person change keys? Nobody may here where the settings give them."""
        return not are_given() and super().has_end_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """May this person see keys? Yes whoever might change them, if the settings did not give them."""
        return super().has_view_permission(request, obj) or super().has_end_permission(request)

    def is_over(self, row: SigningKey) -> bool:
        """Is it retired?"""
        return row.retired_at is not None

    def get_queryset(self, request: HttpRequest) -> QuerySet[SigningKey]:
        """Return the rows without what opens to a private key."""
        rows: QuerySet[SigningKey] = super().get_queryset(request).defer("sealed_private_jwk")
        return rows

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the class of lists that know the terms."""
        return SigningKeyChangeList

    def get_urls(self) -> list[Any]:
        """Return Django's URLs, preceded by that of the page that rotates."""
        rotate = self.admin_site.admin_view(self.rotate_view)
        return [path("rotate/", rotate, name=self._url_name("rotate")), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the keys; where the settings give them, those."""
        context = {"may_rotate": self.has_end_permission(request), "rotate_url": "rotate/", **(extra_context or {})}
        if are_given():
            context["are_given"] = True
            try:
                context["given"] = given_keys()
            except ImproperlyConfigured:  # the check says why; a page of it might show a key
                context["given"] = []
        return super().changelist_view(request, context)

    def rotate_view(self, request: HttpRequest) -> HttpResponse:
        """Ask on GET, publish the next keys on POST."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        form = RotateForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._rotate(request, form.cleaned_data["alg"], at_once=form.cleaned_data["at_once"] == "yes")
            return HttpResponseRedirect(self._url("changelist"))
        context = {**self.admin_site.each_context(request), "title": _("Rotate signing keys"), "opts": self.opts}
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/oauth_provider/rotate.html", {**context, "form": form})

    def title_of(self, row: SigningKey) -> str:
        """Return algorithm and ``kid``."""
        return str(row)

    def describe(self, row: SigningKey) -> str:
        """Return key and state in one line."""
        return f"{row}: {sight_of(row).term.state.label}"

    def _rotate(self, request: HttpRequest, alg: str, *, at_once: bool) -> None:
        key_ring.key_ring()  # the very first keys, where there are none yet
        by = person_behind(request)
        for name in [alg] if alg else provider_settings.SIGNING_ALGORITHMS:
            is_done = SigningKey.objects.rotate(name, at_once=at_once, by=by)
            following = self._next_of(name)
            if following is not None and is_done:
                log(request, [following], "Rotated: published, to sign later.")
                text, level = _("%(alg)s: the next key is published, and signs from %(date)s."), messages.SUCCESS
            else:
                text, level = _("%(alg)s: the next key was published already. It signs from %(date)s."), messages.INFO
            date = moment(following.signs_from if following is not None else None)
            self.message_user(request, text % {"alg": name, "date": date}, level)
        key_ring.forget()

    def _next_of(self, alg: str) -> SigningKey | None:
        rows = SigningKey.objects.filter(alg=alg, retired_at=None, signs_from__gt=SigningKey.objects.now())
        return rows.order_by("generation").first()


def sight_of(row: Any) -> Sight:
    """Return what there is to say of ``row``; a list has found out for all of its rows."""
    if not hasattr(row, "sight"):
        row.sight = sights()[row.kid]
    sight: Sight = row.sight
    return sight
