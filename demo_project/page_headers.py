"""What the demo's pages are sent with: nothing from elsewhere, no script or style inside, in nobody's frame."""

import functools
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]
# Without form-action: the login form's answer may lead on to a client, and Chromium looks at the whole chain.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


# Swagger UI draws its icons from data: URLs, and calls the API and the token endpoint, which are here.
SWAGGER_POLICY = POLICY.replace("img-src 'self'", "img-src 'self' data:") + "; connect-src 'self'"


def with_popup(view: View) -> View:
    """A page that opens the authorization request in a window, or is where that window ends: they keep each other."""

    @functools.wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    return page


def strict(view: View, policy: str = POLICY) -> View:
    """A page under a strict policy."""

    @functools.wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = policy
        response["X-Frame-Options"] = "DENY"
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "no-store"
        return response

    return page
