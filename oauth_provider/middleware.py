"""Middleware for projects with pages of their own to log in and out (OpenID Connect Session Management 1.0 §3.2)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from oauth_provider.pages.sending.browser_state import keep_browser_state


class BrowserStateMiddleware:
    """Clients that watch the session hear of a login or logout on any page. Stands after ``SessionMiddleware``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Looks at the session only where the page did, so that no page varies by cookie for it."""
        return keep_browser_state(request, self.get_response(request))
