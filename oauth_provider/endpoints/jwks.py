"""The key set (RFC 7517 §5, OpenID Connect Core §10.1.1): the keys that our signatures are verified with."""

from django.http import HttpRequest, HttpResponse

from oauth_provider.endpoints.document import Document, serve
from oauth_provider.endpoints.json_endpoint import for_programs
from oauth_provider.resource_server.views.cors import from_anywhere
from oauth_provider.tokens.issuer import issuer_of

# Keys are published for long before they sign; this is how soon one that was taken out of use is forgotten.
MAX_AGE = 300


def jwks(request: HttpRequest) -> HttpResponse:
    """The bytes that the process keeps."""
    ring = issuer_of(request).keys
    return serve(request, Document(ring.jwks, ring.etag), max_age=MAX_AGE)


view = for_programs(jwks, may_read=from_anywhere)
