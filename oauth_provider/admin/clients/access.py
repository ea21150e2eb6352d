"""Page of the matrix *Who can call what*, some clients at a time."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from oauth_provider.admin.clients.access_matrix import MAX_VIEWS, Access
from oauth_provider.admin.lists.autocomplete import AFTER, NULL, is_key
from oauth_provider.admin.lists.bounded import BoundedAdmin
from oauth_provider.admin.lists.cells import name_of
from oauth_provider.admin.lists.search import is_secret

# Clients beside each other.
WIDTH = 8
MAX_CHOICES = 300


class AccessViews(BoundedAdmin):
    """The matrix of clients and what they may call."""

    def get_urls(self) -> list[Any]:
        """Return Django's URLs, preceded by ours."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_access"
        return [path("access/", self.admin_site.admin_view(self.access_view), name=name), *super().get_urls()]

    def access_view(self, request: HttpRequest) -> HttpResponse:
        """Show the scopes that are chosen, and the next few clients that may ask for one of them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = {name: request.GET.get(name, "") for name in ("q", "scope", "view")}
        if NULL in "".join(asked.values()) or is_secret(asked["q"]):
            asked = dict.fromkeys(asked, "")
        access = Access.of_this_server()
        scopes = access.chosen(asked["scope"], asked["view"])
        clients, _is_doubled = self.get_search_results(request, self.get_queryset(request), asked["q"])
        if scopes != access.scopes:
            clients = access.narrow(clients, scopes)
        after = request.GET.get(AFTER, "")
        if after and is_key(self.model, after):
            clients = clients.filter(pk__lt=after)
        found = list(clients.order_by("-pk")[: WIDTH + 1])
        columns = [access.column(application) for application in found[:WIDTH]]
        kept = {name: value for name, value in asked.items() if value}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who can call what"),
            "subtitle": None,
            "opts": self.opts,
            "columns": [(name_of(one.application), self._page_of(one.application), one) for one in columns],
            "width": len(columns) + 2,
            "parts": access.parts(scopes, columns),
            "any_token": access.any_token[:MAX_VIEWS],
            "asked": asked,
            "scopes": access.scopes[:MAX_CHOICES],
            "views": sorted(access.by_view)[:MAX_CHOICES],
            "first_url": f"?{urlencode(kept)}" if after else "",
            "next_url": f"?{urlencode({**kept, AFTER: found[WIDTH - 1].pk})}" if len(found) > WIDTH else "",
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/oauth_provider/client_access.html", context)

    def _page_of(self, application: Any) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[application.pk])
