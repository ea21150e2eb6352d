"""The decision (RFC 6749 §4.1.1, RFC 9700 §4.7): a question is kept, and a person answers it, once."""

from dataclasses import dataclass, replace

from django.db import router
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization import answer
from oauth_provider.authorization.browser_state import session_state
from oauth_provider.authorization.demand import visit_of
from oauth_provider.authorization.question import Question, words_shown
from oauth_provider.authorization.response import AuthorizationResponse, error_response, from_text, granted_response
from oauth_provider.authorization.rules import check, establish
from oauth_provider.authorization.sign_in import binding_of
from oauth_provider.authorization.stored_request import from_stored, to_stored
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.models import PendingRequest
from oauth_provider.models.client import as_client
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.errors import AccessDenied, InvalidRequest
from oauth_provider.protocol.reason import Reason
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.sql.commit import settle
from oauth_provider.sql.outcome import Change, Outcome

ALLOW, DENY = "allow", "deny"


def ask(http: HttpRequest, question: Question, *, sid: str = "") -> str:
    """Keep ``question`` for this session, and where ``sid`` is given for that one sign-in; the handle of its page."""
    return PendingRequest.objects.ask(
        application=question.client.application,
        user=question.user,
        session=binding_of(http),
        request=replace(
            to_stored(replace(question.request, name=())),
            shown=words_shown(question),
            sid=digest(sid) if sid else "",
        ),
    )


def question_of(http: HttpRequest, pending: PendingRequest, issuer: str = "") -> Question:
    """What ``pending`` asks, judged anew: the client may have been suspended or changed since.

    Raises ``InvalidRequest`` where it may not be answered any more.
    """
    stored = pending.request
    request = from_stored(stored)
    destination = establish(request, as_client(pending.application))
    asked = check(request, destination.client)
    visit = visit_of(http, Ticket(request), destination.client)
    if stored.sid and not equal(stored.sid, digest(visit.recorded.sid)):
        raise InvalidRequest(Reason.SIGNED_IN_MEANWHILE, detail="another sign-in than the one demanded")
    question = Question(request, destination, asked, session_user(http), visit.sign_in, issuer)
    if stored.shown != words_shown(question):
        raise InvalidRequest(Reason.QUESTION_CHANGED)
    return question


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The request that a page asks about, and where it is still open, its question and what the answer depends on."""

    pending: PendingRequest
    question: Question | None = None
    seen: answer.Snapshot | None = None


@sensitive_variables()
def decide(http: HttpRequest, handle: str, decision: str, issuer: str) -> AuthorizationResponse:
    """What the browser takes to the client after a decision.

    The same session repeating the same decision within 10 seconds gets the same answer. Raises ``InvalidRequest`` if
    this session may not make it, and for a handle that is unknown, spent, expired, or another's.
    """
    text = settle(
        lambda: _read(http, handle, issuer),
        lambda snapshot: _decide(http, snapshot, handle, decision),
        using=router.db_for_write(PendingRequest),
    )
    return from_text(text)


@sensitive_variables()
def _read(http: HttpRequest, handle: str, issuer: str) -> Snapshot:
    pending = PendingRequest.objects.of(handle)
    if pending is None or not pending.belongs_to(session_user(http), binding_of(http)):
        raise InvalidRequest(Reason.REQUEST_UNKNOWN, detail="foreign or unknown handle")
    if pending.decided_at is not None:
        return Snapshot(pending)
    if not pending.is_in_time:
        raise InvalidRequest(Reason.REQUEST_EXPIRED, detail="expired handle")
    question = question_of(http, pending, issuer)
    return Snapshot(pending, question, answer.read(question))


@sensitive_variables()
def _decide(http: HttpRequest, snapshot: Snapshot, handle: str, decision: str) -> Outcome[str]:
    pending, question, seen = snapshot.pending, snapshot.question, snapshot.seen
    if question is None or seen is None:
        return Outcome(pending.repeated(handle, decision))
    if decision == ALLOW:
        watched = session_state(http, question.destination, question.scope)
        given = answer.answer_yes(question, seen)
        response = granted_response(question.destination, given.result(), question.issuer, watched)
        writes, events = given.writes, given.events
    else:
        writes, events = answer.spend(seen), (answer.denial(question),)
        denied = AccessDenied(Reason.USER_DENIED)
        response = error_response(question.destination, denied, question.issuer)
    text = response.to_text()
    decided = Change(pending, pending.decided(handle, decision, text, seen.now))
    return Outcome(text, (decided, *writes), events=events)
