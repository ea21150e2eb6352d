"""The page that asks before a login ends for a new one (OpenID Connect Core §3.1.2.1, ``prompt=login``, ``max_age``).

It is shown where the project's login page sends on whoever is signed in. No link ends a login: a POST does.
"""

from django.http import HttpRequest, HttpResponse

from oauth_provider.authorization.interaction import refuse_to_sign_in, sign_in_anew
from oauth_provider.authorization.rules import establish
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.pages.authorize import refuse
from oauth_provider.pages.sending.page import error_page, show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.pages.ticketed import about_ticket
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.person import username_of

AGAIN, CANCEL = "again", "cancel"


@about_ticket
def sign_in_again(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """GET asks; POST ends the login and leads to the login page, or back to the client."""
    return _choose(request, ticket) if request.method == "POST" else _ask(request, ticket)


def _choose(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    choice = request.POST.get("choice", "")
    if choice == CANCEL:
        return refuse(request, refuse_to_sign_in(ticket), issuer_of(request))
    if choice != AGAIN:
        error = InvalidRequest(Reason.SIGN_IN_BUTTON_MISSING)
        return error_page(request, error, go_on=request.get_full_path())
    return redirect_to(sign_in_anew(request, ticket))


def _ask(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    client = establish(ticket.request).client
    context = {"account": username_of(session_user(request)), "client_name": str(client.application)}
    return show(request, "sign_in_again.html", context)
