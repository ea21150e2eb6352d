"""The scope of an authorization request (RFC 6749 §3.3, OpenID Connect Core §3.1.2.1 and §11): narrowed, not refused.

What is unknown, or not for this client, is left out; the answer to the code says what was granted (§5.1), and the log
why. Whoever asks the token endpoint is refused instead: there a program asks, which can ask again.
"""

from collections.abc import Collection

from oauth_provider.authorization.left_out import left_out_scopes
from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import InvalidScope
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.protocol.offline_access import OFFLINE_ACCESS
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.response_type import CODE, ID_TOKEN, parts_of
from oauth_provider.protocol.scope import parse_scope
from oauth_provider.registry.scope import offered_scopes


def scope_of(request: AuthorizationRequest, client: Client) -> tuple[str, ...]:
    """Return ``possible_scope``, and tell the log what is left out. Raises ``InvalidScope`` where nothing is left."""
    scope = possible_scope(request, client)
    if scope:
        left_out_scopes.tell(parse_scope(request.scope), scope, client)
    return scope


def possible_scope(request: AuthorizationRequest, client: Client) -> tuple[str, ...]:
    """The part of what ``request`` asks for that ``client`` may have. Raises ``InvalidScope`` where nothing is left."""
    # Details may be all that is asked for (RFC 9396 §3): the default scopes are for who asks for nothing.
    if not request.scope and request.authorization_details:
        return ()
    scope = offered_scopes(request.scope, client.policy)
    if not can_be_refreshed(request, client):
        scope = tuple(one for one in scope if one != OFFLINE_ACCESS)
    if not scope and not request.authorization_details:
        raise InvalidScope(Reason.SCOPE_OFFLINE_ALONE)
    if OPENID not in scope and needs_openid(request):
        raise InvalidScope(Reason.SCOPE_OPENID_REFUSED)
    return scope


def required_scope(request: AuthorizationRequest, scope: Collection[str]) -> frozenset[str]:
    """Return the part of ``scope`` without which ``request`` could not be answered."""
    return frozenset({OPENID}) if needs_openid(request) and OPENID in scope else frozenset()


def can_be_refreshed(request: AuthorizationRequest, client: Client) -> bool:
    """OpenID Connect Core §11: ``offline_access`` means nothing where no code, or no refresh token, comes of it."""
    return CODE in parts_of(request.response_type) and client.allows_grant_type("refresh_token")


def needs_openid(request: AuthorizationRequest) -> bool:
    """Is an ID token asked for here, or what binds the code to the request (OAuth 2.1 §7.5.1)?"""
    parts = parts_of(request.response_type)
    return ID_TOKEN in parts or (CODE in parts and not request.code_challenge)
