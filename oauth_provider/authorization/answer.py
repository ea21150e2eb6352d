"""Answers (RFC 6749 §4.1.2): from a yes, given now or remembered, to a code, or to what a legacy client asks for.

What decides is read, the answer is decided, and all of it is committed at once: see ``sql.commit``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import router
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.inquiry import Inquiry
from oauth_provider.authorization.language import speaking
from oauth_provider.authorization.question import (
    Asked,
    Decision,
    agreement_of,
    allowed_part,
    check_offered,
    recalled_part,
    yes_to,
)
from oauth_provider.authorization.receipt import receipt_of
from oauth_provider.authorization.unredeemed import forget_surplus
from oauth_provider.conf import provider_settings
from oauth_provider.events.event import ConsentDenied, ConsentGiven
from oauth_provider.models import Authorization, Consent, PendingRequest
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.consent import ShownAs, bounded
from oauth_provider.models.pending_request import answered
from oauth_provider.notices.notice import app_connected
from oauth_provider.protocol import token_string
from oauth_provider.protocol.claims import parse_claims
from oauth_provider.protocol.consent import Agreed
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidRequest, InvalidRequestUri
from oauth_provider.protocol.offline_access import ends_with_session
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.response_type import CODE, ID_TOKEN, IMPLICIT_GRANT, TOKEN, parts_of
from oauth_provider.protocol.scope import format_scope
from oauth_provider.registry.authorization_details import are_remembered, digests_of_details, registered
from oauth_provider.registry.scope import words_of
from oauth_provider.sql.commit import settle
from oauth_provider.sql.outcome import Add, Change, Hold, Outcome, Write
from oauth_provider.tokens.authorization_details import are_still_theirs
from oauth_provider.tokens.id_token import describe_beside
from oauth_provider.tokens.issue import issue_for_new_sign_in
from oauth_provider.tokens.json_value import as_json
from oauth_provider.tokens.project_code import project_code
from oauth_provider.tokens.terms import for_response


class DetailsNotTheirs(InvalidRequest):
    """A detail is about what the person may not let anybody do."""


@dataclass(frozen=True, slots=True)
class Granted:
    """The result of a yes: the parameters of the answer, and what an ID token among them says once it is signed.

    ``scope`` is what was granted.
    """

    scope: tuple[str, ...]
    parameters: Mapping[str, str] = field(repr=False)
    id_token: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The context of the answer, the consent given in it before, the pushed request, and the time of the database."""

    context: str
    consent: Consent | None
    pushed: PendingRequest | None
    now: datetime


def read(inquiry: Inquiry, decision: Decision) -> Snapshot:
    """Read what answering ``inquiry`` with ``decision`` depends on.

    Raises ``InvalidRequest`` for a context or an end that is not the question's and for a choice that was not made, and
    ``InvalidRequestUri`` for a request that is gone.
    """
    check_offered(inquiry.question, decision)
    using, key = router.db_for_write(Consent), decision.context or ""
    found_by = {"user": inquiry.user, "application": inquiry.client.application.pk, "context": key}
    consent = Consent.objects.using(using).filter(**found_by).first()
    pushed = None
    if inquiry.request.pushed is not None:
        pushed = PendingRequest.objects.filter(pk=inquiry.request.pushed).first()
        if pushed is None:
            raise InvalidRequestUri(Reason.REQUEST_UNKNOWN, detail="swept request_uri")
    return Snapshot(key, consent, pushed, authorization_now())


def answer_without_asking(inquiry: Inquiry) -> Granted | None:
    """Grant what was asked for, where a consent given before covers it, or the operator has said yes for everyone."""
    question = inquiry.question
    if not inquiry.destination.is_assured or not question.is_settled or question.choices:
        return None
    using, yes = router.db_for_write(Authorization), yes_to(question)
    try:
        granted = settle(lambda: read(inquiry, yes), lambda seen: _answer_silently(inquiry, seen), using=using)
    except DetailsNotTheirs:
        return None
    if granted is not None:
        forget_surplus(inquiry.user, inquiry.client.application)
    return granted


