"""Sign-ins that are refreshed: their family, and why they ended."""

from oauth_provider.models import Authorization
from oauth_provider.protocol.token_string import parse_refresh_token
from oauth_provider.tokens.ending import revoke_authorizations
from tests.driver import Driver


def family_of(refresh_token: str) -> str:
    """The part that stays."""
    parts = parse_refresh_token(refresh_token)
    assert parts is not None
    return parts.family


def revocation_of(driver: Driver) -> str:
    """Why the authorization of ``driver``'s client ended, or an empty string."""
    return Authorization.objects.get(application=driver.application).revoked_reason


def revoke(driver: Driver) -> None:
    revoke_authorizations(Authorization.objects.all(), Authorization.Reason.OPERATOR)
