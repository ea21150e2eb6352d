"""The authorization response (RFC 6749 §4.1.2, RFC 9207 §2): the one exit, with ``state`` and ``iss``."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.encoding import iri_to_uri
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.rules import Destination
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.response_mode import as_query


@sensitive_variables()
def code_url(destination: Destination, code: str, issuer: str) -> str:
    """Where the browser takes the code."""
    return _url(destination, {"code": code}, issuer)


def error_url(destination: Destination, error: OAuthError, issuer: str) -> str:
    """Where the browser takes the error."""
    return _url(destination, error.parameters(), issuer)


@sensitive_variables()
def redirect_to(url: str) -> HttpResponse:
    """303, so that no browser repeats a POST there (RFC 9700 §4.12). The URL may be of an app's own scheme."""
    response = HttpResponse(status=303)
    response["Location"] = iri_to_uri(url)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_variables()
def _url(destination: Destination, parameters: Mapping[str, str], issuer: str) -> str:
    state = {"state": destination.state} if destination.state else {}
    return as_query(destination.redirect_uri, {**parameters, **state, "iss": issuer})
