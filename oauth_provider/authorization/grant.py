"""Granting: from a yes, given now or remembered, to a code (RFC 6749 §4.1.2), or to what a legacy client asks for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import router
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.authorization.rules import Asked, Destination
from oauth_provider.authorization.sign_in import SignIn
from oauth_provider.authorization.unredeemed import forget_surplus
from oauth_provider.conf import provider_settings
from oauth_provider.models import Authorization, Consent, PendingRequest
from oauth_provider.models.authorization import authorization_now
from oauth_provider.models.authorization_details import are_remembered, digests_of_details, registered
from oauth_provider.models.client import Client
from oauth_provider.models.resource import digests_of_resources
from oauth_provider.models.scope import digests_of
from oauth_provider.models.transaction import run
from oauth_provider.protocol import token_string
from oauth_provider.protocol.claims import parse_claims
from oauth_provider.protocol.consent import Agreement
from oauth_provider.protocol.digest import digest
from oauth_provider.protocol.offline_access import ends_with_session
from oauth_provider.protocol.redirect_uri import is_https
from oauth_provider.protocol.response_type import CODE, ID_TOKEN, IMPLICIT_GRANT, TOKEN, parts_of
from oauth_provider.protocol.scope import format_scope
from oauth_provider.tokens.front_channel import issue_for_response
from oauth_provider.tokens.id_token import describe_beside
from oauth_provider.tokens.json_value import as_json


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a person: who asks, for what, and under which sign-in. ``issuer`` answers."""

    request: AuthorizationRequest
    destination: Destination
    asked: Asked
    user: Any
    sign_in: SignIn
    issuer: str = ""

    @property
    def scope(self) -> tuple[str, ...]:
        """What for."""
        return self.asked.scope

    @property
    def client(self) -> Client:
        """Who asks."""
        return self.destination.client


def is_identity_assured(destination: Destination) -> bool:
    """May a request be answered without a page? Only where no other app can pose as the client (RFC 8252 §8.6)."""
    return not destination.client.is_public or is_https(destination.redirect_uri)


@dataclass(frozen=True, slots=True)
class Granted:
    """What came of a yes: the parameters of the answer, and what an ID token among them says once it is signed."""

    parameters: Mapping[str, str] = field(repr=False)
    id_token: Mapping[str, Any] | None = field(default=None, repr=False)


def answer_without_asking(question: Question) -> Granted | None:
    """What was asked for, where a consent given before covers all of it, or the operator has said yes for everyone."""
    if not is_identity_assured(question.destination):
        return None
    application = question.client.application

    def work() -> Granted | None:
        if application.skip_authorization:
            return _make(question)
        if not are_remembered(question.asked.details):
            return None
        consent = Consent.objects.remembered(user=question.user, application=application)
        if consent is None or not consent.agreed.covers(agreement_of(question)):
            return None
        return _make(question)

    granted = run(work, using=router.db_for_write(Authorization))
    if granted is not None:
        forget_surplus(question.user, application)
    return granted


def answer_yes(question: Question) -> Granted:
    """Remember the consent and make what was asked for. Runs inside the transaction of the decision."""
    asked = agreement_of(question)
    remembered = [detail for detail in question.asked.details if are_remembered([detail])]
    agreement = replace(asked, details=digests_of_details(remembered))
    Consent.objects.give(agreement, user=question.user, application=question.client.application)
    return _make(question)


def answer_no(question: Question) -> None:
    """Remember nothing; a request that was pushed is answered with it. Runs inside the transaction of the decision."""
    _spend(question)


def shown(client: Client) -> str:
    """The digest of how the client showed itself; where that changes, people are asked again."""
    return digest(str(client.application))


def words_shown(question: Question) -> str:
    """The digest of all that is on the page: nobody agrees to what changed while it was open."""
    return agreement_of(question).digest


def agreement_of(question: Question) -> Agreement:
    """Return what a yes to ``question`` agrees to: every scope and every detail at every resource that is asked for."""
    return Agreement(
        client=shown(question.client),
        scopes=digests_of(question.scope),
        resources=digests_of_resources(question.asked.audience.resources),
        details=digests_of_details(question.asked.details),
    )


def _spend(question: Question) -> None:
    """RFC 9126 §7.3: a pushed request has one answer."""
    if question.request.pushed is not None:
        PendingRequest.objects.spend(question.request.pushed)


def _granted_details(question: Question) -> list[dict[str, Any]]:
    """RFC 9396 §7.1: what was asked for, with what only the person's own account can say."""
    enriched = ((one["type"], registered(one["type"]).enrich(one, question.user)) for one in question.asked.details)
    return [{**as_json(more, what=f"what {name!r} was enriched with"), "type": name} for name, more in enriched]


@sensitive_variables()
def _make(question: Question) -> Granted:
    _spend(question)
    asked = parts_of(question.request.response_type)
    code = token_string.make_token(token_string.CODE) if CODE in asked else ""
    authorization = _authorize(question, code)
    parameters = {"code": code} if code else {}
    access_token = ""
    if TOKEN in asked:
        issued = issue_for_response(authorization, question.client)
        access_token = issued.access_token
        said = issued.answer().items()
        parameters |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in said}
    if ID_TOKEN not in asked:
        return Granted(parameters)
    id_token = describe_beside(authorization, question.client, question.issuer, code=code, access_token=access_token)
    return Granted(parameters, id_token)


@sensitive_variables()
def _authorize(question: Question, code: str) -> Authorization:
    """The row of this sign-in; one without a code has nothing to be redeemed."""
    lifetime = provider_settings.AUTHORIZATION_CODE_LIFETIME if code else provider_settings.ID_TOKEN_LIFETIME
    now = authorization_now()
    expires = now + timedelta(seconds=lifetime)
    session_ends = question.sign_in.ends_at if ends_with_session(question.scope) else None
    expires = min(expires, session_ends or expires)
    return Authorization.objects.create(
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
