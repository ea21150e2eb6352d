"""The authorization request (RFC 6749 §4.1.1): from a query or a form to one frozen value."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from django.core import signing

from oauth_provider.conf import provider_settings
from oauth_provider.protocol.errors import InvalidRequest, RequestTooLarge
from oauth_provider.protocol.form import MAX_PARAMETERS, REPEATABLE

MAX_LENGTH = 16_384
SALT = "oauth_provider.authorization.request"

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """Every parameter as it was sent, an empty string where it was not. ``pairs`` is all of it, to be said again."""

    pairs: tuple[tuple[str, str], ...]
    repeated: frozenset[str]
    client_id: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    response_mode: str = ""
    scope: str = ""
    state: str = ""
    nonce: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    request: str = ""
    request_uri: str = ""
    registration: str = ""
    resources: tuple[str, ...] = ()


PARAMETERS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
    "registration",
)


def parse_query(query: str) -> AuthorizationRequest:
    """A request from a query string or a form's body. Raises ``InvalidRequest`` where it is beyond reading."""
    if len(query) > MAX_LENGTH:
        raise RequestTooLarge("The request is too long.")
    try:
        # What is no UTF-8 stays visible as surrogates: the rules refuse it in whichever parameter it stands.
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise InvalidRequest("The request has too many parameters.") from None
    return from_pairs(pairs)


def from_pairs(pairs: Pairs) -> AuthorizationRequest:
    """The request that ``pairs`` of names and values make; what has no value counts as left out (RFC 6749 §3.1)."""
    counts = Counter(name for name, _value in pairs)
    values = {name: value for name, value in reversed(pairs) if name in PARAMETERS}
    return AuthorizationRequest(
        pairs=tuple((name, value) for name, value in pairs),
        repeated=frozenset(name for name, count in counts.items() if count > 1 and name != REPEATABLE),
        resources=tuple(value for name, value in pairs if name == REPEATABLE and value),
        **values,
    )


def known_pairs(request: AuthorizationRequest) -> list[tuple[str, str]]:
    """What of a checked request may be stored: a parameter that nobody knows may hold anything."""
    return [(name, value) for name, value in request.pairs if name in (*PARAMETERS, REPEATABLE)]


def to_ticket(request: AuthorizationRequest) -> str:
    """The whole request, signed and dated, so that it can ride through the login page in a URL."""
    return signing.dumps(request.pairs, salt=SALT, compress=True)


def from_ticket(ticket: str) -> AuthorizationRequest:
    """The request in a ticket of ours. Raises ``InvalidRequest`` if it is old or not of our making."""
    try:
        pairs = signing.loads(ticket, salt=SALT, max_age=provider_settings.LOGIN_LIFETIME)
    except signing.SignatureExpired:
        raise InvalidRequest("This request has waited too long.") from None
    except (signing.BadSignature, ValueError):
        raise InvalidRequest("This request is not one of ours.") from None
    return from_pairs([(name, value) for name, value in pairs])
