"""Members in the admin: users who may manage a client besides the operators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from oauth_provider.admin.lists.autocomplete import KeyField, can_search
from oauth_provider.models import ClientMember


class MemberInline(admin.TabularInline):  # type: ignore[type-arg]  # it takes none at run time
    """Inline form on the page of a client."""

    model = ClientMember
    fields = ("user", "role")
    extra = 0
    # Where the project's admin cannot search its users, their keys are typed.
    raw_id_fields = ("user",)

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the user field, if the project's admin can search users."""
        remote: Any = ClientMember._meta.get_field("user").remote_field
        return ("user",) if can_search(self.admin_site, request, remote.model) else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return a field that refuses impossible keys."""
        return super().formfield_for_foreignkey(db_field, request, **{"form_class": KeyField, **kwargs})
