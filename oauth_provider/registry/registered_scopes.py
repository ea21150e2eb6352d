"""Scopes that apps bring along in code (RFC 6749 §3.3), each in a module ``oauth_scopes``, which is found by itself::

    from oauth_provider.registry.registered_scopes import register_scopes

    register_scopes({"notes:read": {"title": "Read your notes", "icon": "read"}})

Those of the setting ``SCOPES`` win, and those of the database over both. This module imports no model, so that it can
be imported from anywhere.
"""

from collections.abc import Mapping
from typing import Any

_registered: dict[str, Any] = {}


def register_scopes(scopes: Mapping[str, Any]) -> None:
    """Add ``scopes``, each with a value as in the setting ``SCOPES``. The last one registered under a name counts."""
    _registered.update(scopes)


def registered_scopes() -> Mapping[str, Any]:
    """Return the scopes that were registered."""
    return _registered
