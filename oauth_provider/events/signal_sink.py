"""Events as Django's signals. A receiver that raises is logged by Django and disturbs nothing."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from django.apps import apps
from django.dispatch import Signal

from oauth_provider import signals
from oauth_provider.dot.names import access_token_model, application_model
from oauth_provider.events import event as events
from oauth_provider.events.event import Event

# Events that have a signal of their own, whose arguments are the event's fields. All are told by ``event_emitted``.
SIGNALS: Mapping[type[Event], Signal] = {
    events.TokenIssued: signals.token_issued,
    events.TokenRefreshed: signals.token_issued,
    events.AuthorizationRevoked: signals.authorization_revoked,
    events.AccessTokensRevoked: signals.access_tokens_revoked,
    events.ConsentGiven: signals.consent_given,
    events.ConsentWithdrawn: signals.consent_withdrawn,
    events.ClientAuthenticationFailed: signals.client_authentication_failed,
    events.RequestRefused: signals.request_refused,
}


def wants(event: Event) -> bool:
    """Has anybody connected?"""
    kind: Any = type(event)
    signal = SIGNALS.get(kind)
    return bool(
        (signal is not None and signal.has_listeners(sender_of(kind))) or signals.event_emitted.has_listeners(kind)
    )


def tell(event: Event) -> None:
    """Send the signal of its kind, and the one for all of them."""
    kind: Any = type(event)
    signal = SIGNALS.get(kind)
    if signal is not None:
        signal.send_robust(sender=sender_of(kind), **arguments(event))
    signals.event_emitted.send_robust(sender=kind, event=event)


def arguments(event: Any) -> dict[str, Any]:
    """Return the keyword arguments of a signal's receivers."""
    return {field.name: getattr(event, field.name) for field in fields(event)}


@cache
def sender_of(kind: Any) -> Any:
    """Return the model that a signal's ``sender`` is."""
    if kind is events.AccessTokensRevoked:
        return access_token_model()
    if kind in (events.ClientAuthenticationFailed, events.RequestRefused):
        return application_model()
    return apps.get_model("oauth_provider", "Consent" if kind.__name__.startswith("Consent") else "Authorization")
