"""Resource indicators (RFC 8707 §2): absolute URIs that say where a token is meant to be used."""

from collections.abc import Iterable
from posixpath import normpath
from urllib.parse import urlsplit

from oauth_provider.protocol.errors import InvalidTarget

DEFAULT_PORTS = {"http": 80, "https": 443}
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
    """Is ``url`` at or below ``resource``?"""
    here, there = place(resource), place(url)
    if here is None or there is None:
        return False
    return here[:3] == there[:3] and there[3].startswith(here[3])


def is_audience(resources: Iterable[str], url: str) -> bool:
    """May a token for ``resources`` be used at ``url``? One that names none may be used anywhere."""
    listed = tuple(resources)
    return not listed or any(covers(resource, url) for resource in listed)


def narrow(requested: tuple[str, ...], granted: tuple[str, ...]) -> tuple[str, ...]:
    """What a token request yields: all that was granted, or the part that was asked for (RFC 8707 §2.2).

    Raises ``InvalidTarget`` for a resource that was not granted.
    """
    if not all(any(is_same(uri, known) for known in granted) for uri in requested):
        raise InvalidTarget("The resource is unknown, or was not granted.")
    return tuple(known for known in granted if any(is_same(uri, known) for uri in requested)) or granted
