"""Signals, sent after the commit of what they tell. Receivers get keyword arguments; none of them is a secret."""

from typing import Any

from django.db import transaction
from django.dispatch import Signal

# application, user (None for a client's own token), grant_type, scope, authorization (or None)
token_issued = Signal()
# authorization, reason
authorization_revoked = Signal()
# checksums: of access tokens that were revoked one by one, as those that hang on no authorization are
access_tokens_revoked = Signal()
# application, user, scope, resources: the scope was agreed to at each of these resources, at none: anywhere
consent_given = Signal()
# application, user
consent_withdrawn = Signal()
# client_id, address, method
client_authentication_failed = Signal()


def send_after_commit(signal: Signal, *, using: str, sender: Any, **facts: Any) -> None:
    """Send ``signal`` once the transaction on ``using`` has committed; at once without a transaction.

    An exception in a receiver is logged by Django and has no other effect. Without receivers nothing is deferred.
    """
    if signal.has_listeners(sender):
        transaction.on_commit(lambda: signal.send_robust(sender=sender, **facts), using=using)
