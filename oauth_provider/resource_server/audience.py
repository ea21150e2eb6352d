"""Whom a token is for (RFC 8707 §2, RFC 9068 §4): the one rule that every guard has, whoever verified the token.

Where ``RESOURCE`` says who this API is, a token must name it, and no header of the call has a say in that. Where it
does not, the URL of the call decides, whose host is what ``ALLOWED_HOSTS`` lets through.
"""

from collections.abc import Callable, Iterable
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

from oauth_provider.protocol.resource_indicator import apis_of, covers, includes_resource
from oauth_provider.resource_server.conf import conf


def is_meant(audience: Iterable[str], issuer: str, url: str) -> bool:
    """May a token of ``issuer`` for ``audience`` be used at ``url``, as ``called_url`` has it? For nobody: anywhere."""
    listed = apis_of(audience, issuer)
    if not listed or not conf.audiences.isdisjoint(listed):
        return True
    here = conf.resource
    return (not here or includes_resource(listed, here)) and any(covers(one, url) for one in listed)


def names_this_api(audience: Iterable[str], issuer: str) -> bool:
    """Does ``audience`` name this API, wherever in it the call goes? True where nothing says who this API is."""
    here = conf.resource
    if not here:
        return True
    listed = apis_of(audience, issuer)
    return not conf.audiences.isdisjoint(listed) or includes_resource(listed, here)


def requested_url(request: HttpRequest) -> str:
    """The URL of ``request`` without its query; its origin is that of ``RESOURCE`` where that is set.

    Not ``build_absolute_uri``, which takes the host out of a path such as ``//api.example/notes``, and so
    out of the caller's hands. A path with dot segments could name one resource and be served by another:
    it counts as no place at all.
    """
    return _url_of(request.path, lambda: f"{request.scheme}://{request.get_host()}")


def called_url(request: HttpRequest) -> str:
    """``requested_url`` with the query, which a resource may have, too (RFC 8707 §2)."""
    url, query = requested_url(request), request.META.get("QUERY_STRING", "")
    return f"{url}?{query}" if url and query else url


def place_of(url: str) -> str:
    """The absolute ``url`` of a call as ``called_url`` would have it, for callers that have no request."""
    parts = urlsplit(url)
    place = _url_of(unquote(parts.path), lambda: f"{parts.scheme}://{parts.netloc}")
    return f"{place}?{parts.query}" if place and parts.query else place


def _url_of(path: str, called_origin: Callable[[], str]) -> str:
    if {".", ".."} & set(path.split("/")):
        return ""
    here = urlsplit(conf.resource)
    origin = f"{here.scheme}://{here.netloc}" if here.netloc else called_origin()
    return f"{origin}{escape_uri_path(path)}"
