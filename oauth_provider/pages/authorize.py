"""The authorization endpoint (RFC 6749 §3.1): takes requests, decides what comes next, and shows nothing."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from oauth_provider.authorization.interaction import Answer, Ask, Login, Refused, next_step
from oauth_provider.authorization.request import (
    AuthorizationRequest,
    from_ticket,
    parse_query,
    to_ticket,
)
from oauth_provider.authorization.response import error_url, redirect_to
from oauth_provider.clients.body import read_body
from oauth_provider.conf import provider_settings
from oauth_provider.models.client import ClientPolicy
from oauth_provider.pages.page import error_page, for_people

METHODS = ["GET", "POST"]
TICKET = "ticket"


@csrf_exempt
@for_people
def authorize(request: HttpRequest) -> HttpResponse:
    """GET and POST are alike. A cross-site POST carries no session cookie, so it is sent on to a GET of ours."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    if request.method == "POST":
        return redirect_to(_resume_url(parse_query(read_body(request))))
    # Ours stands alone: beside anything else it is a parameter that nobody knows.
    ticket = request.GET.get(TICKET) if len(request.GET) == 1 else None
    asked = from_ticket(ticket) if ticket else parse_query(request.META.get("QUERY_STRING", ""))
    issuer = provider_settings.issuer_of(request)
    match next_step(request, asked, issuer):
        case Refused() as refused:
            return _refuse(request, refused, issuer)
        case Login():
            return _login(asked)
        case Ask(handle):
            return redirect_to(reverse("oauth_provider:consent", args=[handle]))
        case Answer(url):
            return redirect_to(url)


def _refuse(request: HttpRequest, refused: Refused, issuer: str) -> HttpResponse:
    url = error_url(refused.destination, refused.error, issuer)
    if refused.destination.client.policy.status == ClientPolicy.Status.UNAPPROVED:
        # Anyone may have registered it: redirecting before anybody was asked would be an open redirector.
        name = str(refused.destination.client.application)
        return error_page(request, refused.error, back_to=url, client_name=name)
    return redirect_to(url)


def _login(asked: AuthorizationRequest) -> HttpResponse:
    response = redirect_to_login(_resume_url(asked), resolve_url(settings.LOGIN_URL))
    patch_cache_control(response, no_store=True)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _resume_url(asked: AuthorizationRequest) -> str:
    return f"{reverse('oauth_provider:authorize')}?{urlencode({TICKET: to_ticket(asked)})}"
