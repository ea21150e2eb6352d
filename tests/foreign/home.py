"""The one page of a relying party's project: who is signed in here, and a button to leave."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.html import format_html


def page(request: HttpRequest, log_out: str) -> HttpResponse:
    """``log_out`` is where the button posts to."""
    if not request.user.is_authenticated:
        return HttpResponse("<p>Nobody is signed in.</p>")
    return HttpResponse(
        format_html(
            '<p>Hello, {}.</p><form method="post" action="{}">'
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><button>Log out</button></form>',
            request.user.email,
            log_out,
            get_token(request),
        )
    )
