"""Read-only admin of rows that the endpoints write: an operator views and ends them, but types and deletes none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.models import CHANGE
from django.contrib.admin.utils import quote, unquote
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.cells import name_of, scope_of, with_detail
from oauth_provider.admin.lists.log import log
from oauth_provider.admin.lists.search import is_searchable, meant_by
from oauth_provider.events.actor import Actor, person_behind
from oauth_provider.models.row_title import row_title
from oauth_provider.resource_server.users.session_user import active_session_user

# What one confirmation may end, and how much of it is named on the page.
MAX_AT_ONCE = 1000
MAX_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Way to end rows of one kind. ``act`` ends those of a queryset in an operator's name, and returns their number."""

    name: str
    verb: Promise
    consequence: Promise
    done: Promise
    act: Callable[[QuerySet[Any], Actor], int]
    flag: int = CHANGE


class ReadOnlyAdmin(BoundedAdmin):
    """Base class for lists and pages of rows. Its ``ending`` is an action, and a button on the page of a row."""

    ending: Ending
    change_form_template = "admin/oauth_provider/read_only.html"
    # The columns of the user and of the client that rows are searched by; "" for none.
    owner_columns = ("user", "application")
    # Rows stand in the order of their keys, that of their making. Any other would have to be made of all of them.
    sortable_by: ClassVar[Any] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: the endpoints make the rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: rows cannot be edited."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """May this person view rows? Yes for a person who may end them, as in the rest of the admin."""
        return super().has_view_permission(request, obj) or self.has_end_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """May rows be deleted? Not on these pages, but together with their user or client, by the usual permission."""
        match = request.resolver_match
        is_here = match is None or getattr(match.func, "model_admin", None) is self
        return not is_here and super().has_delete_permission(request, obj)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Does this person have the permission to change rows, which is the one to end them?"""
        codename = get_permission_codename("change", self.opts)
        user = active_session_user(request)
        return user is not None and bool(user.has_perm(f"{self.opts.app_label}.{codename}"))

    def get_urls(self) -> list[Any]:
        """Return Django's URLs, preceded by that of the page that confirms an ending."""
        route = path(f"<path:object_id>/{self.ending.name}/", self.admin_site.admin_view(self.end_view))
        route.name = self._url_name(self.ending.name)
        return [route, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Render the page, with the button for persons who may end rows."""
        row = kwargs.get("obj")
        may_end = row is not None and self.has_end_permission(request) and not self.is_over(row)
        context["ending"] = self.ending if may_end else None
        context["ending_url"] = f"../{self.ending.name}/"
        context["subtitle"] = self.title_of(row) if row is not None else None
        return super().render_change_form(request, context, *args, **kwargs)

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask on GET, end one row on POST."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        row = self.get_object(request, unquote(object_id))
        if row is None:
            gone: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined] # not in the stubs
            return gone
        if request.method == "POST":
            self._end(request, [row])
            if self.get_object(request, unquote(object_id)) is None:
                return HttpResponseRedirect(self._url("changelist"))
            return HttpResponseRedirect(self._url("change", row))
        return self._ask(request, [row], 1, back_to=self._url("change", row))

    def end_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for confirmation of an action, and end the selected rows once ``post`` is sent."""
        total = queryset.order_by()[: MAX_AT_ONCE + 1].count()
        if total > MAX_AT_ONCE:
            text = _("These are too many at once; select at most %(limit)d.") % {"limit": MAX_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        if request.POST.get("post"):
            self._end(request, list(queryset))
            return None
        is_across = request.POST.get("select_across") == "1"
        chosen = [] if is_across else list(queryset.values_list("pk", flat=True))
        rows = list(queryset[:MAX_NAMED])
        return self._ask(request, rows, total, back_to=request.get_full_path(), chosen=chosen, is_across=is_across)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Return the rows of the users and clients that the term means."""
        if not search_term.strip():
            return queryset, False
        if not is_searchable(search_term):
            return queryset.none(), False
        users, clients = self.owner_columns
        return queryset.filter(meant_by(search_term).rows(users=users, clients=clients)), False

    @admin.display(description=gettext_lazy("user"))
    def person(self, row: Any) -> str:
        """Return the user's name, shortened."""
        return name_of(row.user)

    @admin.display(description=gettext_lazy("client"))
    def client(self, row: Any) -> str:
        """Return the client's name, shortened, and the first of the row's scopes; the page of the row has all of it."""
        return with_detail(name_of(row.application), scope_of(self.scopes_of(row)))

    @admin.display(description=gettext_lazy("client"))
    def its_client(self, row: Any) -> str:
        """Return a link to the client."""
        if row.application is None:
            return "-"
        options = row.application._meta
        try:
            name = f"{self.admin_site.name}:{options.app_label}_{options.model_name}_change"
            return format_html('<a href="{}">{}</a>', reverse(name, args=[quote(row.application.pk)]), row.application)
        except NoReverseMatch:  # the project shows no clients here
            return str(row.application)

    @admin.display(description=gettext_lazy("created"), ordering="pk")
    def begun(self, row: Any) -> Any:
        """Return when the row was made: as sortable as its key."""
        return row.created_at

    def scopes_of(self, row: Any) -> list[str]:
        """Return the scopes that a list shows below the client."""
        return str(getattr(row, "scope", "")).split()

    def is_over(self, row: Any) -> bool:
        """Has the row ended already, so that no button is to end it?"""
        return False

    def title_of(self, row: Any) -> str:
        """Return the title of the page of a row."""
        return row_title(row.application, row.user)

    def _end(self, request: HttpRequest, rows: list[Any]) -> None:
        keys = [row.pk for row in rows]
        count = self.ending.act(self.model._default_manager.filter(pk__in=keys), person_behind(request))
        log(request, rows, str(self.ending.done), flag=self.ending.flag)
        self.message_user(request, f"{self.ending.done}: {count}", messages.SUCCESS)

    def _ask(
        self,
        request: HttpRequest,
        rows: list[Any],
        total: int,
        *,
        back_to: str,
        chosen: list[Any] | None = None,
        is_across: bool = False,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": self.ending.verb,
            "subtitle": None,
            "opts": self.opts,
            "ending": self.ending,
            "rows": [self.describe(row) for row in rows],
            "more": total - len(rows),
            "back_to": back_to,
            "is_action": chosen is not None,
            "chosen": chosen,
            "is_across": is_across,
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/oauth_provider/end.html", context)

    def describe(self, row: Any) -> str:
        """Return one line about a row, for the page that asks."""
        return str(row)

    def _url_name(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def _url(self, view: str, row: Model | None = None) -> str:
        arguments = [quote(row.pk)] if row is not None else []
        return reverse(f"{self.admin_site.name}:{self._url_name(view)}", args=arguments)
