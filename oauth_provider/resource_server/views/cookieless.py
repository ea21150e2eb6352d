"""Public answers (RFC 9111 §7.3, RFC 6265 §8.6): what everybody's cache may keep carries nobody's cookie."""

from typing import Any

from django.http import HttpResponse, JsonResponse


class CookielessResponse(HttpResponse):
    """A response on which no cookie can be set, whatever middleware tries.

    With ``SESSION_SAVE_EVERY_REQUEST`` Django's own puts the caller's session id on every answer, and a shared cache
    that keeps "public" ones would hand it to the next caller.
    """

    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Set nothing."""

    def delete_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Delete nothing: an instruction to forget a session is for one browser, too."""


class CookielessJsonResponse(CookielessResponse, JsonResponse):
    """A JSON document on which no cookie can be set."""
