"""Clients that somebody agreed to (draft-ietf-oauth-client-id-metadata-document §6.3): they get rows, and keep them.

Until then a client that a document describes is stored nowhere, whatever strangers send.
"""

from django.db import IntegrityError

from oauth_provider.clients.lookup import find_registered
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door
from oauth_provider.clients.registration.proposal import By, MetadataRefused
from oauth_provider.clients.registration.quotas import take_from_address
from oauth_provider.clients.registration.register import change, check_proposal, propose, save_new
from oauth_provider.clients.registration.told import told_as_errors
from oauth_provider.dot.names import application_model
from oauth_provider.models.client import Client


def register_agreed(client: Client, address: str) -> Client:
    """Return ``client`` with rows that say what its document says, now that somebody agreed to it.

    Raises ``TemporarilyUnavailable`` where as many were registered as may be, and ``OAuthError`` where a rule refuses
    it by now.
    """
    by, wanted = By(Door.DOCUMENT, address=address), Metadata.of(client)
    with told_as_errors():
        if client.is_registered:
            known = find_registered(client.client_id)
            return client if known is None or Metadata.of(known) == wanted else change(known, wanted, by)
        try:
            return _register(client.client_id, wanted, by)
        except (IntegrityError, MetadataRefused):
            # Somebody else agreed at the same moment.
            known = find_registered(client.client_id)
            if known is None:
                raise
            return known


def _register(client_id: str, wanted: Metadata, by: By) -> Client:
    proposal = propose(wanted, application_model()(client_id=client_id), by)
    check_proposal(proposal)
    take_from_address(by)
    return save_new(proposal, by)
