"""The end session endpoint (OpenID Connect RP-Initiated Logout 1.0 §2): a person is asked unless the client proves
that the session is theirs.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from oauth_provider.authorization.language import speaking
from oauth_provider.authorization.logout import (
    Logout,
    end_session,
    establish,
    from_ticket,
    is_of_this_session,
    to_ticket,
    was_of_this_session,
)
from oauth_provider.form_body import read_body
from oauth_provider.models import ClientPolicy
from oauth_provider.pages.csrf import csrf_protected, log_out_again
from oauth_provider.pages.sending.head import is_head, nothing_done
from oauth_provider.pages.sending.page import content_security_policy, error_page, for_people, show
from oauth_provider.pages.sending.response import redirect_to
from oauth_provider.pages.sending.situation import Situation
from oauth_provider.protocol.errors import InvalidRequest, OAuthError
from oauth_provider.protocol.form import parse_form
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.redirect_uri import destination, front_page
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.person import username_of

METHODS = ["GET", "HEAD", "POST"]
TICKET = "ticket"
# How long a client that does not answer holds the person up, in seconds.
PATIENCE = 5
LOG_OUT, STAY = "log_out", "stay"


UNBELIEVABLE = Situation(
    _("You are not logged out"),
    _("The application asked for it in a way that cannot be relied on. You can log out here all the same."),
    _("Log out"),
)


def or_a_plain_question(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Offer who is signed in the question without all that was refused, where ``view`` refuses."""

    @functools.wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except OAuthError as error:
            if session_user(request) is None:
                raise
            situation = None if error.reason is Reason.LOGOUT_BUTTON_MISSING else UNBELIEVABLE
            return error_page(request, error, situation=situation, go_on=reverse("oauth_provider:logout"))

    return page


@sensitive_post_parameters()
@csrf_exempt
@for_people
@or_a_plain_question
def logout(request: HttpRequest) -> HttpResponse:
    """GET and POST are alike. A cross-site POST carries no session cookie, so it is sent on to a GET of ours."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    issuer = issuer_of(request)
    if request.method == "POST":
        ticket = to_ticket(establish(read_body(request), issuer).request)
        return redirect_to(f"{reverse('oauth_provider:logout')}?{urlencode({TICKET: ticket})}")
    given = request.GET.get(TICKET) if len(request.GET) == 1 else None
    asked = from_ticket(given) if given else establish(request.META.get("QUERY_STRING", ""), issuer)
    if is_head(request):
        return nothing_done()
    if session_user(request) is None:
        # A login that was to be renewed and never was leaves a session to end.
        frames = end_session(request, issuer) if was_of_this_session(request, asked) else []
        return _finish(request, asked, may_redirect=asked.request.is_proven, frames=frames)
    if is_of_this_session(request, asked):
        return _finish(request, asked, may_redirect=True, frames=end_session(request, issuer))
    return _ask(request, asked)


@csrf_protected(log_out_again)
@for_people
@or_a_plain_question
def confirm(request: HttpRequest) -> HttpResponse:
    """Take the answer to the question of ``logout``, which is asked again where this page is only opened anew."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    if request.method != "POST":
        return redirect_to(reverse("oauth_provider:logout"))
    form = parse_form(read_body(request)).parameters
    asked = from_ticket(form.get(TICKET, ""))
    decision = form.get("decision", "")
    if decision == STAY:
        back_to = asked.request.post_logout_redirect_uri or _front_page(asked)
        return _show(request, asked, "logout_cancelled.html", back_to=back_to)
    if decision != LOG_OUT:
        raise InvalidRequest(Reason.LOGOUT_BUTTON_MISSING)
    frames = end_session(request, issuer_of(request)) if session_user(request) is not None else []
    return _finish(request, asked, may_redirect=True, frames=frames)


def _ask(request: HttpRequest, asked: Logout) -> HttpResponse:
    uri = asked.request.post_logout_redirect_uri
    return _show(
        request,
        asked,
        "logout.html",
        account=username_of(session_user(request)),
        destination=destination(uri) if uri else "",
        action=reverse("oauth_provider:logout_confirm"),
        ticket=to_ticket(asked.request),
    )


def _finish(request: HttpRequest, asked: Logout, *, may_redirect: bool, frames: Sequence[str] = ()) -> HttpResponse:
    """§3: on to the client, or to our own page where there is nowhere to go, or nobody was asked about it."""
    if frames:
        with speaking(asked.request.ui_locales):
            return tell_clients(request, frames, back_to=asked.request.next_url, client_name=_client_name(asked))
    if asked.request.next_url and may_redirect:
        return redirect_to(asked.request.next_url)
    return _show(request, asked, "logged_out.html", back_to=asked.request.next_url or _front_page(asked))


def tell_clients(
    request: HttpRequest, frames: Sequence[str], *, back_to: str = "", client_name: str = ""
) -> HttpResponse:
    """Front-Channel Logout 1.0 §2: each client in a frame that nobody sees; then on, however long they take."""
    context = {"back_to": back_to, "client_name": client_name, "frames": frames, "patience": PATIENCE if back_to else 0}
    response = show(request, "logged_out_clients.html", context)
    response["Content-Security-Policy"] = content_security_policy(frames=frames, scripts=True)
    response["Referrer-Policy"] = "no-referrer"  # no form stands on it
    return response


def _front_page(asked: Logout) -> str:
    """Return where the client is at home, for a link that somebody may follow; nobody is ever sent there.

    Only of a client that an operator approved: one that registered itself would be led to under any name it chose.
    """
    client = asked.client
    is_approved = client is not None and client.policy.status == ClientPolicy.Status.APPROVED
    return front_page(client.redirect_uris) if client is not None and is_approved else ""


def _client_name(asked: Logout) -> str:
    return str(asked.client.application) if asked.client is not None else ""


def _show(request: HttpRequest, asked: Logout, template: str, **context: Any) -> HttpResponse:
    with speaking(asked.request.ui_locales):
        return show(request, template, {"client_name": _client_name(asked), **context})
