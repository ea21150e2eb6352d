"""A client that a process remembers, for the tests of what it may not do with that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from oauth_provider.clients.lookup import recall_with_secret
from oauth_provider.dot.names import application_model
from oauth_provider.models import ClientPolicy, ClientSecret
from oauth_provider.signals import authorization_revoked, client_authentication_failed, token_issued
from tests import ledger
from tests.driver import Driver, signed_in

GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
POLICY = {"grant_types": GRANTS, "may_introspect": True}
Change = Callable[[], object]


def remembered() -> Driver:
    """A client that is remembered, in the browser of somebody who is signed in."""
    driver = signed_in(policy=dict(POLICY))
    for _noted_and_remembered in range(2):
        assert own(driver).status_code == 200
    assert is_remembered(driver)
    return driver


def own(driver: Driver, scope: str = "notes:read") -> Any:
    """A token of the client's own."""
    return driver.token(grant_type="client_credentials", scope=scope)


def is_remembered(driver: Driver) -> bool:
    """Would it be recalled?"""
    return recall_with_secret(driver.application.client_id, driver.application.secret) is not None


def policies() -> Any:
    """Those of all clients, of which a test has one."""
    return ClientPolicy.objects.all()


# Each with the error of the client as it is then.
CHANGES: dict[str, tuple[Change, str]] = {
    "suspended": (lambda: policies().update(status="suspended"), "invalid_client"),
    "deleted": (lambda: application_model().objects.all().delete(), "invalid_client"),
    "renamed": (lambda: application_model().objects.update(client_id="another"), "invalid_client"),
    "secret revoked": (lambda: ClientSecret.objects.update(expires_at=timezone.now()), "invalid_client"),
    "secret deleted": (lambda: ClientSecret.objects.all().delete(), "invalid_client"),
    "secret replaced": (lambda: ClientSecret.objects.update(digest="0" * 64), "invalid_client"),
    "another method": (lambda: policies().update(token_endpoint_auth_method="client_secret_basic"), "invalid_client"),
    # Its secret is right, and proves nothing any more.
    "public now": (lambda: application_model().objects.update(client_type="public"), "unauthorized_client"),
    "grants taken": (lambda: policies().update(grant_types=[]), "unauthorized_client"),
    "policy deleted": (lambda: policies().delete(), "unauthorized_client"),
}


@contextmanager
def told() -> Iterator[list[str]]:
    """What receivers of our signals hear."""
    heard: list[str] = []
    signals = {"issued": token_issued, "revoked": authorization_revoked, "failed": client_authentication_failed}
    receivers = {name: lambda name=name, **_facts: heard.append(name) for name in signals}
    for name, signal in signals.items():
        signal.connect(receivers[name], weak=False)
    try:
        yield heard
    finally:
        for name, signal in signals.items():
            signal.disconnect(receivers[name])


@contextmanager
def changing_midway(change: Change) -> Iterator[None]:
    """``change`` happens once the client has been recalled, and before anything is done for it."""
    from oauth_provider.clients.authentication.authenticate import recall_with_secret as recall

    def recall_and_change(*presented: str) -> Any:
        found = recall(*presented)
        assert found is not None
        change()
        return found

    with patch("oauth_provider.clients.authentication.authenticate.recall_with_secret", recall_and_change):
        yield


def refused(response: Any, error: str) -> None:
    """It is this error, with its status."""
    ledger.refused(response, error, 401 if error == "invalid_client" else 400)
