"""The demo's own error pages: what happened, whose turn it is, and where one can go on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

from demo_project.page_headers import strict
from oauth_provider.pages.csrf import csrf_failure


@strict
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing is there."""
    return render(request, "demo/404.html", {"path": request.path}, status=404)


def own_not_found(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that shows ``not_found`` where no URL matches. ``DEBUG`` would have Django list all of them."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        return not_found(request) if response.status_code == 404 and request.resolver_match is None else response

    return middleware


@strict
def outdated_form(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form failed the CSRF check: a login leads on where it can, anything else is said on the template for it."""
    return csrf_failure(request, reason)


@strict
def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke. Without the request: a context processor may be what did."""
    return HttpResponse(render_to_string("demo/500.html"), status=500)
