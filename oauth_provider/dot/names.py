"""Names of django-oauth-toolkit (DOT): its configured models. Nothing of DOT is imported."""

import re
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

APPLICATION: str = getattr(settings, "OAUTH2_PROVIDER_APPLICATION_MODEL", "oauth2_provider.Application")
ACCESS_TOKEN: str = getattr(settings, "OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL", "oauth2_provider.AccessToken")
REFRESH_TOKEN: str = getattr(settings, "OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL", "oauth2_provider.RefreshToken")

# Tables of DOT that name people, but for its clients. Not all of them are written here.
OF_PEOPLE = ("AccessToken", "RefreshToken", "Grant", "IDToken", "DeviceGrant")

# What adopting a refresh token decides by (``DECIDING`` of our own models); the rest of its row is never changed.
DECIDING_REFRESH_TOKEN = ("application", "user", "token_checksum", "access_token", "revoked", "resource", "created")
# The same of the access token beside it, which says its scope.
DECIDING_ACCESS_TOKEN = ("scope",)

# Models of DOT may be swapped, so their type is known only to the project: rows of them are ``Any`` here.
Row = Any

# Which model is configured is settled once all are loaded. Until then it raises, and nothing is kept.


@cache
def application_model() -> type[Row]:
    """Return the configured Application model: the client registry."""
    return apps.get_model(APPLICATION)


@cache
def access_token_model() -> type[Row]:
    """Return the configured AccessToken model: the token table."""
    return apps.get_model(ACCESS_TOKEN)


@cache
def refresh_token_model() -> type[Row]:
    """Return the configured RefreshToken model: read once for each token that DOT issued."""
    return apps.get_model(REFRESH_TOKEN)


def models_of_people() -> list[type[Row]]:
    """Return the configured models of DOT, beside that of its clients, whose rows name a user."""
    names = {one: re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=D)(?=T)", "_", one).upper() for one in OF_PEOPLE}
    configured = [
        getattr(settings, f"OAUTH2_PROVIDER_{name}_MODEL", f"oauth2_provider.{one}") for one, name in names.items()
    ]
    return [apps.get_model(one) for one in configured]


def concrete_names(model: type[Model]) -> tuple[str, ...]:
    """Return the attribute names of every column of ``model``, in order, as ``Model.from_db`` takes them."""
    return _names(model._meta)


@cache
def _names(options: Any) -> tuple[str, ...]:
    return tuple(field.attname for field in options.concrete_fields)
