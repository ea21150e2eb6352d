"""The scope of an authorization request (RFC 6749 §3.3, OpenID Connect Core §3.1.2.1 and §11): narrowed, not refused.

What is unknown, or not for this client, is left out, and the answer to the code says what was granted (§5.1). Whoever
asks the token endpoint is refused instead: there a program asks, which can ask again.
"""

from collections.abc import Collection, Mapping

from oauth_provider.authorization.request import AuthorizationRequest
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import InvalidScope
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.protocol.offline_access import OFFLINE_ACCESS
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.response_type import CODE, ID_TOKEN, parts_of
from oauth_provider.registry.resource import Audience
from oauth_provider.registry.scope import allowed_scopes, offered_scopes
from oauth_provider.registry.scope_choices import optional_of, read_twins_of


def scope_of(request: AuthorizationRequest, client: Client) -> tuple[str, ...]:
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


def required_scope(request: AuthorizationRequest, client: Client, scope: Collection[str]) -> frozenset[str]:
    """Return the part of ``scope`` that no yes goes without.

    The registry says what people may leave out. The client's policy and the request may let them leave out more, and
    never less, but for what ``request`` could not be answered without.
    """
    optional = optional_of(scope) | set(client.policy.optional_scope.split()) | set(request.optional_scope.split())
    needed = {OPENID} if needs_openid(request) else set()
    return frozenset(one for one in scope if one in needed or one not in optional)


def read_twins(client: Client, scope: Collection[str], audience: Audience) -> Mapping[str, str]:
    """Return, for every part of ``scope`` that can do harm, the scope that only reads in its place.

    Empty where one of them has none that ``client`` may have, and that is of use at ``audience``.
    """
    twins = read_twins_of(scope)
    if not twins or audience.served(tuple(twins.values())) != tuple(twins.values()):
        return {}
    return twins if set(twins.values()) <= set(allowed_scopes(client.policy)) else {}


def can_be_refreshed(request: AuthorizationRequest, client: Client) -> bool:
    """OpenID Connect Core §11: ``offline_access`` means nothing where no code, or no refresh token, comes of it."""
    return CODE in parts_of(request.response_type) and client.allows_grant_type("refresh_token")


def needs_openid(request: AuthorizationRequest) -> bool:
    """Is an ID token asked for here, or what binds the code to the request (OAuth 2.1 §7.5.1)?"""
    parts = parts_of(request.response_type)
    return ID_TOKEN in parts or (CODE in parts and not request.code_challenge)
