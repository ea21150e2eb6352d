"""DOT's own admin classes: which of them are registered, so that a project's own are left alone."""

import sys
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Model

from oauth_provider.dot.names import Row, access_token_model, application_model, refresh_token_model

MODULE = "oauth2_provider.admin"
# DOT's admin registers its models when it is imported, this name just before.
COMPLETE = "refresh_token_admin_class"


def is_registering() -> bool:
    """Is DOT's admin being imported at this moment? A project's subclass of it may import ours."""
    return MODULE in sys.modules and not hasattr(sys.modules[MODULE], COMPLETE)


def is_loaded() -> bool:
    """Has DOT's admin been imported? It has not in a project that registers models by itself."""
    return MODULE in sys.modules and not is_registering()


def stock_models(site: AdminSite) -> dict[str, type[Row]]:
    """Return the models that ``site`` shows by DOT's stock classes, by the name of the class.

    DOT's admin is imported first: if ours were registered before, its own registration would fail.
    """
    from oauth2_provider import admin as dot
    from oauth2_provider.models import get_grant_model, get_id_token_model

    stock: dict[type[Model], type[Any]] = {
        application_model(): dot.ApplicationAdmin,
        access_token_model(): dot.AccessTokenAdmin,
        refresh_token_model(): dot.RefreshTokenAdmin,
        get_grant_model(): dot.GrantAdmin,
        get_id_token_model(): dot.IDTokenAdmin,
    }
    registered = {model: type(site.get_model_admin(model)) for model in stock if site.is_registered(model)}
    return {cls.__name__: model for model, cls in stock.items() if registered.get(model) is cls}


def own_columns(model: type[Model], *, required: bool = False) -> list[str]:
    """Return the names of the columns that a project's own Application has beyond DOT's and that forms show.

    ``required`` keeps only those that a new row must have.
    """
    from oauth2_provider.models import AbstractApplication

    known = {field.name for field in AbstractApplication._meta.get_fields()}
    own = [field for field in model._meta.fields if field.name not in known and field.editable]
    return [
        field.name for field in own if not field.primary_key and not (required and (field.blank or field.has_default()))
    ]
