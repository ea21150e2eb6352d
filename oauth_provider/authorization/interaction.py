"""The interaction (RFC 6749 §3.1): what has to happen before a request can be answered."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from oauth_provider.authorization.grant import Question, answer_without_asking, answer_yes, words_shown
from oauth_provider.authorization.request import AuthorizationRequest, from_pairs, known_pairs
from oauth_provider.authorization.response import code_url, error_url
from oauth_provider.authorization.rules import Destination, check, establish
from oauth_provider.authorization.sign_in import SignIn, binding_of, sign_in_of
from oauth_provider.models import PendingRequest
from oauth_provider.protocol.errors import AccessDenied, InvalidRequest, OAuthError

ALLOW, DENY = "allow", "deny"


@dataclass(frozen=True, slots=True)
class Refused:
    """A request whose destination is known and that breaks a rule."""

    destination: Destination
    error: OAuthError


@dataclass(frozen=True, slots=True)
class Login:
    """The person has to sign in first."""

    request: AuthorizationRequest


@dataclass(frozen=True, slots=True)
class Ask:
    """The person has to decide, on the page behind ``handle``."""

    handle: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The browser is sent to the client."""

    url: str


Step = Refused | Login | Ask | Answer


@sensitive_variables()
def next_step(http: HttpRequest, request: AuthorizationRequest, issuer: str) -> Step:
    """What comes next for ``request``. Raises what must be shown to the person."""
    destination = establish(request)
    try:
        scope = check(request, destination.client)
    except OAuthError as error:
        if not error.redirectable:
            raise
        return Refused(destination, error)
    if not http.user.is_authenticated:
        return Login(request)
    if not is_signed_in(http.user):
        raise InvalidRequest("This account is not active.")
    question = Question(request, destination, scope, http.user, sign_in_of(http))
    code = answer_without_asking(question)
    if code is not None:
        return Answer(code_url(destination, code, issuer))
    handle = PendingRequest.objects.ask(
        application=destination.client.application,
        user=http.user,
        session=binding_of(http),
        parameters={"pairs": known_pairs(request), "shown": words_shown(question)},
    )
    return Ask(handle)


def question_of(pending: PendingRequest, user: Any, sign_in: SignIn) -> Question:
    """What ``pending`` asks, judged anew: the client may have been suspended or changed since.

    Raises ``InvalidRequest`` where it may not be answered any more.
    """
    request = from_pairs([(name, value) for name, value in pending.parameters["pairs"]])
    destination = establish(request)
    question = Question(request, destination, check(request, destination.client), user, sign_in)
    if pending.parameters.get("shown") != words_shown(question):
        raise InvalidRequest("What this request asks for has changed meanwhile.")
    return question


@sensitive_variables()
def decide(http: HttpRequest, handle: str, decision: str, issuer: str) -> str:
    """Where the browser goes after a decision. Raises ``InvalidRequest`` if this session may not make it."""
    sign_in = sign_in_of(http)

    def answer(pending: PendingRequest) -> str:
        question = question_of(pending, http.user, sign_in)
        if decision == ALLOW:
            return code_url(question.destination, answer_yes(question), issuer)
        return error_url(question.destination, AccessDenied("The user denied the request."), issuer)

    return PendingRequest.objects.decide(
        handle, user=http.user, session=binding_of(http), decision=decision, answer=answer
    )


def is_signed_in(user: Any) -> bool:
    """Somebody is, and may be."""
    return bool(user.is_authenticated and getattr(user, "is_active", True))
