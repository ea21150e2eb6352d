"""What a client may be registered as (RFC 7591 §2): which parts of its metadata contradict each other."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

# Redirect URIs, and origins, of one client: each request is compared with every one of them.
MAX_URIS = 100
# The ``token_endpoint_auth_method`` of whoever names itself and proves nothing.
NO_AUTHENTICATION = "none"


class Contradiction(Enum):
    """Two parts of a registration that cannot both be meant."""

    NO_REDIRECT_URI = auto()
    PUBLIC_CLIENT_CREDENTIALS = auto()
    PUBLIC_SECRET = auto()
    CONFIDENTIAL_NONE = auto()
    PUBLIC_INTROSPECTION = auto()
    PUBLIC_WITHOUT_ROTATION = auto()
    PUBLIC_WITHOUT_PKCE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is to be registered, by its names in the specifications."""

    is_public: bool
    grant_types: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    token_endpoint_auth_method: str = ""
    may_introspect: bool = False
    rotate_refresh_tokens: bool = True
    is_excused_from_pkce: bool = False


def contradictions(registration: Registration) -> tuple[Contradiction, ...]:
    """All that is wrong with it, so that it can be told at once."""
    return tuple(contradiction for contradiction, holds in RULES if holds(registration))


def lacks_redirect_uri(registration: Registration) -> bool:
    """RFC 6749 §3.1.2.2: every client that sends people here names where they come back to."""
    return "authorization_code" in registration.grant_types and not registration.redirect_uris


def is_public_service(registration: Registration) -> bool:
    """RFC 6749 §4.4: only a client that can prove who it is may ask for itself."""
    return registration.is_public and "client_credentials" in registration.grant_types


def has_public_secret(registration: Registration) -> bool:
    """RFC 6749 §2.3.1: what everyone who has the app can read is no secret."""
    return registration.is_public and registration.token_endpoint_auth_method not in ("", NO_AUTHENTICATION)


def proves_nothing(registration: Registration) -> bool:
    """RFC 6749 §3.2.1: a confidential client authenticates."""
    return not registration.is_public and registration.token_endpoint_auth_method == NO_AUTHENTICATION


def introspects_unproven(registration: Registration) -> bool:
    """RFC 7662 §2.1: introspection asks for authentication."""
    return registration.is_public and registration.may_introspect


def keeps_refresh_token(registration: Registration) -> bool:
    """RFC 9700 §2.2.2: a public client's refresh tokens are rotated."""
    return registration.is_public and not registration.rotate_refresh_tokens


def goes_without_pkce(registration: Registration) -> bool:
    """OAuth 2.1 §7.5.1: only a confidential client may be excused from PKCE."""
    return registration.is_public and registration.is_excused_from_pkce


RULES: tuple[tuple[Contradiction, Callable[[Registration], bool]], ...] = (
    (Contradiction.NO_REDIRECT_URI, lacks_redirect_uri),
    (Contradiction.PUBLIC_CLIENT_CREDENTIALS, is_public_service),
    (Contradiction.PUBLIC_SECRET, has_public_secret),
    (Contradiction.CONFIDENTIAL_NONE, proves_nothing),
    (Contradiction.PUBLIC_INTROSPECTION, introspects_unproven),
    (Contradiction.PUBLIC_WITHOUT_ROTATION, keeps_refresh_token),
    (Contradiction.PUBLIC_WITHOUT_PKCE, goes_without_pkce),
)
