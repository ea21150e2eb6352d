"""Pages for people (RFC 9700 §4.16): how each is sent, and the page that says what went wrong."""

import functools
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _

from oauth_provider.authorization.language import page_language
from oauth_provider.clients.lookup import find_client
from oauth_provider.conf import provider_settings
from oauth_provider.events.refusal import tell_refusal
from oauth_provider.models import ClientPolicy
from oauth_provider.models.client import Client
from oauth_provider.pages.log_mask import mask_reports_of, masked
from oauth_provider.pages.sending.browser_state import keep_browser_state
from oauth_provider.pages.sending.situation import Situation, situation_of
from oauth_provider.pages.sending.way_home import way_home
from oauth_provider.protocol.errors import InvalidRequest, OAuthError, ServiceUnavailable, TemporarilyUnavailable
from oauth_provider.protocol.frontchannel_logout import origin as origin_of
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.redirect_uri import front_page
from oauth_provider.protocol.token_string import random_text
from oauth_provider.resource_server.database_outage import is_outage, mark_reported, unavailable
from oauth_provider.resource_server.users.session_user import restrict_to_session
from oauth_provider.sql.transaction import RowGone

STYLESHEET = "oauth_provider/oauth.css"
SELF = "'self'"
REFERENCE_LENGTH = 8
# A body that could not be read, and too many requests: every other refusal is a 400 to a person.
OWN_STATUS = (411, 413, 429)

# Pages whose own address shows the form that was sent to it.
FORMS = ("consent", "select_account", "sign_in_again", "logout", "logout_confirm")

View = Callable[..., HttpResponse]


def for_people(view: View) -> View:
    """A page: what it refuses is shown to the person. It asks for a login itself and owns its transactions.

    Only a session is a person there, to templates and a project's own hooks, too. A login or logout shows in its
    browser state. Where the database is away the person may try again.
    """

    @functools.wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mask_reports_of(request)
        try:
            restrict_to_session(request)
            response = keep_browser_state(request, answer(request, *args, **kwargs))
        except Error as error:
            if not is_outage(error):
                raise
            response = unavailable_page(request, unavailable(error))
        keep_opener(response)
        return response

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ServiceUnavailable as error:
            tell_refusal(error, path=masked(request.path), address=provider_settings.CLIENT_ADDRESS(request))
            return unavailable_page(request, error)
        except OAuthError as error:
            return error_page(request, error)
        except RowGone:
            return error_page(request, InvalidRequest(Reason.ROWS_GONE))

    freed: View = login_not_required(non_atomic_requests(page))
    return freed


def keep_opener(response: HttpResponseBase) -> None:
    """Let a client that opened ``response`` in a popup keep hold of it (HTML §7.1.3), redirects on its way included.

    Django's default is ``same-origin``, after which ``window.opener`` is null for good.
    """
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of ours, rendered. ``home`` in its context is where it leads if it leads nowhere else."""
    response = render(request, f"oauth_provider/{template}", {"home": way_home(), **context}, status=status)
    add_page_headers(response)
    return response


def add_page_headers(response: HttpResponseBase) -> None:
    """Put ``response`` under a strict policy: nothing from elsewhere, no script, in nobody's frame, in no cache.

    It also names its language, which is not that of the browser where the request asks for another.
    """
    response["Content-Security-Policy"] = content_security_policy()
    response["X-Frame-Options"] = "DENY"
    response["X-Content-Type-Options"] = "nosniff"
    # no-referrer would make the browser send "Origin: null", which Django's CSRF check refuses.
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = page_language()


def content_security_policy(*, scripts: bool = False, frames: Iterable[str] = ()) -> str:
    """Without ``form-action``: Chromium applies it to the whole chain of redirects that follows a POST.

    ``scripts`` lets those run that stand beside the stylesheet; ``frames`` are URLs whose origins may be framed.
    """
    origin = static_origin()
    # Logos and colours of clients are served by ourselves, wherever static files are.
    here = origin if origin == SELF else f"{origin} {SELF}"
    allowed = f"style-src {here}; img-src {here}; font-src {origin}" + (f"; script-src {origin}" if scripts else "")
    framed = " ".join(sorted({origin_of(frame) for frame in frames}))
    allowed += f"; frame-src {framed}" if framed else ""
    return f"default-src 'none'; {allowed}; base-uri 'none'; frame-ancestors 'none'"


def static_origin() -> str:
    """Return the origin of our stylesheet and scripts, as a policy names it."""
    parts = urlsplit(static(STYLESHEET))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else SELF


def error_page(
    request: HttpRequest,
    error: OAuthError,
    *,
    situation: Situation | None = None,
    go_on: str = "",
    back_to: str = "",
    client_name: str = "",
    status: int | None = None,
) -> HttpResponse:
    """Show what happened, whose turn it is, and a short reference that the log knows. Nothing is redirected.

    ``go_on`` is a URL of ours; ``back_to`` one of the client, whose redirect URI was established. Where there is no
    ``client_name`` and the error says which client it is about, its name is looked up, and the one site it is at home.
    """
    reference = random_text(REFERENCE_LENGTH)
    client = None if client_name else approved_client(error.client_id)
    address = provider_settings.CLIENT_ADDRESS(request)
    tell_refusal(error, path=masked(request.path), address=address, reference=reference)
    context = {
        "situation": situation or situation_of(error),
        "error": error.error,
        "description": error.description,
        # Whoever develops with DEBUG on is the operator, too; anybody else learns no more than is sent to clients.
        "detail": error.detail if settings.DEBUG else "",
        "reference": reference,
        # Whoever comes back later has to be let in by then.
        "go_on": go_on or (again_url(request) if isinstance(error, TemporarilyUnavailable) else ""),
        "back_to": back_to or (front_page(client.redirect_uris) if client is not None else ""),
        "client_name": client_name or (str(client.application) if client is not None else ""),
    }
    own = error.status if error.status in OWN_STATUS else 400
    response = show(request, "error.html", context, status=status or own)
    if isinstance(error, TemporarilyUnavailable):
        response["Retry-After"] = str(error.retry_after)
    response["Referrer-Policy"] = "no-referrer"  # no form stands on it
    return response


def approved_client(client_id: str) -> Client | None:
    """Return the client, if an operator approved it: others may call themselves anything, and lead anywhere."""
    client = find_client(client_id) if client_id else None
    is_approved = client is not None and client.policy.status == ClientPolicy.Status.APPROVED
    return client if is_approved else None


def unavailable_page(request: HttpRequest, error: ServiceUnavailable) -> HttpResponse:
    """A page that says to try again, and asks nothing of the database (RFC 9110 §15.6.4)."""
    title = _("We cannot do that at the moment")
    context = {"title": title, "error": error.error, "again": again_url(request)}
    try:
        response = show(request, "unavailable.html", context, status=error.status)
    except Error:  # a context processor of the project's asked it
        response = HttpResponse(title, status=error.status, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(error.retry_after)
    response["Cache-Control"] = "no-store"
    return mark_reported(response)


def again_url(request: HttpRequest) -> str:
    """Return the URL at which somebody can try again by a link: of a form, that of the page which shows it."""
    match = request.resolver_match
    is_shown_by_get = request.method == "GET" or (match is not None and match.url_name in FORMS)
    return request.get_full_path() if is_shown_by_get else ""
