"""The account page (OpenID Connect Core §3.1.2.1, ``prompt=select_account``): go on as this one, or as another."""

from django.http import HttpRequest, HttpResponse

from oauth_provider.authorization.interaction import choose_account, refuse_to_choose
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


@about_ticket
def select_account(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """GET asks which account; POST takes the choice. Whoever is not signed in is asked by the login page."""
    return _choose(request, ticket) if request.method == "POST" else _ask(request, ticket)


def _choose(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    choice = request.POST.get("choice", "")
    if choice == "none":
        return refuse(request, refuse_to_choose(ticket), issuer_of(request))
    if choice not in ("this", "other"):
        return error_page(request, InvalidRequest(Reason.ACCOUNT_NOT_CHOSEN), go_on=request.get_full_path())
    return redirect_to(choose_account(request, ticket, other=choice == "other"))


def _ask(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    client = establish(ticket.request).client
    context = {"account": username_of(session_user(request)), "client_name": str(client.application)}
    return show(request, "select_account.html", context)
