"""Authorization details (RFC 9396 §2): JSON objects that say in full what a token is for, each of a registered type.

Elements are compared by their meaning as JSON and nothing else (§12): members in any order, ``1`` equals ``1.0``, and
``1`` never equals ``true``.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from oauth_provider.protocol.errors import InvalidAuthorizationDetails
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.resource_indicator import covers, is_same
from oauth_provider.protocol.shown_text import is_shown_as_stored
from oauth_provider.protocol.strict_json import is_storable, parse_array

PARAMETER = "authorization_details"
MAX_LENGTH = 12_288
MAX_DEPTH = 8
MAX_DETAILS = 20
# Members and items of all of them: what a schema asks of each may be as much as of all (``unevaluatedProperties``).
MAX_ELEMENTS = 1_000
# Locations of all of them: each is compared with every resource.
MAX_LOCATIONS = 100
# The numbers that every reader of JSON agrees on (RFC 7493 §2.2).
MAX_NUMBER = 2**53 - 1
NAME = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,200}")

Detail = Mapping[str, Any]


class AuthorizationDetailsType:
    """One registered type (RFC 9396 §2.1): what its elements look like, and how people are shown them.

    A project subclasses it where a schema is not enough, and names the class in ``AUTHORIZATION_DETAILS_TYPES``;
    otherwise a dictionary of these attributes is the type. This module imports no model.
    """

    #: What people read above each element.
    name: Any = ""
    #: JSON Schema (2020-12) of an element. What it does not name is refused, at every depth (§5).
    schema: Mapping[str, Any] = {}
    #: The template of an element on the consent page, given ``detail``. None named: its members are listed.
    template: str = ""
    #: Members that are lists of which a token request may ask for a part. All else must be as it was granted (§6.1).
    narrowable: Collection[str] = ()
    #: Whether an element that somebody agreed to once is granted again without asking.
    remember: bool = False
    #: Whether it takes a person to grant it, so that no client gets it for itself alone.
    needs_person: bool = True
    #: A Django form, or its dotted path, in which the person chooses what a request leaves open. It is made with
    #: ``user`` and ``detail``.
    form: Any = None
    #: Members that the form decides. A request may leave them out, and what is granted has all of them.
    chosen: Collection[str] = ()
    #: Whether ``is_still_theirs`` is asked at every call of an API in this project, not only at introspection and
    #: refresh.
    check_every_call: bool = False

    OPTIONS = (
        "name",
        "schema",
        "template",
        "narrowable",
        "remember",
        "needs_person",
        "form",
        "chosen",
        "check_every_call",
    )

    def __init__(self, type: str, **options: Any) -> None:
        self.type = type
        for option, value in options.items():
            if option not in self.OPTIONS:
                raise TypeError(f"an authorization details type has no {option!r}")
            setattr(self, option, value)

    def check(self, detail: Detail, client_id: str) -> None:
        """Raise ``ValueError`` for a fault that the schema cannot find. Its text goes to the log."""

    def leaves_open(self, detail: Detail) -> bool:
        """Does ``detail`` leave the person something to choose in the form? It lacks one of ``chosen``, or there are
        none."""
        return not self.chosen or not set(self.chosen) <= detail.keys()

    def choose(self, detail: Detail, values: Mapping[str, Any]) -> Detail:
        """Return ``detail`` as the person made it, by the cleaned ``values`` of the form."""
        return {**detail, **values}

    def is_choice_of(self, asked: Detail, picked: Detail) -> bool:
        """Is ``picked`` no more than ``asked``, which left something open?

        True where it adds all of ``chosen`` that was left out and nothing else, and is a part of the rest.
        """
        added = set(self.chosen) - asked.keys()
        rest = {name: value for name, value in picked.items() if name not in added}
        return added <= picked.keys() and is_part(rest, asked, self.narrowable)

    def is_still_theirs(self, user: Any, detail: Detail) -> bool:
        """May ``user`` still let somebody do this? ``detail`` is as it was granted.

        Asked when it is granted, when a code is redeemed, at every refresh and every introspection.
        """
        return True

    def narrow(self, granted: Detail, requested: Detail) -> Detail | None:
        """Return the part of ``granted`` that a token for ``requested`` gets, or None where ``requested`` is more.

        What was left open in the request is as it was chosen.
        """
        left_open = {name: granted[name] for name in self.chosen if name in granted and name not in requested}
        wanted = {**requested, **left_open}
        return wanted if is_part(wanted, granted, self.narrowable) else None

    def enrich(self, detail: Detail, user: Any) -> Detail:
        """Return ``detail`` as ``user`` grants it, for example with the account that it is about (RFC 9396 §7.1)."""
        return detail

    def context(self, detail: Detail, user: Any) -> Mapping[str, Any]:
        """Return what the template gets beside ``detail``, for example the title of an object that it names by id."""
        return {}


def is_name(name: str) -> bool:
    """Can a type be registered under this name? Descriptions of errors name it, so their alphabet is the limit."""
    return NAME.fullmatch(name) is not None


def parse_details(text: str) -> tuple[dict[str, Any], ...]:
    """Return the elements of the parameter without duplicates; () where it was left out.

    Raises ``InvalidAuthorizationDetails`` (RFC 9396 §5).
    """
    if not text:
        return ()
    if len(text) > MAX_LENGTH:
        raise InvalidAuthorizationDetails(Reason.DETAILS_TOO_LONG)
    try:
        elements = parse_array(text, max_depth=MAX_DEPTH, max_elements=MAX_ELEMENTS)
    except ValueError as error:
        raise InvalidAuthorizationDetails(Reason.DETAILS_NOT_JSON, detail=str(error)) from None
    if not 0 < len(elements) <= MAX_DETAILS:
        raise InvalidAuthorizationDetails(Reason.DETAILS_COUNT, most=MAX_DETAILS)
    for place, element in enumerate(elements):
        _check_element(element, place)
    if sum(len(locations_of(element)) for element in elements) > MAX_LOCATIONS:
        raise InvalidAuthorizationDetails(Reason.DETAILS_TOO_MANY_LOCATIONS)
    return without_duplicates(elements)


def without_duplicates(details: Iterable[Detail]) -> tuple[dict[str, Any], ...]:
    """Return the elements without those that are equal as JSON to an earlier one."""
    return tuple({canonical(detail): dict(detail) for detail in details}.values())


def canonical(value: Any) -> str:
    """Return a text that is the same for all values that are equal as JSON, whichever database they came from."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def is_part(requested: Detail, granted: Detail, narrowable: Collection[str] = ()) -> bool:
    """Is ``requested`` equal to ``granted``, except for fewer values in the lists that are ``narrowable``?"""
    if requested.keys() != granted.keys():
        return False
    return all(_is_within(value, granted[name], name in narrowable) for name, value in requested.items())