def _answer_silently(inquiry: Inquiry, seen: Snapshot) -> Outcome[Granted | None]:
    question = inquiry.question
    if inquiry.client.application.skip_authorization:
        return _grant(inquiry, question.asked, seen)
    if seen.consent is None or seen.consent.is_over(seen.now) or not are_remembered(question.asked.details):
        return Outcome(None)
    part = recalled_part(question, seen.consent.agreed)
    if part is None:
        return Outcome(None)
    outcome = _grant(inquiry, part, seen, until=seen.consent.until)
    # Nobody withdraws it before this is committed.
    return replace(outcome, writes=(Hold(seen.consent), *outcome.writes))


def answer_question(inquiry: Inquiry, decision: Decision, seen: Snapshot) -> Outcome[Granted | None]:
    """Remember what ``decision`` allows and make it; None where it allows nothing."""
    part = allowed_part(inquiry.question, decision)
    return _answer_no(inquiry, seen) if part is None else _answer_yes(inquiry, decision, part, seen)


def _answer_yes(inquiry: Inquiry, decision: Decision, part: Asked, seen: Snapshot) -> Outcome[Granted | None]:
    """Remember the consent, without the details that have to be asked for again, and make what was allowed."""
    asked, application = agreement_of(inquiry.question, decision), inquiry.client.application
    remembered = [detail for detail in part.details if are_remembered([detail])]
    agreement = replace(asked, details=digests_of_details(remembered))
    before = seen.consent
    consent = before or Consent(user=inquiry.user, application=application, context=seen.context)
    # What was agreed for another time is not taken along: it would end later, or earlier, than was said.
    agreed = consent.agreed if consent.until == decision.until else Agreed()
    agreed = bounded(agreed.extended_by(agreement), agreement)
    seen_words = consent.seen.extended_by(_shown_as(inquiry, part), agreed)
    scope, resources = " ".join(agreement.scopes), tuple(agreement.resources)
    until = decision.until.isoformat() if decision.until is not None else ""
    event = ConsentGiven(
        application,
        inquiry.user,
        scope,
        resources,
        context=seen.context,
        until=until,
        declined=format_scope(tuple(agreement.declined)),
    )
    outcome = _grant(inquiry, part, seen, until=decision.until)
    receipt = Add(receipt_of(inquiry, decision, part, consent=consent, at=seen.now))
    told = _tell_of_first(inquiry, outcome, seen) if before is None else ()
    # A yes is a use: it counts from now on, and what was announced is void.
    columns = Consent.columns(agreed, decision.until, seen_words) | {"used_at": None, "end_announced_at": None}
    writes = (_remember(consent, columns), *outcome.writes, receipt, *told)
    return replace(outcome, writes=writes, events=(event, *outcome.events))


def _tell_of_first(inquiry: Inquiry, outcome: Outcome[Any], seen: Snapshot) -> tuple[Write, ...]:
    """A first consent in this context: whoever did not give it themselves hears of it."""
    sign_in = next(write.row for write in outcome.writes if isinstance(write.row, Authorization))
    names = {one.key: str(one.name) for one in inquiry.question.contexts}
    return app_connected(sign_in, issuer=inquiry.issuer.url, context=names.get(seen.context, ""))


def _answer_no(inquiry: Inquiry, seen: Snapshot) -> Outcome[Granted | None]:
    """Leave everything as it was, but for the request, which is answered."""
    asked, application = agreement_of(inquiry.question, yes_to(inquiry.question)), inquiry.client.application
    denial = ConsentDenied(application, inquiry.user, " ".join(asked.scopes), tuple(asked.resources))
    return Outcome(None, _spend(seen), events=(denial,))


def _shown_as(inquiry: Inquiry, part: Asked) -> ShownAs:
    """Return the words on the page, in the language in which it was shown."""
    with speaking(inquiry.request.ui_locales):
        policy = inquiry.client.policy
        return ShownAs(
            name=str(inquiry.client.application),
            host=inquiry.question.destination or "",
            words=words_of(part.scope),
            verified_host=policy.verified_host,
            logo=policy.logo,
        )


