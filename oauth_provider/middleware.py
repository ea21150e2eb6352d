"""Middleware for projects with login and logout pages of their own (OpenID Connect Session Management 1.0 §3.2)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from oauth_provider.pages.sending.browser_state import keep_browser_state


class BrowserStateMiddleware:
    """Middleware that tells clients that watch the session of a login or logout on any page.

    It stands after ``SessionMiddleware``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep the browser state up to date.

        The session is read only if the page read it, so no page varies by cookie.
        """
        return keep_browser_state(request, self.get_response(request))