def narrow_details(
    requested: Iterable[Detail], granted: Iterable[Detail], types: Mapping[str, AuthorizationDetailsType]
) -> tuple[dict[str, Any], ...]:
    """Return the details of a token that was asked for with ``requested`` (RFC 9396 §6).

    Raises ``InvalidAuthorizationDetails`` where that is more than was ``granted``.
    """
    listed = tuple(granted)
    return without_duplicates(_narrowed(one, listed, types) for one in requested)


def at_resources(details: Iterable[Detail], resources: Collection[str]) -> tuple[Detail, ...]:
    """Return the details that may be used at one of ``resources``, by their ``locations`` (RFC 9396 §9.1).

    All are returned where ``resources`` is empty.
    """
    return tuple(detail for detail in details if not resources or is_for(detail, resources))


def is_for(detail: Detail, resources: Iterable[str]) -> bool:
    """Does one of the ``locations`` lie at one of ``resources``?

    A detail without locations may be used anywhere (§2.2).
    """
    if "locations" not in detail:
        return True
    return any(_lies_at(location, uri) for location in locations_of(detail) for uri in resources)


def is_at(detail: Detail, url: str) -> bool:
    """May ``detail`` be used at ``url``, by its ``locations``?"""
    return "locations" not in detail or any(covers(location, url) for location in locations_of(detail))


