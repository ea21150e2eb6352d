"""Logos of clients (RFC 7591 §2), as they stand on pages: our own copies, each at a URL that never changes.

The URL names the digest of the image, so it may be kept for ever, and is the same for everybody.
"""

from django.contrib.auth.decorators import login_not_required
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from oauth_provider.models import ClientLogo
from oauth_provider.pages.sending.forever import kept_forever
from oauth_provider.resource_server.views.cookieless import CookielessResponse

METHODS = ["GET", "HEAD"]


def client_logo(request: HttpRequest, digest: str) -> HttpResponse:
    """Answer the PNG with this digest."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    image = ClientLogo.objects.image_of(digest)
    if image is None:
        raise Http404
    return kept_forever(CookielessResponse(image, content_type="image/png"))


view = login_not_required(non_atomic_requests(client_logo))
