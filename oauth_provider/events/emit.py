"""Emitting events: each is told to Django's signals, once its transaction has committed."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from django.apps import apps
from django.db import transaction
from django.dispatch import Signal

from oauth_provider import signals
from oauth_provider.dot.names import access_token_model
from oauth_provider.events import event as events
from oauth_provider.events.event import Event

SIGNALS: Mapping[type[Event], Signal] = {
    events.TokenIssued: signals.token_issued,
    events.AuthorizationRevoked: signals.authorization_revoked,
    events.AccessTokensRevoked: signals.access_tokens_revoked,
    events.ConsentGiven: signals.consent_given,
    events.ConsentWithdrawn: signals.consent_withdrawn,
    events.ClientAuthenticationFailed: signals.client_authentication_failed,
}


def emit(event: Event, *, using: str) -> None:
    """Tell of ``event`` once the transaction on ``using`` has committed; at once where there is none.

    A receiver that raises is logged by Django and disturbs nothing. Where nobody listens, nothing waits for the commit.
    """
    kind: Any = type(event)
    signal, sender = SIGNALS[kind], sender_of(kind)
    if signal.has_listeners(sender):
        transaction.on_commit(lambda: signal.send_robust(sender=sender, **facts(event)), using=using)


def facts(event: Any) -> dict[str, Any]:
    """Return the keyword arguments of a signal's receivers."""
    return {field.name: getattr(event, field.name) for field in fields(event)}


@cache
def sender_of(kind: Any) -> Any:
    """Return the model that a signal's ``sender`` is."""
    if kind is events.AccessTokensRevoked:
        return access_token_model()
    return apps.get_model("oauth_provider", "Consent" if kind.__name__.startswith("Consent") else "Authorization")
