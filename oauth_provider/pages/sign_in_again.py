"""The page that asks before a login ends for a new one (OpenID Connect Core §3.1.2.1, ``prompt=login``, ``max_age``).

It is shown where the project's login page sends on whoever is signed in. No link ends a login: a POST does.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_protect

from oauth_provider.authorization.demand import is_signed_in
from oauth_provider.authorization.interaction import TICKET, refuse_to_sign_in, resume_url, sign_in_anew
from oauth_provider.authorization.rules import establish
from oauth_provider.authorization.signed import resolved
from oauth_provider.authorization.ticket import Ticket, from_text
from oauth_provider.conf import provider_settings
from oauth_provider.pages.authorize import refuse
from oauth_provider.pages.language import speaking
from oauth_provider.pages.page import for_people, show
from oauth_provider.pages.response import redirect_to
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.resource_server.session_user import session_user

METHODS = ["GET", "HEAD", "POST"]
AGAIN, CANCEL = "again", "cancel"


@csrf_protect
@for_people
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """GET asks; POST ends the login and leads to the login page, or back to the client."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    ticket = resolved(from_text(request.GET.get(TICKET, "")), provider_settings.issuer_of(request))
    if not is_signed_in(request):
        return redirect_to(resume_url(ticket))
    with speaking(ticket.request.ui_locales):
        return _choose(request, ticket) if request.method == "POST" else _ask(request, ticket)


@for_people
def _choose(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    choice = request.POST.get("choice", "")
    if choice == CANCEL:
        return refuse(request, refuse_to_sign_in(ticket), provider_settings.issuer_of(request))
    if choice != AGAIN:
        raise InvalidRequest("Neither Sign in again nor Cancel was chosen.")
    return redirect_to(sign_in_anew(request, ticket))


@for_people
def _ask(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    client = establish(ticket.request).client
    context = {"account": session_user(request).get_username(), "client_name": str(client.application)}
    return show(request, "sign_in_again.html", context)
