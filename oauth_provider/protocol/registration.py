"""Rules of client registration (RFC 7591 §2): which parts of a client's metadata contradict each other."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

# Redirect URIs, and origins, of one client: each request is compared with every one of them.
MAX_URIS = 100
# The ``token_endpoint_auth_method`` of whoever names itself and proves nothing.
NO_AUTHENTICATION = "none"
# The one of whoever signs with a key of its own (OpenID Connect Core §9).
PRIVATE_KEY_JWT = "private_key_jwt"


class Contradiction(Enum):
    """Two parts of a registration that exclude each other."""

    NO_REDIRECT_URI = auto()
    PUBLIC_CLIENT_CREDENTIALS = auto()
    PUBLIC_SECRET = auto()
    CONFIDENTIAL_NONE = auto()
    PUBLIC_INTROSPECTION = auto()
    PUBLIC_WITHOUT_ROTATION = auto()
    PUBLIC_WITHOUT_PKCE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Metadata of the client to be registered, by its names in the specifications."""

    is_public: bool
    grant_types: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    token_endpoint_auth_method: str = ""
    may_introspect: bool = False
    rotate_refresh_tokens: bool = True
    is_excused_from_pkce: bool = False


def find_contradictions(registration: Registration) -> tuple[Contradiction, ...]:
    """Return all contradictions in ``registration``, so that they can be told at once."""
    return tuple(contradiction for contradiction, holds in RULES if holds(registration))


def lacks_redirect_uri(registration: Registration) -> bool:
    """Does a client with the code grant have no redirect URI (RFC 6749 §3.1.2.2)?"""
    return "authorization_code" in registration.grant_types and not registration.redirect_uris


def is_public_client_credentials(registration: Registration) -> bool:
    """Does a public client ask for client_credentials, which need authentication (RFC 6749 §4.4)?"""
    return registration.is_public and "client_credentials" in registration.grant_types


def has_public_secret(registration: Registration) -> bool:
    """Does a public client have a secret (RFC 6749 §2.3.1)? Everybody who has the app could read it."""
    return registration.is_public and registration.token_endpoint_auth_method not in ("", NO_AUTHENTICATION)


def is_confidential_without_authentication(registration: Registration) -> bool:
    """Does a confidential client not authenticate (RFC 6749 §3.2.1)?"""
    return not registration.is_public and registration.token_endpoint_auth_method == NO_AUTHENTICATION


def is_public_introspector(registration: Registration) -> bool:
    """May a public client introspect, which needs authentication (RFC 7662 §2.1)?"""
    return registration.is_public and registration.may_introspect


def is_public_without_rotation(registration: Registration) -> bool:
    """Are a public client's refresh tokens not rotated (RFC 9700 §2.2.2)?"""
    return registration.is_public and not registration.rotate_refresh_tokens


def is_public_without_pkce(registration: Registration) -> bool:
    """Is a public client excused from PKCE (OAuth 2.1 §7.5.1)?"""
    return registration.is_public and registration.is_excused_from_pkce


RULES: tuple[tuple[Contradiction, Callable[[Registration], bool]], ...] = (
    (Contradiction.NO_REDIRECT_URI, lacks_redirect_uri),
    (Contradiction.PUBLIC_CLIENT_CREDENTIALS, is_public_client_credentials),
    (Contradiction.PUBLIC_SECRET, has_public_secret),
    (Contradiction.CONFIDENTIAL_NONE, is_confidential_without_authentication),
    (Contradiction.PUBLIC_INTROSPECTION, is_public_introspector),
    (Contradiction.PUBLIC_WITHOUT_ROTATION, is_public_without_rotation),
    (Contradiction.PUBLIC_WITHOUT_PKCE, is_public_without_pkce),
)
