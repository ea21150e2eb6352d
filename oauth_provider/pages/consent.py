"""The consent page (RFC 6749 §3.1, RFC 9700 §4.7): who asks for what, and the one place where it is decided."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from oauth_provider.authorization.decision import ALLOW, DENY, decide, question_of
from oauth_provider.authorization.demand import is_signed_in
from oauth_provider.authorization.grant import Question
from oauth_provider.authorization.sign_in import binding_of
from oauth_provider.conf import provider_settings
from oauth_provider.models import PendingRequest
from oauth_provider.models.authorization_details import registered
from oauth_provider.models.resource import all_resources
from oauth_provider.models.scope import words_of
from oauth_provider.pages.language import speaking
from oauth_provider.pages.page import for_people, show
from oauth_provider.pages.response import send
from oauth_provider.protocol.authorization_details import Detail, flattened
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.redirect_uri import destination
from oauth_provider.resource_server.session_user import session_user
from oauth_provider.tokens.person import username_of

METHODS = ["GET", "HEAD", "POST"]
# The members that many types share (RFC 9396 §2.2). All others are shown as they are called.
COMMON = {
    "locations": _("Where"),
    "actions": _("To do what"),
    "datatypes": _("With what"),
    "identifier": _("Which one"),
    "privileges": _("With the rights"),
}


@sensitive_post_parameters()
@csrf_protect
@for_people
def consent(request: HttpRequest, handle: str) -> HttpResponse:
    """GET shows the question behind ``handle``; POST answers it, once."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    if not is_signed_in(request):
        raise InvalidRequest("You are not signed in any more.")
    if request.method == "POST":
        decision = request.POST.get("decision", "")
        if decision not in (ALLOW, DENY):
            raise InvalidRequest("Neither Allow nor Cancel was chosen.")
        return send(request, decide(request, handle, decision, provider_settings.issuer_of(request)))
    return _ask(request, handle)


def _ask(request: HttpRequest, handle: str) -> HttpResponse:
    pending = PendingRequest.objects.waiting(handle, user=session_user(request), session=binding_of(request))
    if pending is None:
        raise InvalidRequest("This request was decided already, or is not yours to decide.")
    question = question_of(request, pending)
    with speaking(question.request.ui_locales):
        return _show(request, handle, question)


def _show(request: HttpRequest, handle: str, question: Question) -> HttpResponse:
    resources = question.asked.audience.resources
    context = {
        "account": username_of(session_user(request)),
        "client_name": str(question.client.application),
        "destination": destination(question.destination.redirect_uri),
        "resources": [str(resource.name) for resource in resources],
        # Where there are several places, somebody who allows all of them is told so.
        "is_for_everywhere": not resources and bool(all_resources()),
        "permissions": list(words_of(question.scope).values()),
        "details": [_in_words(detail, request) for detail in question.asked.details],
        "action": reverse("oauth_provider:consent", args=[handle]),
    }
    return show(request, "consent.html", context)


def _members(detail: Detail) -> list[tuple[str, str]]:
    return [(str(COMMON.get(member, member)), value) for member, value in flattened(detail)]


def _in_words(detail: Detail, request: HttpRequest) -> dict[str, str]:
    """The name of the detail's type, and all that it says (RFC 9396 §2), by the type's own template or as a list."""
    known = registered(detail["type"])
    context = {**known.context(detail, session_user(request)), "detail": detail, "members": _members(detail)}
    template = known.template or "oauth_provider/authorization_detail.html"
    return {"name": str(known.name) or known.type, "words": render_to_string(template, context, request)}
