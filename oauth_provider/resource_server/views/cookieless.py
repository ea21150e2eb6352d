"""Public responses (RFC 9111 §7.3, RFC 6265 §8.6): a response in shared caches must not carry a cookie."""

from typing import Any

from django.http import HttpResponse, JsonResponse


class CookielessResponse(HttpResponse):
    """Response on which no cookie can be set, not even by middleware.

    With ``SESSION_SAVE_EVERY_REQUEST`` Django's own middleware puts the caller's session id on every response, and
    a shared cache that keeps "public" ones would hand it to the next caller.
    """

    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing."""

    def delete_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: an instruction to delete a cookie is for one browser too."""


class CookielessJsonResponse(CookielessResponse, JsonResponse):
    """JSON response on which no cookie can be set."""
