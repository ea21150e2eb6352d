"""The consent page (RFC 6749 §3.1, RFC 9700 §4.7): who asks for what, and the one place where it is decided."""

from datetime import datetime
from itertools import chain
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from oauth_provider.authorization.asker import asker_of
from oauth_provider.authorization.carried import AUTHORIZE, resume_url
from oauth_provider.authorization.choice import PREFIX, ChoiceRefused, Forms, forms_of
from oauth_provider.authorization.decision import decide, inquiry_of
from oauth_provider.authorization.demand import is_signed_in
from oauth_provider.authorization.detail_words import members_of
from oauth_provider.authorization.inquiry import Inquiry
from oauth_provider.authorization.language import speaking
from oauth_provider.authorization.question import ALLOW, DENY, NO, Decision
from oauth_provider.authorization.recollection import recollect
from oauth_provider.authorization.sign_in import binding_of
from oauth_provider.authorization.stored_request import from_stored
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.authorization.warning import Warning, warning_of
from oauth_provider.conf import provider_settings
from oauth_provider.events.refusal import tell_refusal
from oauth_provider.models import PendingRequest
from oauth_provider.pages import consent_as_json
from oauth_provider.pages.consent_choices import (
    ACCESS,
    READ_ONLY,
    SCOPE,
    WARNINGS,
    groups_of,
    readings_of,
    said_of_client,
)
from oauth_provider.pages.consent_sections import sections_of
from oauth_provider.pages.csrf import AGAIN, ask_again, csrf_protected
from oauth_provider.pages.dead_end import dead_end
from oauth_provider.pages.log_mask import masked
from oauth_provider.pages.login_round_trip import login_url
from oauth_provider.pages.sending.head import is_head, nothing_done
from oauth_provider.pages.sending.json_twin import refuse, wants_json
from oauth_provider.pages.sending.page import error_page, for_people, show
from oauth_provider.pages.sending.response import redirect_to, send
from oauth_provider.pages.sending.situation import SIGNED_OUT
from oauth_provider.protocol.authorization_details import Detail
from oauth_provider.protocol.errors import InvalidRequest, LoginRequired, OAuthError, ServiceUnavailable
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.redirect_uri import is_on_device
from oauth_provider.registry.authorization_details import registered
from oauth_provider.registry.resource import all_resources
from oauth_provider.registry.scope import permissions_of
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.tokens.issuer import issuer_of
from oauth_provider.tokens.person import username_of

METHODS = ["GET", "HEAD", "POST"]
# The query of this page that leads on to another account, for the same request.
SWITCH = "switch"


def out_of_date(request: HttpRequest, handle: str) -> HttpResponse:
    """Nothing was decided: the request failed the check against forgery."""
    if not wants_json(request):
        return ask_again(request, handle)
    error = InvalidRequest(Reason.PAGE_OUT_OF_DATE, detail="CSRF check failed")
    return refuse(request, error, status=403, go_on=f"{request.path}?{AGAIN}")


