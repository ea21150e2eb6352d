"""Resource indicators (RFC 8707 §2): absolute URIs that say where a token is meant to be used."""

from collections.abc import Iterable
from posixpath import normpath
from urllib.parse import parse_qsl, urlsplit

from oauth_provider.protocol.errors import InvalidTarget
from oauth_provider.protocol.reason import Reason

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_PARAMETERS = 1000
Place = tuple[str, str, int | None, str]


def place(uri: str) -> Place | None:
    """Scheme, host, port and path of ``uri``, each in one spelling, or None if it is no resource URI."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if not parts.scheme or not parts.hostname or "@" in parts.netloc or "#" in uri:
        return None
    path = normpath(parts.path or "/").rstrip("/") + "/"
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS.get(parts.scheme), path


def is_resource(uri: str) -> bool:
    """RFC 8707 §2: an absolute URI without a fragment; one that names no place (a URN) is compared as text."""
    if place(uri) is not None:
        return is_uri_text(uri)
    scheme, _colon, rest = uri.partition(":")
    return scheme == "urn" and bool(rest) and is_uri_text(uri) and "#" not in uri


def is_uri_text(uri: str) -> bool:
    """Could these characters stand in a URI at all?"""
    return uri.isascii() and uri.isprintable() and not set(' "<>\\^`{|}') & set(uri)


def is_same(uri: str, other: str) -> bool:
    """Do both name the same resource, however they are spelt?"""
    if uri == other:
        return True
    here = place(uri)
    return here is not None and here == place(other) and urlsplit(uri).query == urlsplit(other).query


def covers(resource: str, url: str) -> bool:
    """Is ``url`` at or below ``resource``? A resource with a query (§2) covers what is asked with its parameters."""
    here, there = place(resource), place(url)
    if here is None or there is None:
        return False
    if here[:3] != there[:3] or not there[3].startswith(here[3]):
        return False
    query = urlsplit(resource).query
    return not query or _has_parameters(urlsplit(url).query, query)


def names(audience: Iterable[str], resource: str) -> bool:
    """Does ``audience`` name ``resource``, or a place above it?"""
    return any(is_same(one, resource) or covers(one, resource) for one in audience)


def apis_of(audience: Iterable[str], issuer: str) -> tuple[str, ...]:
    """The APIs in ``audience``: all but ``issuer``, which stands beside them for its userinfo endpoint alone.

    Where it stands alone, nobody said for which API the token is, and it is for those of the issuer (RFC 9068 §3).
    """
    listed = tuple(audience)
    return tuple(one for one in listed if one != issuer) or listed


def is_audience(resources: Iterable[str], url: str) -> bool:
    """May a token for ``resources`` be used at ``url``? One that names none may be used anywhere."""
    listed = tuple(resources)
    return not listed or any(covers(resource, url) for resource in listed)


def narrow(requested: tuple[str, ...], granted: tuple[str, ...]) -> tuple[str, ...]:
    """What a token request yields: all that was granted, or the part that was asked for (RFC 8707 §2.2).

    Raises ``InvalidTarget`` for a resource that was not granted.
    """
    if not all(any(is_same(uri, known) for known in granted) for uri in requested):
        raise InvalidTarget(Reason.RESOURCE_NOT_GRANTED)
    return tuple(known for known in granted if any(is_same(uri, known) for uri in requested)) or granted


def _has_parameters(query: str, wanted: str) -> bool:
    """Does ``query`` hold every parameter of ``wanted``, with those values and no others?"""
    try:
        there = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
        here = parse_qsl(wanted, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return False
    return bool(here) and all(
        [value for other, value in there if other == name] == [value for other, value in here if other == name]
        for name in {name for name, _value in here}
    )
