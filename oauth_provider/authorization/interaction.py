"""The interaction (RFC 6749 §3.1, OpenID Connect Core §3.1.2.3): what has to happen before a request is answered."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.shortcuts import resolve_url
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.answer import answer_without_asking
from oauth_provider.authorization.browser_state import session_state
from oauth_provider.authorization.carried import bind, resume_url
from oauth_provider.authorization.decision import ask
from oauth_provider.authorization.demand import (
    Demand,
    Visit,
    choice_of,
    essential_acr,
    first_demand,
    is_signed_in,
    is_somebody_else,
    visit_of,
    wanted_acr,
    was_made_for_this,
)
from oauth_provider.authorization.destination import Destination
from oauth_provider.authorization.inquiry import Inquiry, inquire
from oauth_provider.authorization.person import asked_person
from oauth_provider.authorization.response import AuthorizationResponse, granted_response
from oauth_provider.authorization.rules import check, establish, prompts_of
from oauth_provider.authorization.sign_in import end, spend
from oauth_provider.authorization.silent import choice_error, silent_error
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.authorization.visitor import visitor_of
from oauth_provider.conf import provider_settings
from oauth_provider.protocol.authentication_request import CONSENT, CREATE, NONE
from oauth_provider.protocol.errors import (
    AccessDenied,
    AccountSelectionRequired,
    InvalidRequest,
    LoginRequired,
    OAuthError,
    ServiceUnavailable,
    TemporarilyUnavailable,
)
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import Issuer

# So often a login is asked for in vain before the client is told.
MOST_TRIES = 3
# So often the login page sends on who is signed in before a page of ours asks instead. A single visit may be a reload.
MOST_SENT_BACK = 2


@dataclass(frozen=True, slots=True)
class Refused:
    """A request whose destination is known and that is not granted. ``on_page``: the person is told first."""

    destination: Destination
    error: OAuthError
    on_page: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The person has something to do first, on the page at ``url``."""

    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The browser is sent to the client."""

    response: AuthorizationResponse


Step = Refused | Page | Answer


@sensitive_variables()
def next_step(http: HttpRequest, ticket: Ticket, issuer: Issuer) -> Step:
    """Return what comes next for the request of ``ticket``. Raises what must be shown to the person."""
    destination = establish(ticket.request)
    try:
        asked = check(ticket.request, destination.client)
        person = asked_person(ticket.request, destination.client, issuer)
    except OAuthError as error:
        if not error.redirectable:
            raise
        return Refused(destination, error)
    silent = NONE in prompts_of(ticket.request)
    if session_user(http) is not None and not is_signed_in(http) and not silent:
        raise InvalidRequest(Reason.USER_INACTIVE)
    visit = visit_of(http, ticket, destination.client, person)
    demand = first_demand(visit)
    if demand is not None:
        try:
            refused = Refused(destination, silent_error(visit, destination, demand)) if silent else None
            step = refused or _send_to(visit, destination, demand)
        except TemporarilyUnavailable as error:
            return Refused(destination, error, on_page=True)
        if step is not None:
            return step
    if was_made_for_this(visit):
        spend(http)
    bind(http, ticket)
    who: dict[str, Any] = {"user": session_user(http), "sign_in": visit.sign_in, "visitor": visitor_of(http)}
    try:
        inquiry = inquire(ticket.request, destination, asked, issuer=issuer, **who)
    except AccessDenied as error:
        # Whoever asks without a page learns no more than that no answer is to be had like this.
        unseen = LoginRequired(Reason.USER_NEVER_AGREED, detail=error.description)
        return Refused(destination, unseen) if silent else Refused(destination, error, on_page=True)
    return _grant(inquiry, visit)


@sensitive_variables()
def choose_account(http: HttpRequest, ticket: Ticket, *, other: bool) -> str:
    """Return the URL at which the person goes on with this account, or with another one."""
    if not other:
        return resume_url(http, replace(ticket, chosen=choice_of(http)))
    url = _login_url(http, ticket.to_login(), resolve_url(settings.LOGIN_URL))
    end(http)  # after what may fail
    return url


def demands_login(http: HttpRequest, ticket: Ticket, issuer: Issuer) -> bool:
    """Would the request of ``ticket`` send this browser to a login or sign-up page? Raises what it would refuse."""
    destination = establish(ticket.request)
    person = asked_person(ticket.request, destination.client, issuer)
    return first_demand(visit_of(http, ticket, destination.client, person)) in (Demand.LOGIN, Demand.SIGN_UP)


def refuse_to_choose(ticket: Ticket) -> Refused:
    """The person would not choose (OpenID Connect Core §3.1.2.6). Raises what must be shown to them."""
    error = AccountSelectionRequired(Reason.USER_CHOSE_NO_ACCOUNT)
    return Refused(establish(ticket.request), error)


@sensitive_variables()
def sign_in_anew(http: HttpRequest, ticket: Ticket) -> str:
    """End the login, since the person said so; where the browser goes for another one."""
    end(http)
    page = provider_settings.SIGN_UP_URL if CREATE in prompts_of(ticket.request) else settings.LOGIN_URL
    return _login_url(http, replace(ticket, tries=0).to_login(), resolve_url(page))


def refuse_to_sign_in(ticket: Ticket) -> Refused:
    """The person would not sign in again (OpenID Connect Core §3.1.2.6). Raises what must be shown to them."""
    return Refused(establish(ticket.request), LoginRequired(Reason.USER_WOULD_NOT_SIGN_IN))


@sensitive_variables()
def _grant(inquiry: Inquiry, visit: Visit) -> Step:
    destination, is_empty = inquiry.destination, inquiry.question.asked.is_empty
    if is_empty and not visit.is_silent:
        return Refused(destination, AccessDenied(Reason.SCOPE_NOT_GRANTABLE), on_page=True)
    if not is_empty and CONSENT not in visit.prompts:
        try:
            granted = answer_without_asking(inquiry)
        except ServiceUnavailable as error:
            if not visit.is_silent:
                raise
            return Refused(destination, error)  # to a client that asked for no page
        if granted is not None:
            watched = session_state(visit.http, destination, granted.scope)
            return Answer(granted_response(destination, granted, inquiry.issuer, watched))
    if visit.is_silent:
        return Refused(destination, silent_error(visit, destination, None, left_open=choice_error(inquiry)))
    # Where something was demanded of the sign-in, only the one that met it may decide.
    handle = ask(visit.http, inquiry, sid=visit.recorded.sid if _is_demanding(visit) else "")
    return Page(consent_url(handle))


def consent_url(handle: str) -> str:
    """Return the page that asks: ours, or the project's own, which reads the question from ours."""
    page = provider_settings.CONSENT_URL
    if not page:
        return reverse("oauth_provider:consent", args=[handle])
    return f"{page}{'&' if '?' in page else '?'}{urlencode({'handle': handle})}"


