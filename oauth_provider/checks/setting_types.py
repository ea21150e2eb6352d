"""Types of the settings in ``OAUTH_PROVIDER``: a string instead of a list would be read as its characters."""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from oauth_provider.conf import NAMES, ProviderSettings, provider_settings

# Each of these has a check of its own that says more.
JUDGED_ELSEWHERE = frozenset(
    {
        "AUTHENTICATION_CONTEXT",
        "AUTHORIZATION_DETAILS_TYPES",
        "CLIENT_ADDRESS",
        "CLIENT_CERTIFICATE",
        "DENYLIST",
        "INTERNAL_HOSTS",
        "LEGACY_RESPONSE_TYPES",
        "PREPARE_STATEMENTS",
        "RESOURCES",
        "SIGNER",
        "SIGNING_KEYS",
        "USER_LANGUAGE",
    }
)
# reverse_lazy() is how Django's documentation writes these.
LAZY = frozenset({"SIGN_UP_URL"})
WORDS = {
    bool: "True or False",
    int: "a whole number",
    str: "a text",
    Mapping: "a dictionary",
    list: "a list",
}


def wrong_types() -> dict[str, str]:
    """Return each setting whose value has the wrong type, with a description of the right one."""
    try:
        written = provider_settings.user_settings
    except ImproperlyConfigured:
        return {}
    due = ((name, _type_of(name)) for name in NAMES if name in written and name not in JUDGED_ELSEWHERE)
    return {name: WORDS[kind] for name, kind in due if not _is_a(kind, written[name], name)}


def has_wrong_types() -> bool:
    """Does a setting have the wrong type, so that other checks cannot judge it?"""
    try:
        _ = provider_settings.user_settings, provider_settings.settings_of_dot
    except ImproperlyConfigured:
        return True
    return bool(wrong_types()) or has_wrong_scopes_of_dot()


def has_wrong_scopes_of_dot() -> bool:
    """Are the scopes that the project wrote for django-oauth-toolkit, which are ours too, no dictionary?"""
    try:
        return not isinstance(provider_settings.settings_of_dot.get("SCOPES") or {}, Mapping)
    except ImproperlyConfigured:
        return False


@cache
def _type_of(name: str) -> Any:
    """Return the type that the property is annotated with: one of ``WORDS``."""
    hint = get_type_hints(vars(_home(name))[name].fget)["return"]
    alternatives = [one for one in get_args(hint) if one is not type(None)] if _is_optional(hint) else [hint]
    kind = get_origin(alternatives[0]) or alternatives[0]
    return kind if kind in WORDS else list


@cache
def _home(name: str) -> Any:
    return next(group for group in ProviderSettings.__mro__ if name in vars(group))


def _is_optional(hint: Any) -> bool:
    return type(None) in get_args(hint)


def _is_a(kind: Any, value: Any, name: str) -> bool:
    if value is None:  # as an environment variable that is not there gives it
        return kind is str or _is_optional(get_type_hints(vars(_home(name))[name].fget)["return"])
    if kind is list:
        return isinstance(value, list | tuple | set | frozenset) and all(isinstance(one, str) for one in value)
    if kind is str:
        return isinstance(value, str) or (name in LAZY and isinstance(value, Promise))
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)
