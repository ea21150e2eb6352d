"""The registry of authorization details types (RFC 9396 §2.1): what may be asked for in full, and by whom."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.forms import BaseForm
from django.utils.module_loading import import_string
from django.utils.translation import override

from oauth_provider.conf import provider_settings
from oauth_provider.models.client import Client
from oauth_provider.protocol.authorization_details import (
    PARAMETER,
    AuthorizationDetailsType,
    Detail,
    canonical,
    parse_details,
)
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidAuthorizationDetails, ServerError
from oauth_provider.protocol.json_schema import Schema, SchemaError, SchemaMismatch
from oauth_provider.protocol.reason import Reason


def all_types() -> Mapping[str, AuthorizationDetailsType]:
    """Every type there is, by its identifier, in the order of the settings."""
    return {name: registered(name) for name in provider_settings.AUTHORIZATION_DETAILS_TYPES}


class Given:
    """A value of a setting, told apart by identity: tenants may give the same name to types that differ."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def registered(name: str) -> AuthorizationDetailsType:
    """The type ``name``, made once. Raises ``ImportError`` and ``TypeError`` for a registration that cannot be used."""
    return _made(name, Given(provider_settings.AUTHORIZATION_DETAILS_TYPES[name]))


@lru_cache(maxsize=256)
def _made(name: str, registration: Given) -> AuthorizationDetailsType:
    given = registration.value
    if isinstance(given, Mapping):
        return AuthorizationDetailsType(name, **given)
    named = import_string(given) if isinstance(given, str) else None
    if not (isinstance(named, type) and issubclass(named, AuthorizationDetailsType)):
        raise TypeError(f"{given!r} is no AuthorizationDetailsType")
    return named(name)


def schema_of(name: str) -> Schema:
    """The schema of the type ``name``, made once. Raises ``ImportError`` and ``SchemaError``."""
    return _schema(name, Given(registered(name)))


@lru_cache(maxsize=256)
def _schema(name: str, made: Given) -> Schema:
    given = made.value.schema
    if not isinstance(given, Mapping) or not isinstance(given.get("properties", {}), Mapping):
        raise SchemaError("it is no object")
    # Every element has a type (§2), whether or not its schema mentions it.
    properties = {"type": {"const": name}, **given.get("properties", {})}
    return Schema({"type": "object", **given, "properties": properties})


def requested_details(text: str, client: Client, *, by_person: bool = True) -> tuple[dict[str, Any], ...]:
    """Return the details that a request with this parameter asks for; without ``by_person`` a client asks for itself.

    Raises ``InvalidAuthorizationDetails`` for what is malformed, unknown, not as its type has it, or not for this
    client (RFC 9396 §5).
    """
    details = parse_details(text)
    for place, detail in enumerate(details):
        _check_type(detail, client, by_person)
        _check_members(detail, f"{PARAMETER}[{place}]", client, by_person)
    return details


def form_of(name: str) -> type[BaseForm] | None:
    """Return the form in which people choose, None where there is none. Raises ``ImportError`` and ``TypeError``."""
    given = registered(name).form
    form = import_string(given) if isinstance(given, str) else given
    if form is not None and not (isinstance(form, type) and issubclass(form, BaseForm)):
        raise TypeError(f"{given!r} is no form")
    return form


def leaves_choice(detail: Detail) -> bool:
    """Does ``detail`` leave something open that a person chooses in the form of its type?"""
    known = registered(detail["type"])
    return known.form is not None and known.leaves_open(detail)


def check_choice(asked: Detail, picked: Detail, client: Client) -> None:
    """Raise ``ValueError`` where ``picked`` is not as its type has it, or more than ``asked`` (RFC 9396 §5)."""
    known = registered(asked["type"])
    schema_of(known.type).check(picked)
    known.check(picked, client.client_id)
    if not known.is_choice_of(asked, picked):
        raise ValueError("it is no choice of what was asked for")


def is_allowed(name: str, client: Client) -> bool:
    """May this client ask for details of the type ``name``?"""
    return name in provider_settings.AUTHORIZATION_DETAILS_TYPES and name in client.policy.authorization_details_types


def are_remembered(details: Iterable[Detail]) -> bool:
    """May all of them be granted again without asking, once they were agreed to?"""
    return all(registered(detail["type"]).remember for detail in details)


def digests_of_details(details: Iterable[Detail]) -> dict[str, str]:
    """The digest of each element with that of its type's name in the project's own language: for a consent."""
    with override(settings.LANGUAGE_CODE):
        return {digest(canonical(one)): digest(str(registered(one["type"]).name)) for one in details}


def _check_type(detail: Detail, client: Client, by_person: bool) -> None:
    name = detail["type"]
    if not is_allowed(name, client) or not (by_person or not registered(name).needs_person):
        raise InvalidAuthorizationDetails(Reason.DETAILS_TYPE_NOT_ALLOWED, detail=f"type {name[:64]!r}")


def _check_members(detail: Detail, place: str, client: Client, by_person: bool) -> None:
    """Refuse what is not as its type has it, and what a person would have to choose where a client asks for itself."""
    name = detail["type"]
    try:
        schema_of(name).check(detail)
        registered(name).check(detail, client.client_id)
        is_open = not by_person and leaves_choice(detail)
    except (ImportError, SchemaError) as error:
        raise ServerError(Reason.DETAILS_TYPE_BROKEN, name=name, detail=str(error)) from error
    except ValueError as error:
        where = f"{place}{error.path.removeprefix('$')}" if isinstance(error, SchemaMismatch) else place
        raise InvalidAuthorizationDetails(Reason.DETAILS_MISFIT, place=where, detail=str(error)) from None
    if is_open:
        raise InvalidAuthorizationDetails(Reason.DETAILS_TYPE_NOT_ALLOWED, detail=f"nobody chooses in {place}")


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "OAUTH_PROVIDER":
        _made.cache_clear()
        _schema.cache_clear()


setting_changed.connect(_forget)
