"""Trials of an authorization request (RFC 6749 §4.1.1): every rule with its verdict; nothing is stored or fetched.

The rules are those that the endpoint applies, in its order. Where one would have to fetch a client's keys, or the
document that describes a client, the trial says so and goes on without it, or ends where what follows depends on it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, cast

from oauth_provider.authorization import rules
from oauth_provider.authorization.destination import Destination
from oauth_provider.authorization.person import asked_person
from oauth_provider.authorization.pushed import opened
from oauth_provider.authorization.question import Asked
from oauth_provider.authorization.request import AuthorizationRequest, Source, from_pairs
from oauth_provider.authorization.scope import possible_scope
from oauth_provider.authorization.signed import signed_pairs
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.clients import lookup
from oauth_provider.models.client import Client
from oauth_provider.models.client_registration import DOCUMENT
from oauth_provider.protocol.client_id_metadata import is_document_url
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.redirect_uri_comparison import Piece, compare, nearest
from oauth_provider.protocol.scope import parse_scope
from oauth_provider.tokens.issuer import Issuer


class Verdict(Enum):
    """The outcome of one rule."""

    KEPT = "kept"
    BROKEN = "broken"
    UNTRIED = "untried"  # something would have to be fetched
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Step:
    """One rule by the name of its function, and its verdict."""

    rule: str
    verdict: Verdict


@dataclass(slots=True)
class Trial:
    """Outcome of a trial: every step, the ``error`` of the rule that is broken, and where that would be told.

    ``client`` is known where its identifier is, suspended or not. ``compared`` are the pieces of a redirect URI that is
    not registered, beside the ``nearest`` that is.
    """

    request: AuthorizationRequest
    steps: list[Step] = field(default_factory=list)
    error: OAuthError | None = None
    client: Client | None = None
    destination: Destination | None = None
    asked: Asked | None = None
    nearest: str = ""
    compared: tuple[Piece, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Were all rules tried?"""
        return all(step.verdict in (Verdict.KEPT, Verdict.BROKEN) for step in self.steps)

    @property
    def is_sent_back(self) -> bool:
        """Does the client hear of the error? It does not where its redirect URI cannot be trusted."""
        return self.destination is not None and self.error is not None and self.error.redirectable

    @property
    def left_out(self) -> tuple[str, ...]:
        """Return the scopes that are asked for and not given."""
        if self.asked is None:
            return ()
        return tuple(one for one in parse_scope(self.request.scope) if one not in self.asked.scope)


def attempt(request: AuthorizationRequest, issuer: Issuer) -> Trial:
    """Try ``request`` by every rule, until one is broken."""
    trial, is_over = Trial(request), False
    for name, run in _steps(trial, issuer):
        verdict = Verdict.UNREACHED if is_over else _verdict(trial, run)
        trial.steps.append(Step(name, verdict))
        # Of a request object, or a client, that is not read nothing is known.
        is_over = is_over or verdict is Verdict.BROKEN or (verdict is Verdict.UNTRIED and name in (OPEN, FIND_CLIENT))
    return trial


class _Fetches(Exception):
    """To try it, something would have to be fetched."""


OPEN, FIND_CLIENT = "open_request", "find_client"


def _verdict(trial: Trial, run: Callable[[], Any]) -> Verdict:
    try:
        run()
    except _Fetches:
        return Verdict.UNTRIED
    except OAuthError as error:
        trial.error = error
        return Verdict.BROKEN
    return Verdict.KEPT


def _steps(trial: Trial, issuer: Issuer) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield OPEN, lambda: _open(trial, issuer)
    yield "check_identifiers_single", lambda: rules.check_identifiers_single(trial.request)
    yield FIND_CLIENT, lambda: _find_client(trial)
    yield "find_redirect_uri", lambda: _establish(trial)
    for rule in rules.rules_for(trial.request):
        yield rule.__name__, lambda rule=rule: _apply(trial, rule)  # type: ignore[misc]  # the loop's own
    yield "find_asked", lambda: _ask(trial)
    yield "asked_person", lambda: asked_person(trial.request, _client(trial), issuer)


def _open(trial: Trial, issuer: Issuer) -> None:
    """Put the request itself in the place of a pushed or signed one (RFC 9126 §4, RFC 9101 §5)."""
    trial.request = opened(Ticket(trial.request)).request
    named = trial.request
    if not named.request:
        return
    rules.check_identifiers_single(named)
    client = rules.find_client(named, _registered(named.client_id))
    if client.policy.jwks_uri and not client.policy.jwks:
        raise _Fetches
    pairs = signed_pairs(named, client, issuer)
    trial.request = from_pairs(pairs, source=Source.SIGNED, signed=True)


def _find_client(trial: Trial) -> None:
    trial.client = _registered(trial.request.client_id)
    rules.find_client(trial.request, trial.client)


def _registered(client_id: str) -> Client | None:
    """Return the client as its rows have it, None where there is none. Raises ``_Fetches`` for one of a document."""
    client = lookup.find_registered(client_id)
    if is_document_url(client_id) and (client is None or client.policy.door == DOCUMENT):
        raise _Fetches
    return client


def _establish(trial: Trial) -> None:
    client = _client(trial)
    try:
        trial.destination = rules.establish(trial.request, client)
    except OAuthError:
        # What is no UTF-8 came as surrogates, which no page can hold.
        presented = trial.request.redirect_uri.encode(errors="backslashreplace").decode()
        if presented:
            trial.nearest = nearest(presented, client.redirect_uris)
            trial.compared = compare(presented, trial.nearest)
        raise


def _apply(trial: Trial, rule: rules.Rule) -> None:
    client = _client(trial)
    encrypts_by_uri = client.policy.id_token_encrypted_response_alg and client.policy.jwks_uri
    if rule is rules.check_id_token and encrypts_by_uri and not client.policy.jwks:
        raise _Fetches
    rule(trial.request, client)


def _ask(trial: Trial) -> None:
    trial.asked = rules.find_asked(trial.request, _client(trial), possible_scope)


def _client(trial: Trial) -> Client:
    """Return the client, which an earlier rule has found."""
    return cast("Client", trial.client)