def locations_of(detail: Detail) -> tuple[str, ...]:
    """Return the ``locations`` (RFC 9396 §2.2) that are strings; () where the member is not a list."""
    locations = detail.get("locations")
    return tuple(one for one in locations if isinstance(one, str)) if isinstance(locations, list | tuple) else ()


def flatten(value: Any, path: str = "", schema: Any = None, say: Callable[[str], str] = str) -> list[tuple[str, str]]:
    """Return every member of an element as (name, value), both text, for pages without a template of its type.

    A member is called by the ``title`` that ``schema`` gives it, as ``say`` translates it, or else as it is called.
    """
    described: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
    if isinstance(value, Mapping):
        known = described.get("properties") or {}
        inner = [(name, one, known.get(name)) for name, one in value.items() if path or name != "type"]
        return [row for name, one, of_it in inner for row in flatten(one, _called(path, name, of_it, say), of_it, say)]
    if isinstance(value, list | tuple):
        if not any(isinstance(one, Mapping | list | tuple) for one in value):
            return [(path, ", ".join(map(_as_text, value)))]
        items = described.get("items")
        return [row for place, one in enumerate(value, 1) for row in flatten(one, f"{path} {place}", items, say)]
    return [(path, _as_text(value))]


def _called(path: str, name: Any, schema: Any, say: Callable[[str], str]) -> str:
    title = schema.get("title") if isinstance(schema, Mapping) else None
    if isinstance(title, str) and title:
        return f"{path}: {say(title)}" if path else say(title)
    return f"{path}.{name}" if path else str(name)


def _check_element(element: Any, place: int) -> None:
    where = f"authorization_details[{place}]"
    if not isinstance(element, dict):
        raise InvalidAuthorizationDetails(Reason.DETAILS_NO_OBJECT, place=where)
    if not isinstance(element.get("type"), str) or not element["type"]:
        raise InvalidAuthorizationDetails(Reason.DETAILS_WITHOUT_TYPE, place=where)
    if not is_storable(element) or not _is_showable(element):
        raise InvalidAuthorizationDetails(Reason.DETAILS_CONTENT, place=where)


def _is_showable(value: Any) -> bool:
    """Can it be shown unchanged: no character that reorders text, and no number that JSON readers disagree about?"""
    if isinstance(value, str):
        return is_shown_as_stored(value, has_lines=True)
    if isinstance(value, dict):
        return all(_is_showable(name) and _is_showable(inner) for name, inner in value.items())
    if isinstance(value, list):
        return all(_is_showable(inner) for inner in value)
    return not isinstance(value, int | float) or abs(value) <= MAX_NUMBER


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    # A database may give back 1 for 1.0.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_within(requested: Any, granted: Any, is_narrowable: bool) -> bool:
    if is_narrowable and isinstance(requested, list) and isinstance(granted, list) and requested:
        return {canonical(one) for one in requested} <= {canonical(one) for one in granted}
    return canonical(requested) == canonical(granted)


def _narrowed(requested: Detail, granted: tuple[Detail, ...], types: Mapping[str, AuthorizationDetailsType]) -> Detail:
    known = types.get(requested["type"])
    for one in granted if known is not None else ():
        narrowed = known.narrow(one, requested) if known and one.get("type") == requested["type"] else None
        if narrowed is not None:
            return narrowed
    raise InvalidAuthorizationDetails(Reason.DETAILS_EXCEED_GRANT)


def _lies_at(location: str, resource: str) -> bool:
    return is_same(location, resource) or covers(resource, location)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
