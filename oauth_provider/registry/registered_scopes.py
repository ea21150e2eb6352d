"""Scopes that apps bring along in code (RFC 6749 §3.3), each in a module ``oauth_scopes``, which is found by itself::

    from oauth_provider.registry.registered_scopes import register_scopes

    register_scopes({"notes:read": {"title": "Read your notes", "icon": "read"}})

Those of the setting ``SCOPES`` win, and those of the database over both. This module imports no model, so that it can
be imported from anywhere.
"""

from collections.abc import Mapping
from typing import Any

# The present mapping: another one after each registration, so that it can be known again.
REGISTERED: list[Mapping[str, Any]] = [{}]


def register_scopes(scopes: Mapping[str, Any]) -> None:
    """Add ``scopes``, each with a value as in the setting ``SCOPES``. The last one registered under a name counts."""
    REGISTERED[:] = [{**REGISTERED[0], **scopes}]