def _is_demanding(visit: Visit) -> bool:
    request, policy = visit.request, visit.client.policy
    wanted = bool(visit.prompts or request.max_age or wanted_acr(request))
    return wanted or visit.person is not None or policy.default_max_age is not None


def _send_to(visit: Visit, destination: Destination, demand: Demand) -> Step | None:
    ticket = visit.ticket
    if demand is Demand.STEP_UP:
        return _step_up(visit, destination)
    if demand is Demand.SELECT_ACCOUNT:
        return Page(resume_url(visit.http, ticket, "oauth_provider:select_account"))
    if visit.fresh and is_somebody_else(visit):
        return Refused(destination, LoginRequired(Reason.USER_IS_ANOTHER))
    if ticket.tries >= MOST_TRIES:
        return Refused(destination, LoginRequired(Reason.SIGN_IN_DID_NOT_HELP), on_page=True)
    if was_sent_back(visit):
        return Page(resume_url(visit.http, ticket, "oauth_provider:sign_in_again"))
    # Whoever is signed in stays so: a link that ended that would log people out.
    page = provider_settings.SIGN_UP_URL if demand is Demand.SIGN_UP else settings.LOGIN_URL
    return Page(_login_url(visit.http, ticket.to_login(), resolve_url(page)))


def was_sent_back(visit: Visit) -> bool:
    """Did the login page send on, twice, who was signed in before, as with ``redirect_authenticated_user``?"""
    is_known = visit.context is not None and visit.recorded.seconds is not None
    return visit.ticket.tries >= MOST_SENT_BACK and is_known and not visit.fresh


def _step_up(visit: Visit, destination: Destination) -> Step | None:
    url = None
    if not visit.ticket.stepped_up:
        way_back = resume_url(visit.http, replace(visit.ticket, stepped_up=True))
        url = visit.contexts.step_up_url(visit.http, wanted_acr(visit.request), way_back)
    if url is not None:
        return Page(url)
    if essential_acr(visit.request):
        return Refused(destination, AccessDenied(Reason.ACR_NOT_REACHED))
    return None


def _login_url(http: HttpRequest, ticket: Ticket, page: str) -> str:
    """``page`` with the way back, and with what of the request helps to fill it in and to choose its language."""
    address, _mark, query = page.partition("?")
    parameters = QueryDict(query, mutable=True)
    way_back = resume_url(http, ticket)
    # As Django's ``login_required`` does: a page of another site knows no paths of this one.
    parameters["next"] = http.build_absolute_uri(way_back) if is_elsewhere(http, page) else way_back
    for name in ("login_hint", "ui_locales"):
        if value := getattr(ticket.request, name):
            parameters[name] = value
    return f"{address}?{parameters.urlencode(safe='/')}"


def is_elsewhere(http: HttpRequest, page: str) -> bool:
    """Is ``page`` on another scheme or host than this request?"""
    there, here = urlsplit(page), urlsplit(http.build_absolute_uri())
    return (there.scheme or here.scheme, there.netloc or here.netloc) != (here.scheme, here.netloc)
