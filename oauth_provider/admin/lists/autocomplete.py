"""Choice of one among many: Django's autocomplete as a field and as a filter, so that no list is too long."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.admin.utils import get_last_value_from_parameters
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.functional import cached_property

NULL = "\x00"
# Parameters of the query string: the page begins behind this row, or ends before it; at the very end where it is empty.
AFTER, BEFORE = "_after", "_before"
# A filter that is set anew begins with the first page.
PAGES = (AFTER, BEFORE, "p", "e")


def is_key(model: type[Model], value: Any) -> bool:
    """Can a row of ``model`` have this key? Some databases fail when asked for a key that their column cannot hold."""
    if NULL in str(value):
        return False
    try:
        model._meta.pk.clean(value, None)
    except ValidationError:
        return False
    return True


class KeyField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    """Field for one of many rows by key. An impossible key is refused, and not rendered again: widgets look keys up."""

    def to_python(self, value: Any) -> Any:
        """Return the row of the key. Raise ``ValidationError`` for an impossible key."""
        if value in self.empty_values or isinstance(value, Model) or self._is_key(value):
            return super().to_python(value)
        raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")

    def prepare_value(self, value: Any) -> Any:
        """Return the key for the widget, or None for an impossible one."""
        key = super().prepare_value(value)
        return key if key is None or self._is_key(key) else None

    def _is_key(self, value: Any) -> bool:
        rows: Any = self.queryset
        return is_key(rows.model, value)


def can_search(site: AdminSite, request: HttpRequest, model: type[Model]) -> bool:
    """Would the autocomplete view answer this person about ``model``?"""
    if not site.is_registered(model):
        return False
    model_admin = site.get_model_admin(model)
    return bool(model_admin.get_search_fields(request)) and model_admin.has_view_permission(request)


def user_names() -> tuple[str, ...]:
    """Return the columns by which users are searched: the login name, and the email address if there is one."""
    model = get_user_model()
    names = dict.fromkeys((model.USERNAME_FIELD, getattr(model, "EMAIL_FIELD", "")))
    known = {field.name for field in model._meta.fields}
    return tuple(name for name in names if name in known)


def user_search_fields(prefix: str) -> tuple[str, ...]:
    """Return the columns in ``user_names``, as a related table's."""
    return tuple(f"{prefix}__{name}" for name in user_names())


class AutocompleteFilter(admin.FieldListFilter):
    """Filter by a related object that is searched for, not listed. Use: ``("user", AutocompleteFilter)``."""

    template = "admin/oauth_provider/autocomplete_filter.html"

    def __init__(  # noqa: PLR0917 - Django calls it so
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.parameter = f"{field_path}__exact"
        self.site: AdminSite = model_admin.admin_site
        super().__init__(field, request, params, model, model_admin, field_path)
        self.remote: type[Model] = field.remote_field.model
        shown = self.site.get_model_admin(self.remote) if self.site.is_registered(self.remote) else self.remote
        self.title = getattr(shown, "opts", self.remote._meta).verbose_name

    def expected_parameters(self) -> list[str | None]:
        """Return the one parameter of the query string."""
        return [self.parameter]

    def has_output(self) -> bool:
        """May this person search the related objects?"""
        return can_search(self.site, self.request, self.remote)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the rows of the chosen object; none where there is no such object."""
        if not self.used_parameters:
            return queryset
        return queryset.none() if self.chosen is None else queryset.filter(**{self.field_path: self.chosen})

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield one choice: a form with the widget, and all other parameters of the query string."""
        kept = {name: value for name, value in self.request.GET.items() if name not in (self.parameter, *PAGES)}
        yield {
            "widget": self._form()[self.parameter],
            "kept": kept.items(),
            "selected": bool(self.used_parameters),
            "query_string": changelist.get_query_string(remove=[self.parameter]),
        }

    @cached_property
    def chosen(self) -> Any:
        """Return the object in the query string, or None: the key may be any text, or not be there."""
        if not self.used_parameters:
            return None
        used: dict[str, Any] = self.used_parameters
        value = get_last_value_from_parameters(used, self.parameter)
        return self.remote._default_manager.filter(pk=value).first() if is_key(self.remote, value) else None

    def _form(self) -> forms.Form:
        field: Field[Any, Any] = self.field
        widget = AutocompleteSelect(field, self.site, attrs={"aria-label": str(self.title)})
        choice = forms.ModelChoiceField(
            self.remote._default_manager.all(), required=False, widget=widget, label=self.title
        )
        form = forms.Form(initial={self.parameter: self.chosen and self.chosen.pk}, auto_id="filter_%s")
        form.fields[self.parameter] = choice
        return form
