"""Demands that a request makes on the sign-in (OpenID Connect Core §3.1.2.1): every demand, in order, in a table.

A sign-in is *fresh* where it was made for this very request: after its ticket asked for one, and for no other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum

from django.http import HttpRequest
from django.utils import timezone

from oauth_provider.authorization.context import AuthenticationContext, Context, authentication_context
from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.authorization.rules import prompts_of
from oauth_provider.authorization.sign_in import Recorded, SignIn, binding_of, ends_at, moment, recorded
from oauth_provider.authorization.ticket import Ticket
from oauth_provider.models.client import Client
from oauth_provider.protocol.authentication_request import CREATE, LOGIN, NONE, SELECT_ACCOUNT, parse_max_age
from oauth_provider.protocol.claims import ID_TOKEN, parse_claims, requested_claims
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.resource_server.users.session_user import active_session_user, session_user
from oauth_provider.tokens.subject import subject_of

# However small max_age is, a person who has just signed in needs this long to come back, in seconds.
RETURN_TIME = 60
# The project is asked of each whether the sign-in reaches it; of more, the first ones count.
MAX_ACR_VALUES = 32


class Demand(Enum):
    """A step that the person has to take first."""

    SIGN_UP = "sign_up"
    LOGIN = "login"
    SELECT_ACCOUNT = "select_account"
    STEP_UP = "step_up"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a browser: with which ticket of which client it came, and what its session knows."""

    http: HttpRequest
    ticket: Ticket
    client: Client
    prompts: frozenset[str]
    recorded: Recorded
    context: Context | None  # None: nobody is signed in
    fresh: bool
    contexts: AuthenticationContext = field(repr=False)
    person: str | None = None  # the ``sub`` that the answer must be about

    @property
    def request(self) -> AuthorizationRequest:
        """Return the request of the ticket."""
        return self.ticket.request

    @property
    def is_silent(self) -> bool:
        """Must no page be shown?"""
        return NONE in self.prompts

    @property
    def sign_in(self) -> SignIn:
        """The sign-in as a token will tell of it, with the first ``acr`` of those asked for that it reached."""
        if self.context is None:
            return SignIn(None, "")
        acr = met_acr(self, self.context) or self.context.acr
        over = ends_at(self.http, moment(self.recorded.seconds))
        return SignIn(self.context.auth_time, self.recorded.sid, str(acr), tuple(map(str, self.context.amr)), over)


def visit_of(http: HttpRequest, ticket: Ticket, client: Client, person: str | None = None) -> Visit:
    """The visit of ``http``, whose request was checked and is about ``person``."""
    contexts, known = authentication_context(), recorded(http)
    after = ticket.since is not None and known.seconds is not None and known.seconds >= ticket.since
    return Visit(
        http=http,
        ticket=ticket,
        client=client,
        prompts=prompts_of(ticket.request),
        recorded=known,
        context=contexts.describe(http) if is_signed_in(http) else None,
        fresh=after and not known.spent,
        contexts=contexts,
        person=person,
    )


def is_signed_in(http: HttpRequest) -> bool:
    """Somebody is, by a session and no token, and may be."""
    return active_session_user(http) is not None


def first_demand(visit: Visit) -> Demand | None:
    """The first demand that is not met."""
    return next((demand for demand, is_due in DEMANDS if is_due(visit)), None)


def was_made_for_this(visit: Visit) -> bool:
    """Would something be demanded of this sign-in, had it not been made for this request?"""
    return visit.fresh and first_demand(replace(visit, fresh=False)) is not None


def wants_new_account(visit: Visit) -> bool:
    """Initiating User Registration §4: the sign-up page, whoever is signed in."""
    return CREATE in visit.prompts and not visit.fresh


def is_signed_out(visit: Visit) -> bool:
    """RFC 6749 §3.1: the person has to be known."""
    return visit.context is None


def wants_new_login(visit: Visit) -> bool:
    """``prompt=login``."""
    return LOGIN in visit.prompts and not visit.fresh


def is_too_old(visit: Visit) -> bool:
    """``max_age``, or the client's own; a time that nobody knows is too long ago."""
    asked = parse_max_age(visit.request.max_age)
    max_age = visit.client.policy.default_max_age if asked is None else asked
    since = visit.context.auth_time if visit.context is not None else None
    if max_age is None:
        return since is None and visit.client.policy.require_auth_time
    if since is None or (max_age == 0 and not visit.fresh):
        return True
    return (timezone.now() - since).total_seconds() > (max(max_age, RETURN_TIME) if visit.fresh else max_age)


def is_somebody_else(visit: Visit) -> bool:
    """``id_token_hint``, and ``claims`` that name a ``sub``: the answer is about nobody else."""
    return visit.context is not None and visit.person not in (None, subject_of(session_user(visit.http), visit.client))


def wants_choice(visit: Visit) -> bool:
    """``prompt=select_account``: a new sign-in is a choice too."""
    if SELECT_ACCOUNT not in visit.prompts or visit.fresh:
        return False
    return not equal(visit.ticket.chosen, choice_of(visit.http))


def is_too_weak(visit: Visit) -> bool:
    """``acr_values``: tried for once. An essential ``acr`` is insisted on (OpenID Connect Core §5.5.1.1)."""
    wanted = wanted_acr(visit.request)
    if visit.context is None or not wanted or met_acr(visit, visit.context):
        return False
    can = not set(visit.contexts.acr_values_supported).isdisjoint(wanted)
    return bool(essential_acr(visit.request)) or (can and not visit.is_silent and not visit.ticket.stepped_up)


DEMANDS: tuple[tuple[Demand, Callable[[Visit], bool]], ...] = (
    (Demand.SIGN_UP, wants_new_account),
    (Demand.LOGIN, is_signed_out),
    (Demand.LOGIN, wants_new_login),
    (Demand.LOGIN, is_too_old),
    (Demand.LOGIN, is_somebody_else),
    (Demand.SELECT_ACCOUNT, wants_choice),
    (Demand.STEP_UP, is_too_weak),
)


def choice_of(http: HttpRequest) -> str:
    """The account in this session, as a ticket names it: worth nothing in any other."""
    return digest(f"{binding_of(http)} {session_user(http).pk}")


def wanted_acr(request: AuthorizationRequest) -> tuple[str, ...]:
    """The values asked for, in order of preference; where some are essential, those alone."""
    return essential_acr(request) or tuple(request.acr_values.split()[:MAX_ACR_VALUES]) or _claimed_acr(request)


def essential_acr(request: AuthorizationRequest) -> tuple[str, ...]:
    """The values of which the sign-in must reach one (OpenID Connect Core §5.5.1.1); ``acr_values`` never are."""
    wanted = requested_claims(parse_claims(request.claims), ID_TOKEN).get("acr", {})
    return _claimed_acr(request) if wanted.get("essential") else ()


def _claimed_acr(request: AuthorizationRequest) -> tuple[str, ...]:
    wanted = requested_claims(parse_claims(request.claims), ID_TOKEN).get("acr", {})
    values = wanted.get("values") or ([wanted["value"]] if "value" in wanted else [])
    return tuple(value for value in values[:MAX_ACR_VALUES] if isinstance(value, str))


def met_acr(visit: Visit, context: Context) -> str:
    """The first value asked for that the sign-in reached, or an empty string."""
    return next((acr for acr in wanted_acr(visit.request) if visit.contexts.satisfies(context, acr)), "")
