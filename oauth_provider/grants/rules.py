"""Rules of more than one grant (RFC 6749 §5.2)."""

from oauth_provider.grants.request import TokenRequest
from oauth_provider.models import Authorization
from oauth_provider.models.authorization import authorization_now
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.tokens.terms import Terms


def check_client(authorization: Authorization, request: TokenRequest, presented: str) -> None:
    """RFC 6749 §4.1.3 and §6: it was issued to the client that presents it, or it is as good as unknown.

    Raises ``ClientChanged``: what is done to a locked row asks no more about the client.
    """
    if authorization.seen_version is None:
        request.client.confirm()
    if authorization.application_id != request.client.application.pk:
        raise InvalidGrant(f"The {presented} is unknown.", detail=f"another client's {presented}")


def check_alive(authorization: Authorization) -> None:
    """RFC 6749 §5.2: not expired, not revoked, and its user may still sign in."""
    if not authorization.is_alive():
        raise InvalidGrant("The authorization has ended.", detail=f"{authorization} is not alive")


def check_lifetimes(authorization: Authorization, terms: Terms) -> None:
    """RFC 9700 §4.14.2: what has lived too long by the limits of today ends, whatever they were when it was used."""
    if authorization.ends_at(authorization.last_used_at, terms.limits) <= authorization_now():
        raise InvalidGrant("The authorization has ended.", detail=f"{authorization} is older than it may be")
