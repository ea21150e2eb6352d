"""CORS preflights of guarded views (Fetch §3.2.2, §4.8): they come without credentials, before the real call.

The guard answers that the view exists; the view itself never runs for an unknown caller. The project's middleware, or a
wrapper of the view, adds which origins may call.
"""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse


def is_preflight(request: HttpRequest) -> bool:
    """Is it a preflight? A request with credentials is not, and is checked like any other call."""
    environ = request.META
    return (
        request.method == "OPTIONS"
        and bool(environ.get("HTTP_ORIGIN"))
        and bool(environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD"))
        and "HTTP_AUTHORIZATION" not in environ
    )


def answer_preflight(methods: Iterable[str] = ()) -> HttpResponse:
    """Return an empty response. ``methods`` are those of the view, as far as they are known."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    listed = dict.fromkeys((*methods, "OPTIONS"))
    if len(listed) > 1:
        response["Allow"] = ", ".join(listed)
    return response
