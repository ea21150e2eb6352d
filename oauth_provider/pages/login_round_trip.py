"""The round trip by a login page (OpenID Connect Core §3.1.2.1): where ``next`` leads, and for whom."""

from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.carried import AUTHORIZE, TICKET, taken_up
from oauth_provider.authorization.demand import is_signed_in
from oauth_provider.authorization.interaction import demands_login
from oauth_provider.authorization.rules import find_client
from oauth_provider.authorization.signed import resolved
from oauth_provider.authorization.ticket import Ticket, from_text
from oauth_provider.models.client import Client, ClientPolicy
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.person import username_of


@sensitive_variables()
def way_on(request: HttpRequest) -> str | None:
    """Return the URL to which a login page can send who is signed in already: on with the request in its ``next``.

    None where nobody is, where ``next`` is no request of ours, where that asks for a new login, and where the form
    names somebody else.
    """
    if not is_signed_in(request):
        return None
    name = username_of(session_user(request))
    if request.POST.get("username", name) != name:
        return None
    url = _next(request)
    try:
        ticket = _ticket(request, url)
        if ticket is None:
            return None
        issuer = issuer_of(request)
        return None if demands_login(request, resolved(ticket, issuer), issuer) else url
    except OAuthError:
        return None


@sensitive_variables()
def client_on_the_way(request: HttpRequest) -> Client | None:
    """Return the client whose request is in the ``next`` of a login page.

    None where that is no request of ours, or of a client that nobody approved: a stranger chose its name.
    """
    try:
        ticket = _ticket(request, _next(request))
        client = find_client(ticket.request) if ticket is not None else None
    except OAuthError:
        return None
    return client if client is not None and client.policy.status == ClientPolicy.Status.APPROVED else None


def _next(request: HttpRequest) -> str:
    return request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")


def _ticket(request: HttpRequest, url: str) -> Ticket | None:
    """Return the ticket in a URL of our authorization endpoint, or None. Raises ``InvalidRequest``."""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    parts = urlsplit(url)
    if not is_ours or parts.path.rstrip("/") != reverse(AUTHORIZE).rstrip("/"):
        return None
    return taken_up(request, from_text(parse_qs(parts.query).get(TICKET, [""])[0]))


def login_url(way_back: str) -> str:
    """The login page, which leads back to a path of ours that is short."""
    page = resolve_url(settings.LOGIN_URL)
    return f"{page}{'&' if '?' in page else '?'}{urlencode({REDIRECT_FIELD_NAME: way_back}, safe='/')}"