@sensitive_post_parameters()
@csrf_protected(out_of_date)
@for_people
def consent(request: HttpRequest, handle: str) -> HttpResponse:
    """GET shows the question behind ``handle``; POST answers it, once. Whoever cannot is told what to do instead."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    return _in_json(request, handle) if wants_json(request) else _on_page(request, handle)


def _on_page(request: HttpRequest, handle: str) -> HttpResponse:
    here = reverse("oauth_provider:consent", args=[handle])
    if not is_signed_in(request):
        error = InvalidRequest(Reason.SIGNED_OUT)
        return error_page(request, error, situation=SIGNED_OUT, go_on=login_url(f"{here}?{AGAIN}"))
    if request.method != "POST" and (AGAIN in request.GET or SWITCH in request.GET):
        page = AUTHORIZE if AGAIN in request.GET else "oauth_provider:select_account"
        return nothing_done() if is_head(request) else _begin_anew(request, handle, page)
    if request.method == "POST" and request.POST.get("decision", "") not in (ALLOW, DENY):
        return error_page(request, InvalidRequest(Reason.CONSENT_BUTTON_MISSING), go_on=here)
    try:
        return _answer(request, handle) if request.method == "POST" else _ask(request, handle)
    except ServiceUnavailable:
        raise  # nothing was decided, and all of it can be tried again
    except OAuthError as error:
        return dead_end(request, handle, error)


def _in_json(request: HttpRequest, handle: str) -> HttpResponse:
    here = reverse("oauth_provider:consent", args=[handle])
    if not is_signed_in(request):
        return refuse(request, LoginRequired(Reason.SIGNED_OUT), status=401, go_on=login_url(f"{here}?{AGAIN}"))
    try:
        if request.method != "POST":
            inquiry = _find(request, handle)
            return consent_as_json.show_question(request, inquiry, switch=f"{here}?{SWITCH}")
        if request.POST.get("decision", "") not in (ALLOW, DENY):
            raise InvalidRequest(Reason.CONSENT_BUTTON_MISSING)
        response = decide(request, handle, decision_of(request.POST), issuer_of(request))
        return consent_as_json.show_answer(request, response)
    except ChoiceRefused as error:
        return refuse(request, error, fields=consent_as_json.problems_of(error.forms), go_on=f"{here}?{AGAIN}")
    except ServiceUnavailable:
        raise
    except OAuthError as error:
        return refuse(request, error, go_on=f"{here}?{AGAIN}")


def _answer(request: HttpRequest, handle: str) -> HttpResponse:
    try:
        return send(request, decide(request, handle, decision_of(request.POST), issuer_of(request)))
    except ChoiceRefused as refused:
        tell_refusal(refused, path=masked(request.path), address=provider_settings.CLIENT_ADDRESS(request))
        return _ask(request, handle, refused.forms)


def decision_of(form: QueryDict) -> Decision:
    """Return what the form of the page says.

    A scope whose box is not ticked is left out, unless it is required. Raises ``InvalidRequest`` for an end that is no
    time, and for a kind of access that there is not.
    """
    if form["decision"] != ALLOW:
        return NO
    try:
        until = datetime.fromisoformat(str(form["until"])) if form.get("until") else None
    except ValueError:
        raise InvalidRequest(Reason.END_NOT_OFFERED) from None
    if form.get(ACCESS, "") not in ("", READ_ONLY):
        raise InvalidRequest(Reason.ACCESS_NOT_OFFERED)
    return Decision(
        True,
        # Each box by itself, as a form sends them, or all of them divided by spaces, as a scope is written.
        scopes=frozenset(chain.from_iterable(map(str.split, form.getlist(SCOPE)))),
        context=form.get("context") or None,
        until=until,
        reads_only=form.get(ACCESS) == READ_ONLY,
        values=tuple((name, tuple(listed)) for name, listed in form.lists() if name.startswith(f"{PREFIX}-")),
    )


def _ask(request: HttpRequest, handle: str, refused: Forms | None = None) -> HttpResponse:
    """The page; once more where a choice was ``refused``, with the reason beside each field and all else as it was."""
    inquiry = _find(request, handle)
    with speaking(inquiry.request.ui_locales):
        return _show(request, handle, inquiry, refused)


def _find(request: HttpRequest, handle: str) -> Inquiry:
    """Return what the person is asked. Raises ``InvalidRequest`` where this is not theirs to decide."""
    pending = PendingRequest.objects.waiting(handle, user=session_user(request), session=binding_of(request))
    if pending is None:
        raise InvalidRequest(Reason.NOT_YOURS_TO_DECIDE)
    return inquiry_of(request, pending, issuer_of(request))


def _begin_anew(request: HttpRequest, handle: str, page: str) -> HttpResponse:
    """Begin the request anew, from its first rule or where an account is chosen, for the person it was asked of."""
    pending, user = PendingRequest.objects.asked(handle), session_user(request)
    if pending is None or user is None or pending.user_id != user.pk or pending.decided_at is not None:
        error = InvalidRequest(Reason.CANNOT_BEGIN_ANEW, detail="foreign or spent")
        return dead_end(request, handle, error)
    return redirect_to(resume_url(request, Ticket(from_stored(pending.request)), page))


def _show(request: HttpRequest, handle: str, inquiry: Inquiry, refused: Forms | None) -> HttpResponse:
    question, redirects_to = inquiry.question, inquiry.destination.redirect_uri
    asker = asker_of(question.client, redirects_to)
    ticked = None if refused is None else frozenset(request.POST.getlist(SCOPE))
    recollection = recollect(question, timezone.now())
    warning = warning_of(inquiry, is_first=recollection.is_first)
    forms = refused or forms_of(question)
    resources, known_resources = question.asked.audience.resources, all_resources()
    names = {one.identifier: one.name for one in known_resources}
    groups = [
        {"sections": sections_of(group.choices, names), "is_folded": group.is_folded}
        for group in groups_of(question, recollection, ticked=ticked)
    ]
    here = reverse("oauth_provider:consent", args=[handle])
    context = {
        "account": username_of(session_user(request)),
        "client_name": asker.name,
        "asker": asker,
        # Said once: the warning says so, too.
        "is_first_time": recollection.is_first and warning is not Warning.FIRST_TIME,
        "destination": question.destination,
        "is_on_device": is_on_device(redirects_to),
        "resources": [str(resource.name) for resource in resources],
        # Where there are several places, somebody who allows all of them is told so.
        "is_for_everywhere": not resources and bool(known_resources),
        "contexts": [one for one in question.contexts if question.context in (None, one.key)],
        "is_context_settled": question.is_settled,
        "endings": [(one.isoformat(), one) for one in question.endings],
        "permissions": permissions_of(question.asked.scope),
        "groups": groups,
        "readings": readings_of(question),
        "reads_only": recollection.reads_only if refused is None else request.POST.get(ACCESS) == READ_ONLY,
        "before": said_of_client(question, recollection),
        "warning": WARNINGS[warning] if warning is not None else "",
        "is_warning_strong": warning is not None and warning.is_strong,
        "withheld": [one for one in permissions_of(question.withheld, withheld=question.withheld) if one.refusal],
        "details": [_in_words(one, request, forms.get(place)) for place, one in enumerate(question.asked.details)],
        "is_refused": refused is not None,
        "chosen": {name: request.POST.get(name, "") for name in ("context", "until")},
        "action": here,
        "switch": f"{here}?{SWITCH}",
    }
    return show(request, "consent.html", context, status=400 if refused else 200)


def _in_words(detail: Detail, request: HttpRequest, form: BaseForm | None) -> dict[str, Any]:
    """The name of the detail's type, and all that it says (RFC 9396 §2), by the type's own template or as a list.

    ``form`` is for what it leaves open.
    """
    known = registered(detail["type"])
    context = {**known.context(detail, session_user(request)), "detail": detail, "members": members_of(detail)}
    template = known.template or "oauth_provider/authorization_detail.html"
    words = render_to_string(template, context, request)
    return {"name": str(known.name) or known.type, "words": words, "form": form}
