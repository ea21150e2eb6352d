"""Checks of ``AUTHORIZATION_DETAILS_TYPES`` (RFC 9396 §2.1 and §5): each type can be made, validated and shown."""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.forms import FileField
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.protocol.authorization_details import AuthorizationDetailsType, is_name
from oauth_provider.protocol.json_schema import SchemaError, is_available
from oauth_provider.registry.authorization_details import form_of, registered, schema_of

OPTIONS = ", ".join(AuthorizationDetailsType.OPTIONS)


@register()
def check_types(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E082: a type cannot be made. W080: it has no name for people. E083: its template cannot be used."""
    given = provider_settings.AUTHORIZATION_DETAILS_TYPES
    if not isinstance(given, Mapping):
        return [_unusable("It is no dictionary.")]
    return [message for name in given for message in _faults(name)]


@register()
def check_forms(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E084: the form in which people choose cannot be used, or there is none for what they are to choose."""
    given = provider_settings.AUTHORIZATION_DETAILS_TYPES
    names = given if isinstance(given, Mapping) else ()
    return [
        Error(
            f"The form of the authorization details type {name!r} cannot be used: {why}.",
            hint="Name a Django form that takes user and detail beside what every form takes, and uploads no files.",
            id="oauth_provider.E084",
        )
        for name in names
        if not _why_not(name)
        for why in _form_faults(name)
    ]


@register()
def check_schemas(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E080: jsonschema is not installed. E081: the schema of a type cannot be used."""
    given = provider_settings.AUTHORIZATION_DETAILS_TYPES
    if not isinstance(given, Mapping) or not given:
        return []
    if not is_available():
        return [
            Error(
                'OAUTH_PROVIDER["AUTHORIZATION_DETAILS_TYPES"] needs jsonschema, which is not installed.',
                hint='Install it: pip install "django-oauth-authority[rar]".',
                id="oauth_provider.E080",
            )
        ]
    return [message for name in given if not _why_not(name) for message in _schema_faults(name)]


def _faults(name: Any) -> Iterator[CheckMessage]:
    why = _why_not(name)
    if why:
        yield _unusable(f"{name!r}: {why}.")
        return
    made = registered(name)
    if not made.name:
        yield Warning(
            f"The authorization details type {name!r} has no name that people could read.",
            hint="Give it a name: it stands above the details on the consent page.",
            id="oauth_provider.W080",
        )
    try:
        if made.template:
            get_template(made.template)
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        yield Error(
            f"The template {made.template!r} of the authorization details type {name!r} cannot be used: {error}",
            hint="Name a template that your project has, or none: the members are then listed.",
            id="oauth_provider.E083",
        )


def _schema_faults(name: str) -> Iterator[CheckMessage]:
    try:
        schema_of(name)
    except SchemaError as error:
        yield Error(
            f"The schema of the authorization details type {name!r} cannot be used: {error}",
            hint="Write JSON Schema of the draft 2020-12 that refers to nothing outside itself.",
            id="oauth_provider.E081",
        )


def _form_faults(name: str) -> Iterator[str]:
    try:
        form = form_of(name)
    except (ImportError, TypeError) as error:
        yield str(error)
        return
    if form is None:
        if registered(name).chosen:
            yield "members are to be chosen, and there is no form"
        return
    try:
        inspect.signature(form).bind(None, prefix="", user=None, detail={})
    except TypeError as error:
        yield f"it takes no user and detail ({error})"
    if any(isinstance(field, FileField) for field in getattr(form, "base_fields", {}).values()):
        yield "it uploads files"


def _why_not(name: Any) -> str:
    """Return why the type ``name`` cannot be made; "" if it can."""
    if not isinstance(name, str) or not is_name(name):
        return "a type is named in printable ASCII without spaces, quotes or backslashes"
    try:
        made = registered(name)
    except (ImportError, TypeError, ValueError) as error:
        return str(error)
    for option in ("narrowable", "chosen"):
        members = getattr(made, option)
        if isinstance(members, str) or not all(isinstance(member, str) for member in members):
            return f"{option} is no list of members"
    return "" if isinstance(made.template, str) else "template is no name of one"


def _unusable(what: str) -> CheckMessage:
    return Error(
        f'OAUTH_PROVIDER["AUTHORIZATION_DETAILS_TYPES"] cannot be used. {what}',
        hint=f"Give each type a dictionary ({OPTIONS}), or the dotted path of an AuthorizationDetailsType.",
        id="oauth_provider.E082",
    )
