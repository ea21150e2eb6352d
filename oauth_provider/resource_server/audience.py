"""Audience of a token (RFC 8707 §2, RFC 9068 §4): the one rule of every guard, whichever verifier was used.

Where ``RESOURCE`` names this API, a token must name it too, and no header of the call can change that. Where it is not
set, the URL of the call decides, and ``ALLOWED_HOSTS`` says which hosts may stand in it.
"""

from collections.abc import Callable, Iterable
from urllib.parse import unquote, urlsplit

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

from oauth_provider.protocol.resource_indicator import apis_of, covers, includes_resource
from oauth_provider.resource_server.conf import conf


def is_usable_at(audience: Iterable[str], issuer: str, url: str) -> bool:
    """May a token of ``issuer`` for ``audience`` be used at ``url``? A token without audience may be used anywhere.

    ``url`` is absolute, as ``called_url`` returns it.
    """
    listed = apis_of(audience, issuer)
    if not listed or not conf.audiences.isdisjoint(listed):
        return True
    here = conf.resource
    return (not here or includes_resource(listed, here)) and any(covers(one, url) for one in listed)


def names_this_api(audience: Iterable[str], issuer: str) -> bool:
    """Does ``audience`` name this API, at any of its URLs? True where no setting says what this API is called."""
    here = conf.resource
    if not here:
        return True
    listed = apis_of(audience, issuer)
    return not conf.audiences.isdisjoint(listed) or includes_resource(listed, here)


def requested_url(request: HttpRequest) -> str:
    """Return the URL of ``request`` without its query, with the origin of ``RESOURCE`` where that is set.

    ``build_absolute_uri`` is not used: it takes the host out of a path such as ``//api.example/notes``, which the
    caller controls. A path with dot segments returns "", since it could name one resource and be served by another.
    """
    return _url_of(request.path, lambda: f"{request.scheme}://{request.get_host()}")


def called_url(request: HttpRequest) -> str:
    """Return ``requested_url`` with the query of the call, which a resource may have too (RFC 8707 §2)."""
    url, query = requested_url(request), request.META.get("QUERY_STRING", "")
    return f"{url}?{query}" if url and query else url


def normalize_url(url: str) -> str:
    """Return the absolute ``url`` of a call in the form of ``called_url``, for callers that have no request."""
    parts = urlsplit(url)
    place = _url_of(unquote(parts.path), lambda: f"{parts.scheme}://{parts.netloc}")
    return f"{place}?{parts.query}" if place and parts.query else place


def _url_of(path: str, called_origin: Callable[[], str]) -> str:
    if {".", ".."} & set(path.split("/")):
        return ""
    here = urlsplit(conf.resource)
    origin = f"{here.scheme}://{here.netloc}" if here.netloc else called_origin()
    return f"{origin}{escape_uri_path(path)}"
