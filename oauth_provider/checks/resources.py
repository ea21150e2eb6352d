"""Check of ``RESOURCES`` (RFC 8707 §2): identifiers are URIs, and their scopes exist."""

from collections.abc import Mapping
from typing import Any

from django.core.checks import CheckMessage, Error

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.models.lifetimes import LONGEST
from oauth_provider.protocol.access_token import FORMATS
from oauth_provider.protocol.resource_indicator import is_resource
from oauth_provider.registry.scope import configured_scopes

LIFETIMES = ("access_token_lifetime", "authorization_idle_lifetime", "authorization_lifetime")
KEYS = frozenset({"name", "scopes", "access_token_format", *LIFETIMES})


@register()
def check_resources(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E052: a resource is misspelt, and would be unknown to every client."""
    given = provider_settings.RESOURCES
    if not isinstance(given, Mapping):
        return [_problem("It is no dictionary.")]
    return [_problem(f"{uri!r}: {why}.") for uri, facts in given.items() if (why := _why_not(uri, facts))]


def _why_not(uri: Any, facts: Any) -> str:
    if not isinstance(uri, str) or not is_resource(uri):
        return "no absolute URI without a fragment"
    if not isinstance(facts, Mapping):
        return ""
    if not facts.keys() <= KEYS:
        return f"unknown: {', '.join(sorted(str(key) for key in facts.keys() - KEYS))}"
    unknown = [scope for scope in facts.get("scopes", ()) if scope not in configured_scopes()]
    if unknown:
        return f"not among the scopes: {', '.join(map(str, unknown))}"
    if facts.get("access_token_format", "") not in ("", *FORMATS):
        return f"access_token_format is none of {', '.join(FORMATS)}"
    wrong = [name for name in LIFETIMES if facts.get(name) is not None and not _is_seconds(facts[name])]
    return f"{wrong[0]} is no whole number of seconds" if wrong else ""


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LONGEST


def _problem(what: str) -> CheckMessage:
    return Error(
        f'OAUTH_PROVIDER["RESOURCES"] cannot be used. {what}',
        hint="Give each identifier a name, or a dictionary: name, scopes, access_token_format, lifetimes in seconds.",
        id="oauth_provider.E052",
    )
