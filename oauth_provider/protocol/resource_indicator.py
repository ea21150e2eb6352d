"""Resource indicators (RFC 8707 §2): absolute URIs that say where a token is meant to be used."""

from collections.abc import Iterable
from posixpath import normpath
from urllib.parse import parse_qsl, urlsplit

from oauth_provider.protocol.errors import InvalidTarget
from oauth_provider.protocol.reason import Reason

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_PARAMETERS = 1000
NormalizedUri = tuple[str, str, int | None, str]


def normalize(uri: str) -> NormalizedUri | None:
    """Return scheme, host, port and path of ``uri``, normalized, or None where it has no host or is malformed."""
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
    """Is it an absolute URI without a fragment (RFC 8707 §2)? A URN is compared as text."""
    if normalize(uri) is not None:
        return is_uri_text(uri)
    scheme, _colon, rest = uri.partition(":")
    return scheme == "urn" and bool(rest) and is_uri_text(uri) and "#" not in uri


def is_uri_text(uri: str) -> bool:
    """Can these characters all stand in a URI?"""
    return uri.isascii() and uri.isprintable() and not set(' "<>\\^`{|}') & set(uri)


def is_same(uri: str, other: str) -> bool:
    """Do both URIs name the same resource, however they are spelt?"""
    if uri == other:
        return True
    here = normalize(uri)
    return here is not None and here == normalize(other) and urlsplit(uri).query == urlsplit(other).query


def covers(resource: str, url: str) -> bool:
    """Is ``url`` at or below ``resource``? If the resource has a query (§2), the URL must have its parameters."""
    here, there = normalize(resource), normalize(url)
    if here is None or there is None:
        return False
    if here[:3] != there[:3] or not there[3].startswith(here[3]):
        return False
    query = urlsplit(resource).query
    return not query or _has_parameters(urlsplit(url).query, query)


def includes_resource(audience: Iterable[str], resource: str) -> bool:
    """Does ``audience`` name ``resource``, or a URI above it?"""
    return any(is_same(one, resource) or covers(one, resource) for one in audience)


def apis_of(audience: Iterable[str], issuer: str) -> tuple[str, ...]:
    """Return the APIs in ``audience``: all but ``issuer``, which is there only for its userinfo endpoint.

    Where it is the only one, the token is for the APIs of the issuer (RFC 9068 §3).
    """
    listed = tuple(audience)
    return tuple(one for one in listed if one != issuer) or listed


def is_audience(resources: Iterable[str], url: str) -> bool:
    """May a token for ``resources`` be used at ``url``? A token without resources may be used anywhere."""
    listed = tuple(resources)
    return not listed or any(covers(resource, url) for resource in listed)


def narrow(requested: tuple[str, ...], granted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the resources of a token: all that were granted, or those requested (RFC 8707 §2.2).

    Raises ``InvalidTarget`` for a resource that was not granted.
    """
    if not all(any(is_same(uri, known) for known in granted) for uri in requested):
        raise InvalidTarget(Reason.RESOURCE_NOT_GRANTED)
    return tuple(known for known in granted if any(is_same(uri, known) for uri in requested)) or granted


def _has_parameters(query: str, wanted: str) -> bool:
    """Does ``query`` have every parameter of ``wanted``, with exactly its values?"""
    try:
        there = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
        here = parse_qsl(wanted, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return False
    return bool(here) and all(
        [value for other, value in there if other == name] == [value for other, value in here if other == name]
        for name in {name for name, _value in here}
    )
