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

from oauth_provider.authorization.question import Question, agreement_of, is_identity_assured
from oauth_provider.authorization.unredeemed import forget_surplus
from oauth_provider.conf import provider_settings
from oauth_provider.events.event import ConsentGiven
from oauth_provider.models import Authorization, Consent, PendingRequest
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.consent import bounded
from oauth_provider.models.pending_request import answered
from oauth_provider.protocol import token_string
from oauth_provider.protocol.claims import parse_claims
from oauth_provider.protocol.consent import Agreed
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.errors import InvalidRequestUri
from oauth_provider.protocol.offline_access import ends_with_session
from oauth_provider.protocol.response_type import CODE, ID_TOKEN, IMPLICIT_GRANT, TOKEN, parts_of
from oauth_provider.protocol.scope import format_scope
from oauth_provider.registry.authorization_details import are_remembered, digests_of_details, registered
from oauth_provider.sql.commit import settle
from oauth_provider.sql.outcome import Add, Change, Hold, Outcome, Write
from oauth_provider.tokens.id_token import describe_beside
from oauth_provider.tokens.issue import issue_for_response
from oauth_provider.tokens.json_value import as_json
from oauth_provider.tokens.terms import for_response


@dataclass(frozen=True, slots=True)
class Granted:
    """What came of a yes: the parameters of the answer, and what an ID token among them says once it is signed."""

    parameters: Mapping[str, str] = field(repr=False)
    id_token: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was agreed to before, the pushed request that is to be answered, and the time of the database."""

    consent: Consent | None
    pushed: PendingRequest | None
    now: datetime


def read(question: Question) -> Snapshot:
    """Read what the answer to ``question`` depends on. Raises ``InvalidRequestUri`` for a request that is gone."""
    using = router.db_for_write(Consent)
    application = question.client.application
    consent = Consent.objects.using(using).filter(user=question.user, application=application).first()
    pushed = None
    if question.request.pushed is not None:
        pushed = PendingRequest.objects.filter(pk=question.request.pushed).first()
        if pushed is None:
            raise InvalidRequestUri("This request is unknown here.", detail="swept request_uri")
    return Snapshot(consent, pushed, authorization_now())


def answer_without_asking(question: Question) -> Granted | None:
    """What was asked for, where a consent given before covers all of it, or the operator has said yes for everyone."""
    if not is_identity_assured(question.destination):
        return None
    using = router.db_for_write(Authorization)
    granted = settle(lambda: read(question), lambda seen: _answer_silently(question, seen), using=using)
    if granted is not None:
        forget_surplus(question.user, question.client.application)
    return granted


def _answer_silently(question: Question, seen: Snapshot) -> Outcome[Granted | None]:
    if question.client.application.skip_authorization:
        return _grant(question, seen)
    if seen.consent is None or not are_remembered(question.asked.details):
        return Outcome(None)
    if not seen.consent.agreed.covers(agreement_of(question)):
        return Outcome(None)
    outcome = _grant(question, seen)
    # Nobody withdraws it before this is committed.
    return replace(outcome, writes=(Hold(seen.consent), *outcome.writes))


def answer_yes(question: Question, seen: Snapshot) -> Outcome[Granted]:
    """Remember the consent, without the details that have to be asked for again, and make what was asked for."""
    asked, application = agreement_of(question), question.client.application
    remembered = [detail for detail in question.asked.details if are_remembered([detail])]
    agreement = replace(asked, details=digests_of_details(remembered))
    before = seen.consent
    consent = before if before is not None else Consent(user=question.user, application=application)
    agreed = bounded(consent.agreed.extended_by(agreement), agreement)
    event = ConsentGiven(
        application, question.user, scope=" ".join(agreement.scopes), resources=tuple(agreement.resources)
    )
    outcome = _grant(question, seen)
    writes = (_remember(consent, agreed), *outcome.writes)
    return replace(outcome, writes=writes, events=(event, *outcome.events))


def _remember(consent: Consent, agreed: Agreed) -> Write:
    if consent._state.adding:
        vars(consent).update(Consent.columns(agreed))
        return Add(consent)
    # Unchanged, it is not written: others who give it at the same moment then need not try again.
    is_same = consent.entries is not None and consent.agreed == agreed
    return Hold(consent) if is_same else Change(consent, Consent.columns(agreed))


def spend(seen: Snapshot) -> tuple[Write, ...]:
    """RFC 9126 §7.3: a pushed request has one answer."""
    if seen.pushed is None:
        return ()
    if seen.pushed.decided_at is not None:
        raise InvalidRequestUri("This request was answered already.", detail="spent request_uri")
    return (Change(seen.pushed, answered(seen.now)),)


def _granted_details(question: Question) -> list[dict[str, Any]]:
    """RFC 9396 §7.1: what was asked for, with what only the person's own account can say."""
    enriched = ((one["type"], registered(one["type"]).enrich(one, question.user)) for one in question.asked.details)
    return [{**as_json(more, what=f"what {name!r} was enriched with"), "type": name} for name, more in enriched]


@sensitive_variables()
def _grant(question: Question, seen: Snapshot) -> Outcome[Any]:
    asked = parts_of(question.request.response_type)
    code = token_string.make_token(token_string.CODE) if CODE in asked else ""
    authorization = _authorize(question, code, seen.now)
    parameters = {"code": code} if code else {}
    outcome: Outcome[Any] = Outcome(None, (Add(authorization),))
    access_token = ""
    if TOKEN in asked:
        terms = for_response(authorization, question.client)
        outcome = issue_for_response(authorization, question.client, terms, seen.now)
        issued = outcome.result()
        access_token, said = issued.access_token, issued.answer().items()
        parameters |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in said}
    id_token = None
    if ID_TOKEN in asked:
        id_token = describe_beside(
            authorization, question.client, question.issuer, code=code, access_token=access_token
        )
    return replace(outcome, answer=Granted(parameters, id_token), writes=(*spend(seen), *outcome.writes))


@sensitive_variables()
def _authorize(question: Question, code: str, now: datetime) -> Authorization:
    """The row of this sign-in; one without a code has nothing to be redeemed."""
    lifetime = provider_settings.AUTHORIZATION_CODE_LIFETIME if code else provider_settings.ID_TOKEN_LIFETIME
    expires = now + timedelta(seconds=lifetime)
    session_ends = question.sign_in.ends_at if ends_with_session(question.scope) else None
    expires = min(expires, session_ends or expires)
    return Authorization(
        application=question.client.application,
        user=question.user,
        grant_type="authorization_code" if code else IMPLICIT_GRANT,
        scope=format_scope(question.scope),
        resources=list(question.asked.audience.identifiers),
        authorization_details=_granted_details(question),
        redirect_uri=question.destination.redirect_uri,
        code_challenge=question.request.code_challenge if code else "",
        nonce=question.request.nonce,
        claims=parse_claims(question.request.claims),
        auth_time=question.sign_in.auth_time,
        acr=question.sign_in.acr,
        amr=list(question.sign_in.amr),
        sid=question.sign_in.sid,
        session_expires_at=session_ends,
        code_digest=digest(code) if code else None,
        code_expires_at=expires if code else None,
        redeemed_at=None if code else now,
        created_at=now,
        expires_at=expires,
    )
