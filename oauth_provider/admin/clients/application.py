"""Clients in the admin (RFC 6749 §2): a first one in under a minute, then its policy, members and secrets."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import flatten_fieldsets
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from oauth_provider.admin.clients.access import AccessViews
from oauth_provider.admin.clients.chart import charts_of, rows_of
from oauth_provider.admin.clients.client_add_form import AddClientForm, drafted_client_id
from oauth_provider.admin.clients.client_change_form import ChangeClientForm
from oauth_provider.admin.clients.client_legacy import LegacyColumns, excuse_of
from oauth_provider.admin.clients.client_metadata import MetadataColumns
from oauth_provider.admin.clients.client_presentation import PresentationColumns
from oauth_provider.admin.clients.deletion import Deleted, count_deleted
from oauth_provider.admin.clients.member import MemberInline
from oauth_provider.admin.clients.policy_columns import MemberFilter, PolicyColumns, StatusFilter
from oauth_provider.admin.clients.secret import SecretViews, list_secrets
from oauth_provider.admin.clients.status import StatusViews
from oauth_provider.admin.clients.subjects import anchor_of, fieldsets_for
from oauth_provider.admin.clients.trial import TrialViews
from oauth_provider.admin.clients.use import ClientChangeList, UseColumns
from oauth_provider.admin.lists.autocomplete import KeyField
from oauth_provider.admin.lists.read_only import MAX_AT_ONCE
from oauth_provider.admin.lists.shown_options import Names
from oauth_provider.clients.registration.metadata import OF_APPLICATION
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By
from oauth_provider.clients.registration.register import find_warnings, save_change, save_new
from oauth_provider.conf import provider_settings
from oauth_provider.dot.admin import own_columns
from oauth_provider.dot.names import Row
from oauth_provider.events.actor import person_behind
from oauth_provider.events.event import ClientDeleted
from oauth_provider.events.refusal_ring import last_refusals
from oauth_provider.models import Authorization, ClientPolicy, ClientSecret
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.ending import revoke_authorizations

# In the query of a client's page: those fields, too, that its kind does not have.
EVERY_FIELD = "every_field"


class ApplicationAdmin(
    PolicyColumns,
    LegacyColumns,
    MetadataColumns,
    PresentationColumns,
    UseColumns,
    SecretViews,
    StatusViews,
    TrialViews,
    AccessViews,
):
    """In the place of DOT's. A project's own class can derive from it."""

    names = Names("application", gettext_lazy("client"), gettext_lazy("clients"))
    list_display = ("client", "identifier", "status", "kind", "last_used", "sign_ins", "refused")
    linked: ClassVar[Any] = ("client",)
    sortable_by = ()
    list_select_related = ("oauth_policy",)
    list_filter = (
        StatusFilter,
        "client_type",
        "registration_source",
        ("oauth_members__user", MemberFilter),
    )
    search_fields = ("name", "client_id", "redirect_uris")
    search_help_text = gettext_lazy("Name, client identifier, or part of a redirect URI.")
    ordering = ("-pk",)
    readonly_fields = ("client_id", "registration_source", "created", "updated")
    radio_fields: ClassVar[Any] = {"client_type": admin.HORIZONTAL}
    add_form_template = "admin/oauth_provider/client_add.html"
    change_form_template = "admin/oauth_provider/client_change.html"

    def get_fieldsets(self, request: HttpRequest, obj: Row | None = None) -> Any:
        """Adding asks for what a first client needs; columns of the project's own where they cannot be empty."""
        own = own_columns(self.model)
        if obj is None:
            required = own_columns(self.model, required=True)
            first = ("name", "kind", "redirect_uris", "allowed_origins", "scopes", "every_scope", *required, "draft")
            return ((None, {"fields": first}),)
        return fieldsets_for(obj, own, is_every=EVERY_FIELD in request.GET)

    def get_readonly_fields(self, request: HttpRequest, obj: Row | None = None) -> Any:
        """Return the fields that cannot be changed of a client that there is."""
        return self.readonly_fields if obj is not None else ()

    def get_form(self, request: HttpRequest, obj: Row | None = None, change: bool = False, **kwargs: Any) -> Any:
        """One form to add, another to change. Nothing but what the fieldsets name is ever in one."""
        form = AddClientForm if obj is None else ChangeClientForm
        made = super().get_form(request, obj, change, **{"form": form, **kwargs})
        if obj is not None:
            shown = flatten_fieldsets(self.get_fieldsets(request, obj))
            for name in set(made.base_fields).difference(shown):
                del made.base_fields[name]
        if "skip_authorization" in made.base_fields:
            made.base_fields["skip_authorization"].help_text = _(
                "For clients of your own: people are not asked for consent where the client's identity is assured."
            )
        return made

    def get_inlines(self, request: HttpRequest, obj: Row | None) -> Any:
        """Members belong to a client that there is."""
        return [MemberInline] if obj is not None else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A project's own relations have no end, either."""
        if db_field.name not in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", admin.widgets.ForeignKeyRawIdWidget(db_field.remote_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **{"form_class": KeyField, **kwargs})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each with its policy."""
        rows: QuerySet[Any] = super().get_queryset(request).select_related("oauth_policy")
        return rows

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the class of lists that know how clients are used."""
        return ClientChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, with the ways to what concerns all clients."""
        tools = [{"url": "access/", "text": _("Who can call what")}, {"url": "try/", "text": _("Try a request")}]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A form to add that is sent again leads to the client that it made the first time."""
        if object_id is None and request.method == "POST" and self.has_add_permission(request):
            again = self._made_before(request)
            if again is not None:
                return again
        context = {**(extra_context or {}), "show_save_and_add_another": False}
        context["show_save_and_continue"] = object_id is not None
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except IntegrityError:
            again = self._made_before(request) if object_id is None else None
            if again is None:
                raise
            return again

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """With the secrets, as far as anyone may ever see them again."""
        application = kwargs.get("obj")
        if application is not None:
            places = enumerate(context["adminform"], start=1)
            context["parts"] = [(anchor_of(part.name, place), part) for place, part in places]
            context["shows_every_field"] = EVERY_FIELD in request.GET
            context["status"] = ClientPolicy.of(application).get_status_display()
            context["excuse"] = excuse_of(application)
            context["is_public"] = application.client_type == "public"
            context["verbs"] = self.verbs_for(request, application)
            context["secrets"] = list_secrets(application)
            context["refusals"] = last_refusals(application.client_id)
            context["charts"] = charts_of(application, context["refusals"])
            context["week"] = rows_of(context["charts"])
            context["may_change_secrets"] = self.has_change_permission(request, application)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Row, form: Any, change: bool) -> None:
        """Save client and policy by the one verb, and the columns of the project's own beside them."""
        by = By(Door.ADMIN, session_user(request), provider_settings.CLIENT_ADDRESS(request))
        for fault in find_warnings(form.proposal):
            messages.warning(request, fault.text)
        if not change:
            save_new(form.proposal, by)
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        shown = columns.intersection(flatten_fieldsets(self.get_fieldsets(request, obj))) - set(self.readonly_fields)
        form.save_logo(obj)
        ended = save_change(form.proposal, by, columns=shown - set(OF_APPLICATION.values()))
        if ended:
            self.tell_ended_secrets(request, obj, ended)

    @sensitive_variables()
    def response_add(self, request: HttpRequest, obj: Row, post_url_continue: str | None = None) -> HttpResponse:
        """The answer shows the secret, once. A popup has no room for it: make one on the client's page."""
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        secret = ""
        if obj.client_type == "confidential":
            _row, secret = ClientSecret.objects.create_secret(obj, by=person_behind(request))
        return self.show_once(request, obj, secret, is_new=True)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Deleted:
        """Counted, not listed."""
        return count_deleted(objs, request, self.admin_site)

    def delete_model(self, request: HttpRequest, obj: Row) -> None:
        """Sign-ins end first, some at a time, and whoever listens is told."""
        live, by = Authorization.objects.filter(application=obj, revoked_at=None), person_behind(request)
        while keys := list(live.values_list("pk", flat=True)[:MAX_AT_ONCE]):
            revoke_authorizations(live.filter(pk__in=keys), Authorization.Reason.OPERATOR, by)
        self.record(request, ClientDeleted(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One after the other."""
        for application in queryset:
            self.delete_model(request, application)

    def _made_before(self, request: HttpRequest) -> HttpResponse | None:
        client_id = drafted_client_id(request.POST.get("draft", ""))
        found = self.model._base_manager.filter(client_id=client_id).first() if client_id else None
        if found is None:
            return None
        messages.warning(
            request,
            _("This client was made already, and its secret was shown once. If that got lost, rotate it here."),
        )
        return HttpResponseRedirect(self._change_url(found))
