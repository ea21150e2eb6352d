"""Accent colours of clients (WCAG 2.2 §1.4.3), as the stylesheet that sets them: a page has no style of its own inside.

The URL holds the colours, and nothing but colours that can be read; no client is named, and no database asked.
"""

from django.contrib.auth.decorators import login_not_required
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from oauth_provider.models.client_presentation import DARK_BACKGROUNDS, LIGHT_BACKGROUNDS
from oauth_provider.pages.sending.forever import kept_forever
from oauth_provider.protocol.contrast import contrast, is_readable
from oauth_provider.resource_server.views.cookieless import CookielessResponse

METHODS = ["GET", "HEAD"]
NONE = "none"
LOOKS = (("light", LIGHT_BACKGROUNDS), ("dark", DARK_BACKGROUNDS))
RULE = "@media (prefers-color-scheme: %s) { :root { --oa-accent: %s; --oa-on-accent: %s; } }\n"


def client_accent(request: HttpRequest, light: str, dark: str) -> HttpResponse:
    """Answer the variables for both looks, each of which may be ``none``."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    css = ""
    for digits, (look, backgrounds) in zip((light, dark), LOOKS, strict=True):
        if digits == NONE:
            continue
        if not is_readable(f"#{digits}", backgrounds):
            raise Http404
        # What can be read on the page can be read on by what the page is made of.
        extreme = max(backgrounds, key=lambda one: contrast(f"#{digits}", one))
        css += RULE % (look, f"#{digits}", extreme)
    return kept_forever(CookielessResponse(css, content_type="text/css; charset=utf-8"))


view = login_not_required(non_atomic_requests(client_accent))
