"""Client authentication (RFC 6749 §2.3): exactly one method in a request, and the client it proves.

``sensitive_variables`` stands at the two ways in, and hides what all functions below them hold as well, but for what is
called by a generator, which has no caller any more once it has ended.
"""

from collections.abc import Mapping
from typing import Protocol

from django.contrib.auth.hashers import check_password
from django.views.decorators.debug import sensitive_variables

from oauth_provider.clients import client_secret_basic, client_secret_post, none
from oauth_provider.clients.credentials import Credentials
from oauth_provider.clients.failures import NOBODY, count_attempt
from oauth_provider.clients.lookup import FoundClient, find_with_secret, recall_with_secret
from oauth_provider.dot.names import Row
from oauth_provider.dot.secret import is_hashed, is_secret
from oauth_provider.events.emit import emit
from oauth_provider.events.event import ClientAuthenticationFailed
from oauth_provider.events.refusal import naming_client
from oauth_provider.models.client import Client
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.protocol.digest import equal
from oauth_provider.protocol.errors import InvalidClient, InvalidRequest, OAuthError
from oauth_provider.protocol.reason import Reason


class Method(Protocol):
    """A module that finds credentials of its method in a form and an Authorization header."""

    METHOD: str

    def credentials(self, form: Mapping[str, str], authorization: str) -> Credentials | None:
        """What is presented by this method, or None."""
        ...


# The only list of the methods there are. Discovery is derived from it.
MODULES: tuple[Method, ...] = (client_secret_basic, client_secret_post, none)
METHODS: tuple[str, ...] = tuple(module.METHOD for module in MODULES)


@sensitive_variables()
def authenticate(form: Mapping[str, str], authorization: str, address: str) -> Client:
    """The client that a request comes from. ``form`` holds each parameter of the body once.

    Raises ``InvalidRequest`` for two methods at once, ``InvalidClient`` for a failure (the same for a client
    that does not exist as for a wrong secret), ``TemporarilyUnavailable`` after too many.
    """
    credentials = presented(form, authorization)
    try:
        return _authenticated(credentials, address)
    except InvalidClient:
        emit(ClientAuthenticationFailed(credentials.client_id, address, credentials.method))
        raise


@sensitive_variables()
def recall(form: Mapping[str, str], authorization: str, address: str) -> FoundClient | None:
    """The client as this process remembers it, with the guard that has to prove it; None where it must be read.

    It refuses nobody, and counts nothing.
    """
    try:
        credentials = presented(form, authorization)
    except OAuthError:
        return None
    found = recall_with_secret(credentials.client_id, credentials.secret)
    if found is None or not found.client.allows_authentication_method(credentials.method) or found.client.is_barred:
        return None
    if credentials.method == none.METHOD:
        return found
    return found if found.secret is not None and not found.secret.is_due_for_last_used else None


def presented(form: Mapping[str, str], authorization: str) -> Credentials:
    """The one set of credentials in a request. Raises ``InvalidRequest`` and ``InvalidClient``."""
    if "client_assertion" in form or "client_assertion_type" in form:
        raise InvalidClient(Reason.CLIENT_ASSERTION_NOT_SUPPORTED)
    found = [credentials for module in MODULES if (credentials := module.credentials(form, authorization)) is not None]
    if len(found) > 1:
        raise InvalidRequest(Reason.CLIENT_AUTHENTICATION_REPEATED)
    if not found:
        raise InvalidClient(Reason.CLIENT_AUTHENTICATION_MISSING)
    if form.get("client_id", found[0].client_id) != found[0].client_id:
        raise InvalidClient(Reason.CLIENT_ID_DIFFERS)
    return found[0]


def _authenticated(credentials: Credentials, address: str) -> Client:
    """Find the client and prove it: a machine-made secret was found with it, all else is counted and tried slowly."""
    found = find_with_secret(credentials.client_id, credentials.secret)
    if found is not None and _is_proven(found, credentials.method) and not found.client.is_barred:
        if found.secret is not None and found.secret.is_due_for_last_used:
            ClientSecret.objects.mark_used(found.secret.pk)
        return found.client
    if found is None:
        count_attempt(NOBODY, address)
        raise InvalidClient(Reason.CLIENT_UNKNOWN)
    with naming_client(found.client.client_id):
        _try_slowly(found, credentials, address)
    return found.client


def _is_proven(found: FoundClient, method: str) -> bool:
    """Is nothing left to try?"""
    is_known = method == none.METHOD or found.secret is not None
    return is_known and found.client.allows_authentication_method(method)


def _try_slowly(found: FoundClient, credentials: Credentials, address: str) -> None:
    """Prove the client by a secret that a person chose, if it can be. An attempt counts before it is made."""
    attempt = count_attempt(credentials.client_id, address)
    client = found.client
    if not client.allows_authentication_method(credentials.method):
        raise InvalidClient(Reason.CLIENT_METHOD_NOT_ALLOWED, detail=f"{credentials.method} is not its method")
    if not _is_proven(found, credentials.method) and not _is_slow_secret(client.application, credentials.secret):
        raise InvalidClient(Reason.CLIENT_SECRET_WRONG)
    if client.is_barred:
        raise InvalidClient(Reason.CLIENT_SUSPENDED)
    attempt.succeed()


def _is_slow_secret(application: Row, secret: str) -> bool:
    if _verifies(secret, application.client_secret):
        ClientSecret.objects.adopt(application, secret)
        return True
    kept = ClientSecret.objects.live().filter(application=application, digest=None)
    return any([_verifies(secret, row.encoded) for row in kept])


def _verifies(secret: str, stored: str) -> bool:
    if not is_secret(stored) or not secret or "\x00" in secret:
        return False
    return check_password(secret, stored) if is_hashed(stored) else equal(secret, stored)
