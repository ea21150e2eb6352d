"""HEAD (RFC 9110 §9.2.1 and §9.3.2): safe, whatever the GET of the same URL makes, ends or spends."""

from django.http import HttpRequest, HttpResponse


def is_head(request: HttpRequest) -> bool:
    """Does somebody ask whether there is anything, and for nothing else?"""
    return request.method == "HEAD"


def nothing_done() -> HttpResponse:
    """The answer where a GET would do something: there is a page here, and nothing happened."""
    return HttpResponse(headers={"Cache-Control": "no-store"})
