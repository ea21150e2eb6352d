"""Ways out of a request that cannot be gone on with (RFC 6749 §4.1.2.1): begin anew, or tell the application.

Only a request that we signed or stored leads anywhere: its redirect URI was established, and is established anew.
"""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.carried import OtherSession, resume_url, rides, taken_up
from oauth_provider.authorization.language import speaking
from oauth_provider.authorization.pushed import PushedTooLate, opened
from oauth_provider.authorization.request import AuthorizationRequest, Source
from oauth_provider.authorization.response import error_response
from oauth_provider.authorization.rules import check, establish
from oauth_provider.authorization.stored_request import from_stored
from oauth_provider.authorization.ticket import Ticket, TicketExpired
from oauth_provider.models import PendingRequest
from oauth_provider.pages.csrf import AGAIN
from oauth_provider.pages.login_round_trip import login_url
from oauth_provider.pages.sending.page import error_page
from oauth_provider.pages.sending.situation import ANSWERED, BROKEN, LATE, NOT_YOURS, RENEWED, SIGNED_OUT, situation_of
from oauth_provider.protocol.errors import AccessDenied, InvalidRequest, OAuthError
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.redirect_uri import front_page
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import issuer_of

NOT_THEIRS = (Reason.CLIENT_IN_TEST_MODE, Reason.CLIENT_NOT_FOR_USER)
TOO_LATE = AccessDenied(Reason.USER_TOO_LATE)


@sensitive_variables()
def dead_end(request: HttpRequest, handle: str, error: OAuthError) -> HttpResponse:
    """The page for ``error`` on the consent page of ``handle``, with what its person can do next."""
    pending, user = PendingRequest.objects.asked(handle), session_user(request)
    if pending is None or user is None or pending.user_id != user.pk:
        return error_page(request, error, situation=NOT_YOURS)
    asked = from_stored(pending.request)
    if pending.decided_at is not None:
        # Nothing is answered twice, so the link only leads to where the application is at home.
        return _page(request, asked, error, situation=ANSWERED, back_to=client_front_page(asked))
    if isinstance(error, AccessDenied) and error.reason in NOT_THEIRS:
        told_client = back_to(request, asked, error)
        return _page(request, asked, error, situation=situation_of(error), back_to=told_client)
    again = f"{reverse('oauth_provider:consent', args=[handle])}?{AGAIN}"
    may_be_asked = _may_be_asked(asked)
    situation, told = (RENEWED if may_be_asked else BROKEN, error) if pending.is_in_time else (LATE, TOO_LATE)
    if isinstance(told, InvalidRequest) or not told.redirectable:
        told = AccessDenied(Reason.USER_UNDECIDED)
    return _page(
        request,
        asked,
        error,
        situation=situation,
        go_on=again if may_be_asked else "",
        back_to=back_to(request, asked, told),
    )


@sensitive_variables()
def lost_ticket(request: HttpRequest, error: OAuthError) -> HttpResponse:
    """The page for a ticket that cannot be gone on with: ``TicketExpired``, ``OtherSession``, ``PushedTooLate``.

    A request that was pushed or signed can only be sent anew by its client.
    """
    if isinstance(error, OtherSession):
        if session_user(request) is not None:
            return error_page(request, error, situation=NOT_YOURS)
        return error_page(request, error, situation=SIGNED_OUT, go_on=login_url(request.get_full_path()))
    if isinstance(error, PushedTooLate):
        return _late(request, error.request, error)
    try:
        ticket = taken_up(request, error.ticket) if isinstance(error, TicketExpired) else None
        asked = opened(replace(ticket, opened=True)).request if ticket is not None else None
    except OAuthError:
        asked = None
    return _late(request, asked, error) if asked is not None else error_page(request, error, situation=LATE)


@sensitive_variables()
def inactive_account(request: HttpRequest, ticket: Ticket, error: OAuthError) -> HttpResponse:
    """The page for who is signed in with an account that was switched off: another one may go on."""
    return _page(
        request,
        ticket.request,
        error,
        go_on=login_url(resume_url(request, ticket)),
        back_to=back_to(request, ticket.request, AccessDenied(Reason.USER_INACTIVE)),
    )


def _late(request: HttpRequest, asked: AuthorizationRequest, error: OAuthError) -> HttpResponse:
    anew = Ticket(asked)
    is_its_own = asked.source is Source.BROWSER and not asked.request and rides(anew) and _may_be_asked(asked)
    return _page(
        request,
        asked,
        error,
        situation=LATE,
        go_on=resume_url(request, anew) if is_its_own else "",
        back_to=back_to(request, asked, TOO_LATE),
    )


@sensitive_variables()
def _page(request: HttpRequest, asked: AuthorizationRequest, error: OAuthError, **shown: Any) -> HttpResponse:
    """Return the error page, in the language of the request that it is about."""
    with speaking(asked.ui_locales):
        return error_page(request, error, client_name=client_name(asked), **shown)


@sensitive_variables()
def back_to(request: HttpRequest, asked: AuthorizationRequest, error: OAuthError) -> str:
    """The link that tells the application of ``error``; empty where its redirect URI cannot be relied on any more."""
    issuer = issuer_of(request)
    try:
        response = error_response(establish(asked), error, issuer)
    except OAuthError:
        return ""
    return "" if response.is_form_post else response.url(issuer)


def client_name(asked: AuthorizationRequest) -> str:
    """Return the name of the application, where it still is known."""
    try:
        return str(establish(asked).client.application)
    except OAuthError:
        return ""


def client_front_page(asked: AuthorizationRequest) -> str:
    """Return the front page of the site that the answer went to, where its redirect URI still can be relied on."""
    try:
        return front_page([establish(asked).redirect_uri])
    except OAuthError:
        return ""


def _may_be_asked(asked: AuthorizationRequest) -> bool:
    try:
        check(asked, establish(asked).client)
    except OAuthError:
        return False
    return True
