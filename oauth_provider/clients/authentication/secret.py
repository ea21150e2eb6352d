"""Verifying a client's secret (RFC 6749 §2.3.1), by whatever method it came."""

from django.contrib.auth.hashers import check_password

from oauth_provider.clients.authentication.attempt import Attempt
from oauth_provider.clients.authentication.client_request import ClientRequest
from oauth_provider.clients.authentication.credentials import Credentials
from oauth_provider.clients.lookup import FoundClient
from oauth_provider.dot.names import Row
from oauth_provider.dot.secret import is_hashed, is_secret
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.protocol.digest import equal
from oauth_provider.protocol.errors import InvalidClient
from oauth_provider.protocol.reason import Reason


def verify(credentials: Credentials, found: FoundClient, request: ClientRequest, attempt: Attempt) -> None:
    """A machine-made secret was found with its client; one that a person chose is counted and tried slowly."""
    if found.secret is not None:
        return
    attempt.count()
    if not _is_slow_secret(found.client.application, credentials.secret):
        raise InvalidClient(Reason.CLIENT_SECRET_WRONG)


def _is_slow_secret(application: Row, secret: str) -> bool:
    slow = ClientSecret.objects.slow(application)
    if any(row.from_dot for row in slow):
        # The secret behind a hash that was copied is known by its digest: somebody copied it meanwhile, or it is wrong.
        if ClientSecret.objects.is_copied(application, secret):
            return True
    elif _verifies(secret, application.client_secret):
        ClientSecret.objects.adopt(application, secret)
        return True
    return any([_verifies(secret, row.encoded) for row in slow if not row.from_dot])


def _verifies(secret: str, stored: str) -> bool:
    if not is_secret(stored) or not secret or "\x00" in secret:
        return False
    return check_password(secret, stored) if is_hashed(stored) else equal(secret, stored)
