"""The decision (RFC 6749 §4.1.1, RFC 9700 §4.7): a question is kept, and a person answers it, once."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.browser_state import session_state
from oauth_provider.authorization.carried import from_parameters, to_parameters
from oauth_provider.authorization.demand import visit_of
from oauth_provider.authorization.grant import Question, answer_no, answer_yes, words_shown
from oauth_provider.authorization.response import AuthorizationResponse, error_response, from_text, granted_response
from oauth_provider.authorization.rules import check, establish
from oauth_provider.authorization.sign_in import binding_of
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.clients.encryption import envelope_for
from oauth_provider.conf import provider_settings
from oauth_provider.models import PendingRequest
from oauth_provider.models.client import as_client
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.errors import AccessDenied, InvalidRequest
from oauth_provider.resource_server.users.session_user import session_user

ALLOW, DENY = "allow", "deny"


def ask(http: HttpRequest, question: Question, *, sid: str = "") -> str:
    """Keep ``question`` for this session, and where ``sid`` is given for that one sign-in; the handle of its page."""
    return PendingRequest.objects.ask(
        application=question.client.application,
        user=question.user,
        session=binding_of(http),
        parameters={
            **to_parameters(replace(question.request, name=())),
            "shown": words_shown(question),
            "sid": digest(sid) if sid else "",
        },
    )


def question_of(http: HttpRequest, pending: PendingRequest, issuer: str = "") -> Question:
    """What ``pending`` asks, judged anew: the client may have been suspended or changed since.

    Raises ``InvalidRequest`` where it may not be answered any more.
    """
    kept: dict[str, Any] = pending.parameters
    request = from_parameters(kept)
    destination = establish(request)
    asked = check(request, destination.client)
    visit = visit_of(http, Ticket(request), destination.client)
    if kept.get("sid") and not equal(kept["sid"], digest(visit.recorded.sid)):
        raise InvalidRequest("Somebody signed in meanwhile.", detail="another sign-in than the one demanded")
    question = Question(request, destination, asked, session_user(http), visit.sign_in, issuer)
    if kept.get("shown") != words_shown(question):
        raise InvalidRequest("What this request asks for has changed meanwhile.")
    return question


@sensitive_variables()
def decide(http: HttpRequest, handle: str, decision: str, issuer: str) -> AuthorizationResponse:
    """What the browser takes to the client after a decision.

    Raises ``InvalidRequest`` if this session may not make it.
    """

    def answer(pending: PendingRequest) -> str:
        question = question_of(http, pending, issuer)
        if decision == ALLOW:
            watched = session_state(http, question.destination, question.scope)
            return granted_response(question.destination, answer_yes(question), issuer, watched).to_text()
        answer_no(question)
        return error_response(question.destination, AccessDenied("The user denied the request."), issuer).to_text()

    _fetch_keys(http, handle)
    text = PendingRequest.objects.decide(
        handle, user=session_user(http), session=binding_of(http), decision=decision, answer=answer
    )
    return from_text(text)


def _fetch_keys(http: HttpRequest, handle: str) -> None:
    """Where the answer may hold an encrypted ID token, its client's keys are known before a row is locked."""
    if not provider_settings.LEGACY_RESPONSE_TYPES:
        return
    pending = PendingRequest.objects.waiting(handle, user=session_user(http), session=binding_of(http))
    if pending is not None:
        envelope_for(as_client(pending.application))
