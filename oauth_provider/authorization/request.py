"""The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1): from pairs to one frozen value."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl

from oauth_provider.protocol.errors import InvalidRequest, RequestTooLarge
from oauth_provider.protocol.form import MAX_PARAMETERS, REPEATABLE
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.strict_json import is_storable

MAX_LENGTH = 16_384

Pairs = Sequence[tuple[str, str]]


class Source(Enum):
    """The way by which a request reached us; the rules say which of them applies where."""

    BROWSER = "browser"  # a query or a form, by way of the browser
    PUSH = "push"  # being pushed by its client (RFC 9126 §2)
    SIGNED = "signed"  # in a request object (RFC 9101 §5), by way of the browser
    PUSHED = "pushed"  # pushed before, and named by the browser


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """Every parameter as it was sent, an empty string where it was not. ``pairs`` is all of it, to be said again.

    ``pushed`` is the row of a request that was pushed, and ``name`` all that a browser says of one that was pushed
    or ``signed``.
    """

    pairs: tuple[tuple[str, str], ...]
    repeated: frozenset[str]
    source: Source = Source.BROWSER
    pushed: int | None = None
    name: tuple[tuple[str, str], ...] = ()
    signed: bool = False
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
    claims: str = ""
    authorization_details: str = ""
    prompt: str = ""
    max_age: str = ""
    acr_values: str = ""
    login_hint: str = ""
    id_token_hint: str = ""
    ui_locales: str = ""
    claims_locales: str = ""
    context: str = ""
    optional_scope: str = ""
    display: str = ""
    resources: tuple[str, ...] = ()


# What only makes a page nicer is no reason to refuse anything: unreadable, it counts as left out.
LENIENT = ("ui_locales", "claims_locales", "display")
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
    "claims",
    "authorization_details",
    "prompt",
    "max_age",
    "acr_values",
    "login_hint",
    "id_token_hint",
    "context",  # of ours: the organisation or workspace that is meant
    "optional_scope",  # of ours: the part of the scope that the client can do without
    *LENIENT,
)


def parse_query(query: str) -> AuthorizationRequest:
    """A request from a query string or a form's body. Raises ``InvalidRequest`` where it is beyond reading."""
    if len(query) > MAX_LENGTH:
        raise RequestTooLarge(Reason.REQUEST_TOO_LONG)
    try:
        # What is no UTF-8 stays visible as surrogates: the rules refuse it in whichever parameter it stands.
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise InvalidRequest(Reason.TOO_MANY_PARAMETERS) from None
    return from_pairs(pairs)


def from_pairs(
    pairs: Pairs,
    *,
    source: Source = Source.BROWSER,
    pushed: int | None = None,
    name: tuple[tuple[str, str], ...] = (),
    signed: bool = False,
) -> AuthorizationRequest:
    """The request that ``pairs`` of names and values make; what has no value counts as left out (RFC 6749 §3.1)."""
    counts = Counter(parameter for parameter, _value in pairs)
    readable = tuple(pair for pair in pairs if pair[0] not in LENIENT or is_printable(pair[1]))
    values = {parameter: value for parameter, value in reversed(readable) if parameter in PARAMETERS}
    return AuthorizationRequest(
        pairs=readable,
        # RFC 6749 §3.1: what nobody knows here is ignored, however often it comes.
        repeated=frozenset(one for one in PARAMETERS if counts[one] > 1),
        source=source,
        pushed=pushed,
        name=name,
        signed=signed,
        resources=tuple(value for parameter, value in readable if parameter == REPEATABLE and value),
        **values,
    )


def known_pairs(request: AuthorizationRequest) -> list[tuple[str, str]]:
    """Return the pairs of a checked request that may be stored: a parameter that nobody knows may hold anything."""
    return [(name, value) for name, value in request.pairs if name in (*PARAMETERS, REPEATABLE)]


def can_be_sent_back(value: str) -> bool:
    """Would ``value`` arrive as it came, in a URL, a form or JSON? It is then sent back, even if it is refused."""
    return is_storable(value) and not any(unicodedata.category(one) == "Cc" for one in value)


def is_printable(value: str) -> bool:
    """RFC 6749 Appendix A: what most parameters consist of."""
    return value.isascii() and value.isprintable()
