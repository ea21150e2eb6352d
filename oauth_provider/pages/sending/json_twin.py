"""JSON twins of pages for people: the same question and the same answer, for a front end of the project's own.

They are pages all the same: the person is that of the session, and a POST has to pass Django's check against forgery.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from oauth_provider.conf import provider_settings
from oauth_provider.events.refusal import tell_refusal
from oauth_provider.pages.log_mask import masked
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.strict_json import dump


def wants_json(request: HttpRequest) -> bool:
    """Does whoever asks prefer JSON to a page?"""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def answer(members: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Return an answer that no cache may keep."""
    response = HttpResponse(dump(dict(members)), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def refuse(request: HttpRequest, error: OAuthError, *, status: int = 400, **more: Any) -> HttpResponse:
    """Answer ``error``, with ``more`` members that lead on."""
    tell_refusal(error, path=masked(request.path), address=provider_settings.CLIENT_ADDRESS(request))
    return answer({**error.parameters(), **more}, status=status)
