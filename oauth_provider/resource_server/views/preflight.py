"""CORS preflights of guarded views (Fetch §3.2.2, §4.8): a browser asks first, and may not say who it asks for.

The answer says that the view is there, and comes from the guard: the view itself is never run for somebody unknown.
Which origins may call is for the project's middleware to add, or for what stands around the view.
"""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse


def is_preflight(request: HttpRequest) -> bool:
    """Is it one? What bears credentials is none, and is judged as any other call."""
    environ = request.META
    return (
        request.method == "OPTIONS"
        and bool(environ.get("HTTP_ORIGIN"))
        and bool(environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD"))
        and "HTTP_AUTHORIZATION" not in environ
    )


def answer_preflight(methods: Iterable[str] = ()) -> HttpResponse:
    """An empty answer. ``methods`` are those of the view, as far as they are known."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    listed = dict.fromkeys((*methods, "OPTIONS"))
    if len(listed) > 1:
        response["Allow"] = ", ".join(listed)
    return response
