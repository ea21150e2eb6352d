"""Clients as JSON, for files that an operator keeps (RFC 7591 §2): all that is registered of one, and no secret.

The names are those of ``Metadata``. What is left out has the default of the client's kind, so that a file says the same
each time it is read.
"""

import types
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.utils.translation import gettext as _

from oauth_provider.clients.lookup import find_client, is_client_id
from oauth_provider.clients.registration.kinds import KINDS
from oauth_provider.clients.registration.metadata import MEMBERS, Metadata
from oauth_provider.clients.registration.proposal import Fault, MetadataRefused
from oauth_provider.models.client import Client
from oauth_provider.protocol.strict_json import is_storable

CLIENT_ID = "client_id"
# Our own copy of a picture is no text.
PORTABLE = tuple(name for name in MEMBERS if name != "logo")
ALWAYS = ("client_name", "status", "kind", "redirect_uris")
_HINTS = get_type_hints(Metadata)


def to_json(client: Client) -> dict[str, Any]:
    """Return ``client`` as an object of JSON: its identifier, its kind, and what is not as its kind has it."""
    metadata = Metadata.of(client)
    kind = KINDS.get(metadata.kind)
    usual = Metadata() if kind is None else Metadata.of_kind(kind, redirect_uris=metadata.redirect_uris)
    written: dict[str, Any] = {CLIENT_ID: client.client_id}
    for name in PORTABLE:
        value = getattr(metadata, name)
        if name in ALWAYS or value != getattr(usual, name):
            written[name] = _to_json(value)
    return written


def from_json(given: Any) -> tuple[str, Metadata]:
    """Return the identifier, empty where there is none, and the metadata in an object of JSON.

    A client that there is keeps its logo, its status where none is given, and a suspension in any case: that ends by
    somebody's act. Raises ``MetadataRefused`` for unknown members, and for values that a member does not have.
    """
    if not isinstance(given, dict):
        raise MetadataRefused((Fault("", _("Each client is an object of JSON.")),))
    faults = [Fault(name, _why_not(name, value)) for name, value in given.items() if _why_not(name, value)]
    if faults:
        raise MetadataRefused(tuple(faults))
    client_id = given.get(CLIENT_ID, "")
    found = find_client(client_id) if client_id else None
    members: dict[str, Any] = {name: _from_json(name, value) for name, value in given.items() if name != CLIENT_ID}
    kind = KINDS.get(members.pop("kind", ""))
    metadata = Metadata(**members) if kind is None else Metadata.of_kind(kind, **members)
    if "allowed_origins" in members:
        metadata = replace(metadata, allowed_origins=members["allowed_origins"])
    if found is None:
        return client_id, metadata
    before = Metadata.of(found)
    keeps_status = "status" not in members or found.policy.is_suspended
    kept: dict[str, Any] = {"logo": before.logo} | ({"status": before.status} if keeps_status else {})
    return client_id, replace(metadata, **kept)


def _why_not(name: str, value: Any) -> str:
    if name == CLIENT_ID:
        return "" if isinstance(value, str) and is_client_id(value) else _("This can be nobody's identifier.")
    if name not in PORTABLE:
        return _("There is no such member.")
    if name == "kind" and value not in (*KINDS, ""):
        return _("There are %(kinds)s.") % {"kinds": ", ".join(KINDS)}
    if not is_storable(value):
        return _("This holds characters that nothing can store.")
    return "" if any(_is_a(kind, value) for kind in _alternatives(name)) else _("This is of the wrong type.")


def _alternatives(name: str) -> tuple[Any, ...]:
    """Return the types that a member may have; ``list`` is one of texts."""
    hint = _HINTS[name]
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return tuple(get_origin(part) or part for part in parts)


def _is_a(kind: Any, value: Any) -> bool:
    if kind is tuple:
        is_list = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return is_list or isinstance(value, str)
    if kind is date:
        return isinstance(value, str) and _date(value) is not None
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, dict if kind is Mapping or getattr(kind, "__name__", "") == "Mapping" else kind)


def _from_json(name: str, value: Any) -> Any:
    kinds = _alternatives(name)
    if value is not None and tuple in kinds:
        return tuple(value.split() if isinstance(value, str) else value)
    return _date(value) if date in kinds and isinstance(value, str) else value


def _to_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
