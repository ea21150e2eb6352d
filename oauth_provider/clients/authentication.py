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
from oauth_provider.clients.failures import check_failures, count_failure
from oauth_provider.dot.names import Row
from oauth_provider.dot.secret import is_hashed, is_secret
from oauth_provider.models.client import Client
from oauth_provider.models.client_lookup import FoundClient, find_with_secret, recall_with_secret
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.protocol.digest import equal
from oauth_provider.protocol.errors import InvalidClient, InvalidRequest, OAuthError
from oauth_provider.signals import client_authentication_failed


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
        count_failure(credentials.client_id, address)
        client_authentication_failed.send_robust(
            sender=Client, client_id=credentials.client_id, address=address, method=credentials.method
        )
        raise


@sensitive_variables()
def recall(form: Mapping[str, str], authorization: str, address: str) -> Client | None:
    """The same by what this process remembers, to be confirmed by the database; None where ``authenticate`` must say.

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
        return found.client
    return found.client if found.secret is not None and not found.secret.is_due_for_last_used else None


def presented(form: Mapping[str, str], authorization: str) -> Credentials:
    """The one set of credentials in a request. Raises ``InvalidRequest`` and ``InvalidClient``."""
    if "client_assertion" in form or "client_assertion_type" in form:
        raise InvalidClient("Client assertions are not accepted here.")
    found = [credentials for module in MODULES if (credentials := module.credentials(form, authorization)) is not None]
    if len(found) > 1:
        raise InvalidRequest("More than one method of client authentication was used.")
    if not found:
        raise InvalidClient("Client authentication is missing.")
    if form.get("client_id", found[0].client_id) != found[0].client_id:
        raise InvalidClient("client_id is not that of the credentials.")
    return found[0]


def _authenticated(credentials: Credentials, address: str) -> Client:
    found = find_with_secret(credentials.client_id, credentials.secret)
    if found is None or not found.client.allows_authentication_method(credentials.method):
        check_failures(credentials.client_id, address)
        detail = "unknown client" if found is None else f"{credentials.method} is not its method"
        raise InvalidClient("Client authentication failed.", detail=detail)
    client = found.client
    if credentials.method != none.METHOD:
        _check_secret(found, credentials, address)
    if client.is_barred:
        raise InvalidClient("Client authentication failed.", detail="client suspended")
    return client


def _check_secret(found: FoundClient, credentials: Credentials, address: str) -> None:
    """A machine-made secret was found by its digest with the client; any other is tried slowly, and seldom."""
    if found.secret is not None:
        if found.secret.is_due_for_last_used:
            ClientSecret.objects.mark_used(found.secret.pk)
        return
    check_failures(credentials.client_id, address)
    if not _is_slow_secret(found.client.application, credentials.secret):
        raise InvalidClient("Client authentication failed.", detail="wrong secret")


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
