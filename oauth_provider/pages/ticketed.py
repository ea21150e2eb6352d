"""Pages on a request's way (OpenID Connect Core §3.1.2.1): each is about the request of the ticket in its URL."""

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from oauth_provider.authorization.carried import TICKET, OtherSession, resume_url, taken_up
from oauth_provider.authorization.demand import is_signed_in
from oauth_provider.authorization.language import speaking
from oauth_provider.authorization.signed import resolved
from oauth_provider.authorization.ticket import Ticket, TicketExpired, from_text
from oauth_provider.pages.csrf import csrf_protected, show_again
from oauth_provider.pages.dead_end import lost_ticket
from oauth_provider.pages.sending.page import for_people
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.tokens.issuer import issuer_of

METHODS = ["GET", "HEAD", "POST"]


def about_ticket(view: Callable[[HttpRequest, Ticket], HttpResponse]) -> Callable[..., HttpResponse]:
    """Show ``view`` to who is signed in, in the language of the request; others go on to the login page.

    GET asks and POST answers, under Django's CSRF check.
    """
    in_language = for_people(view)

    @csrf_protected(show_again)
    @for_people
    @functools.wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        try:
            ticket = taken_up(request, from_text(request.GET.get(TICKET, "")))
        except (TicketExpired, OtherSession) as error:
            return lost_ticket(request, error)
        ticket = resolved(ticket, issuer_of(request))
        if not is_signed_in(request):
            return redirect_to(resume_url(request, ticket))
        with speaking(ticket.request.ui_locales):
            return in_language(request, ticket)

    return page
