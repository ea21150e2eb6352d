"""The authorization endpoint (RFC 6749 §3.1): takes requests, decides what comes next, and shows nothing."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from oauth_provider.authorization.carried import TICKET, OtherSession, keep, resume_url, rides, taken_up
from oauth_provider.authorization.interaction import Answer, Page, Refused, next_step
from oauth_provider.authorization.language import speaking
from oauth_provider.authorization.pushed import PushedTooLate
from oauth_provider.authorization.request import parse_query
from oauth_provider.authorization.response import error_response
from oauth_provider.authorization.rules import check, establish
from oauth_provider.authorization.signed import resolved
from oauth_provider.authorization.ticket import Ticket, TicketExpired, from_text
from oauth_provider.conf import provider_settings
from oauth_provider.events.refusal import tell_refusal
from oauth_provider.form_body import read_body
from oauth_provider.models.client import ClientPolicy
from oauth_provider.pages.dead_end import inactive_account, lost_ticket
from oauth_provider.pages.sending.head import is_head, nothing_done
from oauth_provider.pages.sending.page import error_page, for_people
from oauth_provider.pages.sending.response import redirect_to, send
from oauth_provider.protocol.errors import InvalidRequestObject, OAuthError, TemporarilyUnavailable
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.called_name import called_name
from oauth_provider.tokens.issuer import Issuer, issuer_of

METHODS = ["GET", "HEAD", "POST"]


@csrf_exempt
@for_people
def authorize(request: HttpRequest) -> HttpResponse:
    """GET and POST are alike. A cross-site POST carries no session cookie, so it is sent on to a GET of ours."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    if request.method == "POST":
        return _take_post(request, Ticket(parse_query(read_body(request))))
    # Ours stands alone: beside anything else it is a parameter that nobody knows.
    text = request.GET.get(TICKET) if len(request.GET) == 1 else None
    try:
        ticket = from_text(text) if text else Ticket(parse_query(request.META.get("QUERY_STRING", "")))
        ticket = taken_up(request, ticket)
    except (TicketExpired, OtherSession) as error:
        return lost_ticket(request, error)
    return _take(request, ticket)


@for_people
def _take(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    issuer = issuer_of(request)
    called_name.compare(request, issuer)
    try:
        ticket = resolved(ticket, issuer)
    except PushedTooLate as error:
        return lost_ticket(request, error)
    except (InvalidRequestObject, TemporarilyUnavailable) as error:
        return refuse(request, Refused(establish(ticket.request), error), issuer)
    with speaking(ticket.request.ui_locales):
        return go_on(request, ticket)


def _take_post(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """Keep what came as a body in a row, and in no URL. What breaks a rule is answered, and kept nowhere."""
    if ticket.request.request_uri:
        return redirect_to(resume_url(request, ticket))  # no more than a name
    try:
        found = resolved(ticket, issuer_of(request))
        check(found.request, establish(found.request).client)
    except OAuthError:
        return redirect_to(resume_url(request, ticket)) if rides(ticket) else _take(request, ticket)
    try:
        kept = keep(request, found)
    except TemporarilyUnavailable as error:
        refused = Refused(establish(found.request), error, on_page=True)
        return refuse(request, refused, issuer_of(request))
    return redirect_to(resume_url(request, kept))


@for_people
def go_on(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The next step of the request of ``ticket``: by GET alone where that may make a code, or keep the request."""
    if is_head(request) and (session_user(request) is not None or not rides(ticket)):
        establish(ticket.request)
        return nothing_done()
    issuer = issuer_of(request)
    try:
        step = next_step(request, ticket, issuer)
    except OAuthError as error:
        if error.reason is not Reason.USER_INACTIVE:
            raise
        return inactive_account(request, ticket, error)
    match step:
        case Refused() as refused:
            return refuse(request, refused, issuer)
        case Page(url):
            return redirect_to(url)
        case Answer(response):
            return send(request, response)


def refuse(request: HttpRequest, refused: Refused, issuer: Issuer) -> HttpResponse:
    """The error goes to the client, or on a page where the person must be told first."""
    response = error_response(refused.destination, refused.error, issuer)
    client = refused.destination.client
    if not refused.on_page and client.policy.status == ClientPolicy.Status.APPROVED:
        address = provider_settings.CLIENT_ADDRESS(request)
        tell_refusal(refused.error, path=request.path, address=address, client_id=client.client_id)
        return send(request, response)
    # Nobody vouches for it: redirecting before anybody was asked would be an open redirector.
    back_to = "" if response.is_form_post else response.url(issuer)
    refused.error.client_id = client.client_id
    return error_page(request, refused.error, back_to=back_to, client_name=str(client.application))
