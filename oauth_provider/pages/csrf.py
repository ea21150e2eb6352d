"""Cross-site request forgery (RFC 6749 §10.12): Django's check, with a way on for who fails it by an outdated page.

Django changes the token at each login, so a page that was open in another tab fails the check for nobody's fault.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.csrf import csrf_failure as django_csrf_failure

from oauth_provider.pages.login_round_trip import way_on
from oauth_provider.pages.sending.page import error_page, keep_opener
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.pages.sending.situation import OUTDATED
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason

View = Callable[..., Any]
# The query of a consent page that asks for the same request once more.
AGAIN = "again"


def csrf_protected(otherwise: View) -> Callable[[View], View]:
    """Let the view run only for who passes Django's check, like ``csrf_protect``; for others ``otherwise``."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check = CsrfViewMiddleware(lambda http: HttpResponse())
            check.process_request(request)
            is_refused = check.process_view(request, view, args, kwargs) is not None
            response: HttpResponseBase = (otherwise if is_refused else view)(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()  # which may make a token, and so a cookie
            return check.process_response(request, response)

        checked.csrf_exempt = True  # type: ignore[attr-defined] # from the middleware, whose refusal leads nowhere
        checked.csrf_checked = True  # type: ignore[attr-defined]
        return checked

    return decorate


def show_again(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Nothing was decided; the same page, opened anew, can be answered."""
    return _outdated(request, request.get_full_path())


def ask_again(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Nothing was decided; the person is asked anew, by a page of the sign-in that there is now."""
    return _outdated(request, f"{request.path}?{AGAIN}")


def log_out_again(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The question is asked anew, without what the outdated page brought along."""
    return _outdated(request, reverse("oauth_provider:logout"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Lead a login form of any kind on to where it would have led, if somebody is signed in. For ``CSRF_FAILURE_VIEW``.

    Nobody is signed in by it. Whatever is not on its way to a client of ours gets Django's own page.
    """
    url = way_on(request)
    if url is None:
        return django_csrf_failure(request, reason)
    response = redirect_to(url)
    keep_opener(response)
    return response


def _outdated(request: HttpRequest, url: str) -> HttpResponse:
    error = InvalidRequest(Reason.PAGE_OUT_OF_DATE, detail="CSRF check failed")
    response = error_page(request, error, situation=OUTDATED, go_on=url, status=403)
    keep_opener(response)
    return response