def _remember(consent: Consent, columns: Mapping[str, Any]) -> Write:
    if consent._state.adding:
        vars(consent).update(columns)
        return Add(consent)
    # Unchanged, it is not written: others who give it at the same moment then need not try again.
    before = Consent.columns(consent.agreed, consent.until, consent.seen)
    compared = ("entries", "until", "shown_as")
    is_same = consent.entries is not None and all(before[name] == columns[name] for name in compared)
    return Hold(consent) if is_same else Change(consent, columns)


def _spend(seen: Snapshot) -> tuple[Write, ...]:
    """RFC 9126 §7.3: a pushed request has one answer."""
    if seen.pushed is None:
        return ()
    if seen.pushed.decided_at is not None:
        raise InvalidRequestUri(Reason.REQUEST_ANSWERED, detail="spent request_uri")
    return (Change(seen.pushed, answered(seen.now)),)


def _granted_details(part: Asked, user: Any) -> list[dict[str, Any]]:
    """RFC 9396 §7.1: what was allowed, with what only the person's own account can say.

    Raises ``DetailsNotTheirs``.
    """
    with project_code("what enriches authorization details"):
        enriched = [(one["type"], registered(one["type"]).enrich(one, user)) for one in part.details]
    details = [{**as_json(more, what=f"what {name!r} was enriched with"), "type": name} for name, more in enriched]
    if not are_still_theirs(user, details):
        raise DetailsNotTheirs(Reason.DETAILS_NOT_THEIRS)
    return details


@sensitive_variables()
def _grant(inquiry: Inquiry, part: Asked, seen: Snapshot, *, until: datetime | None = None) -> Outcome[Any]:
    asked = parts_of(inquiry.request.response_type)
    code = token_string.make_token(token_string.CODE) if CODE in asked else ""
    authorization = _authorize(inquiry, part, code, seen)
    authorization.until = until
    parameters = {"code": code} if code else {}
    outcome: Outcome[Any] = Outcome(None, (Add(authorization),))
    access_token = ""
    if TOKEN in asked:
        terms = for_response(authorization, inquiry.client)
        outcome = issue_for_new_sign_in(authorization, inquiry.client, terms, seen.now)
        issued = outcome.result()
        access_token, said = issued.access_token, issued.answer().items()
        parameters |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in said}
    id_token = None
    if ID_TOKEN in asked:
        id_token = describe_beside(authorization, inquiry.client, inquiry.issuer, code=code, access_token=access_token)
    return replace(outcome, answer=Granted(part.scope, parameters, id_token), writes=(*_spend(seen), *outcome.writes))


@sensitive_variables()
def _authorize(inquiry: Inquiry, part: Asked, code: str, seen: Snapshot) -> Authorization:
    """The row of this sign-in; one without a code has nothing to be redeemed."""
    now = seen.now
    lifetime = provider_settings.AUTHORIZATION_CODE_LIFETIME if code else provider_settings.ID_TOKEN_LIFETIME
    expires = now + timedelta(seconds=lifetime)
    sign_in = inquiry.question.sign_in
    session_ends = sign_in.ends_at if ends_with_session(part.scope) else None
    expires = min(expires, session_ends or expires)
    return Authorization(
        application=inquiry.client.application,
        user=inquiry.user,
        grant_type="authorization_code" if code else IMPLICIT_GRANT,
        scope=format_scope(part.scope),
        resources=list(part.audience.identifiers),
        authorization_details=_granted_details(part, inquiry.user),
        context=seen.context,
        redirect_uri=inquiry.destination.redirect_uri,
        code_challenge=inquiry.request.code_challenge if code else "",
        nonce=inquiry.request.nonce,
        claims=parse_claims(inquiry.request.claims),
        auth_time=sign_in.auth_time,
        acr=sign_in.acr,
        amr=list(sign_in.amr),
        sid=sign_in.sid,
        address=inquiry.visitor.address,
        device=inquiry.visitor.device,
        session_expires_at=session_ends,
        code_digest=digest(code) if code else None,
        code_expires_at=expires if code else None,
        redeemed_at=None if code else now,
        created_at=now,
        expires_at=expires,
    )
