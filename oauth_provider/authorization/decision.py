"""The decision (RFC 6749 §4.1.1, RFC 9700 §4.7): a question is kept, and a person answers it, once."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import router
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization import answer
from oauth_provider.authorization.browser_state import session_state
from oauth_provider.authorization.choice import choose
from oauth_provider.authorization.demand import visit_of
from oauth_provider.authorization.inquiry import Inquiry, inquire
from oauth_provider.authorization.question import Decision, allowed_part, words_shown
from oauth_provider.authorization.response import AuthorizationResponse, error_response, from_text, granted_response
from oauth_provider.authorization.rules import check, establish
from oauth_provider.authorization.sign_in import binding_of
from oauth_provider.authorization.stored_request import from_stored, to_stored
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.authorization.visitor import visitor_of
from oauth_provider.clients.documents.agreed import register_agreed
from oauth_provider.conf import provider_settings
from oauth_provider.events.actor import person_behind
from oauth_provider.models import PendingRequest
from oauth_provider.models.audit_event import audited
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.errors import AccessDenied, InvalidRequest
from oauth_provider.protocol.reason import Reason
from oauth_provider.registry import kept_scopes
from oauth_provider.resource_server.users.session_user import session_user
from oauth_provider.sql.commit import settle
from oauth_provider.sql.outcome import Change, Outcome
from oauth_provider.tokens.issuer import Issuer


def ask(http: HttpRequest, inquiry: Inquiry, *, sid: str = "") -> str:
    """Keep the question of ``inquiry`` for this session, and return the handle of its page.

    Where ``sid`` is given, only that one sign-in may answer.
    """
    return PendingRequest.objects.ask(
        client=inquiry.client,
        user=inquiry.user,
        session=binding_of(http),
        request=replace(
            to_stored(replace(inquiry.request, name=())),
            shown=words_shown(inquiry.question),
            sid=digest(sid) if sid else "",
        ),
    )


def inquiry_of(http: HttpRequest, pending: PendingRequest, issuer: Issuer) -> Inquiry:
    """Return the inquiry of ``pending``, judged anew: the client may have been suspended or changed since.

    Raises ``InvalidRequest`` where it may not be answered any more.
    """
    stored = pending.request
    request = from_stored(stored)
    destination = establish(request, pending.client)
    visit = visit_of(http, Ticket(request), destination.client)
    if stored.sid and not equal(stored.sid, digest(visit.recorded.sid)):
        raise InvalidRequest(Reason.SIGNED_IN_MEANWHILE, detail="another sign-in than the one demanded")
    who: dict[str, Any] = {"user": session_user(http), "sign_in": visit.sign_in, "visitor": visitor_of(http)}

    def inquire_now() -> Inquiry:
        asked = check(request, destination.client)
        return inquire(request, destination, asked, issuer=issuer, since=pending.created_at, **who)

    inquiry = inquire_now()
    if stored.shown != words_shown(inquiry.question):
        # Another process may have heard of new words, or of another choice, before this one.
        kept_scopes.forget()
        inquiry = inquire_now()
    if stored.shown != words_shown(inquiry.question):
        raise InvalidRequest(Reason.QUESTION_CHANGED)
    return inquiry


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The request that a page asks about, and where it is still open, its inquiry and what the answer depends on.

    ``decision`` is about the inquiry, in which nothing is left to choose.
    """

    pending: PendingRequest
    decision: Decision
    inquiry: Inquiry | None = None
    seen: answer.Snapshot | None = None


@sensitive_variables()
def decide(http: HttpRequest, handle: str, decision: Decision, issuer: Issuer) -> AuthorizationResponse:
    """Decide, and return what the browser takes to the client.

    The same session repeating the same decision within 10 seconds gets the same answer. Raises ``InvalidRequest`` if
    this session may not make it, and for a handle that is unknown, spent, expired, or another's; ``ChoiceRefused``
    where a form of a detail is not filled in as it has to be.
    """
    text = settle(
        lambda: _read(http, handle, issuer, decision),
        lambda snapshot: _decide(http, snapshot, handle, decision),
        using=router.db_for_write(PendingRequest),
    )
    return from_text(text)


@sensitive_variables()
def _read(http: HttpRequest, handle: str, issuer: Issuer, decision: Decision) -> Snapshot:
    pending = PendingRequest.objects.of(handle)
    if pending is None or not pending.belongs_to(session_user(http), binding_of(http)):
        raise InvalidRequest(Reason.REQUEST_UNKNOWN, detail="foreign or unknown handle")
    if pending.decided_at is not None:
        return Snapshot(pending, decision)
    if not pending.is_in_time:
        raise InvalidRequest(Reason.REQUEST_EXPIRED, detail="expired handle")
    inquiry = inquiry_of(http, pending, issuer)
    question, decision = choose(inquiry.question, decision)
    inquiry = replace(inquiry, question=question)
    if allowed_part(question, decision) is not None and inquiry.client.policy.is_from_document:
        kept = register_agreed(inquiry.client, provider_settings.CLIENT_ADDRESS(http))
        inquiry = inquiry.of_client(kept)
    return Snapshot(pending, decision, inquiry, answer.read(inquiry, decision))


@sensitive_variables()
def _decide(http: HttpRequest, snapshot: Snapshot, handle: str, decision: Decision) -> Outcome[str]:
    pending, inquiry, seen = snapshot.pending, snapshot.inquiry, snapshot.seen
    if inquiry is None or seen is None:
        return Outcome(pending.repeated(handle, decision.digest))
    given = answer.answer_question(inquiry, snapshot.decision, seen)
    text = _response(http, inquiry, given.result()).to_text()
    columns = pending.decided(handle, decision.word, text, now=seen.now, said=decision.digest)
    outcome = Outcome(text, (Change(pending, columns), *given.writes), given.then, given.events)
    return audited(outcome, person_behind(http))


@sensitive_variables()
def _response(http: HttpRequest, inquiry: Inquiry, granted: answer.Granted | None) -> AuthorizationResponse:
    if granted is None:
        denied = AccessDenied(Reason.USER_DENIED)
        return error_response(inquiry.destination, denied, inquiry.issuer)
    watched = session_state(http, inquiry.destination, granted.scope)
    return granted_response(inquiry.destination, granted, inquiry.issuer, watched)
