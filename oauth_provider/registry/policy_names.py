"""Names in a client's policy (RFC 7591 §2): grant types, response types and scopes, each of which there must be."""

from collections.abc import Collection, Mapping
from typing import Any

from oauth_provider.models.validation import name_known
from oauth_provider.protocol.response_type import CODE, IMPLICIT_GRANT, LEGACY
from oauth_provider.registry.grant import grant_types
from oauth_provider.registry.scope import all_scopes


def known_names() -> Mapping[str, Collection[str]]:
    """Return the names that there are, by the column of a policy. Raises ``ImproperlyConfigured``.

    Response types that are not turned on are known: they wait for that.
    """
    return {
        "grant_types": (*grant_types(), IMPLICIT_GRANT),
        "response_types": (CODE, *LEGACY),
        "scopes": tuple(all_scopes()),
    }


def unknown_names(value: Any, known: Collection[str]) -> list[Any]:
    """Return the names in a column's ``value`` that are not ``known``; what is no list is no name."""
    if value is None:
        return []
    return [name for name in value if name not in known] if isinstance(value, list) else [value]


def connect() -> None:
    """Let the models, which know nothing of settings and tables, refuse names that there are not."""
    name_known(known_names)
