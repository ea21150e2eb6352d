"""Finding a client by its Client ID Metadata Document (draft-ietf-oauth-client-id-metadata-document §4).

Nobody has to have registered it: it is made of the document, judged by the same policy as all others, and has no row.
One that somebody agreed to has rows, and is what its document says by now.
"""

import logging
from copy import copy
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from oauth_provider.clients.documents.copies import Copy, copy_of
from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.policy import Door, door_policy, reserved_names
from oauth_provider.clients.registration.proposal import By, Proposal
from oauth_provider.clients.registration.register import find_faults, propose
from oauth_provider.clients.registration.requested import Offer, requested
from oauth_provider.clients.registration.uri_rules import allowed_schemes
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import Row, application_model
from oauth_provider.models.client import Client
from oauth_provider.protocol.client_id_metadata import (
    METHOD,
    DocumentRefused,
    host_of_document,
    is_own_scheme,
    read_document,
)
from oauth_provider.protocol.client_metadata import REDIRECT_URIS
from oauth_provider.protocol.errors import OAuthError
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.protocol.look_alike import host_looks_like
from oauth_provider.protocol.redirect_uri import find_fault
from oauth_provider.protocol.registration import NO_AUTHENTICATION
from oauth_provider.registry.scope import all_scopes

logger = logging.getLogger("oauth_provider.clients")

# So many documents stay parsed in each process.
MOST_PARSED = 256


def find(client_id: str) -> Client | None:
    """Return the client whose document is at ``client_id``, which has no rows; None where there is none to be had."""
    if not _may_come(client_id):
        return None
    found = copy_of(client_id, is_registered=False)
    if found is None or not found.begins_sign_ins:
        return None
    proposal = _proposal(client_id, found, None)
    return _client(proposal) if proposal is not None else None


def refresh(client: Client, *, begins: bool) -> Client | None:
    """Return ``client``, which is registered, as its document describes it now; None where it may not be used.

    ``begins``: somebody new is to sign in. Who did before goes on for a day without a document.
    """
    if not _may_come(client.client_id):
        return None if begins else client
    found = copy_of(client.client_id, is_registered=True)
    if begins and found is not None and found.is_gone:
        return None
    if found is not None and not found.is_serving:
        logger.warning("The document of the client %s has been missing for too long.", client.client_id)
        return None
    if found is None or not found.text:
        return client
    proposal = _proposal(client.client_id, found, client)
    if proposal is None:
        return None if begins else client
    return _client(proposal) if proposal.changed else client


def _may_come(client_id: str) -> bool:
    """May documents of this host be fetched at all?"""
    policy, host = door_policy(Door.DOCUMENT), host_of_document(client_id)
    return policy.is_open and policy.allows_host(host) and not host_looks_like(host, reserved_names())


def _proposal(client_id: str, found: Copy, client: Client | None) -> Proposal | None:
    """Return what the document asks for, beside what ``client`` was before; None where a rule refuses it."""
    before = None if client is None else Metadata.of(client)
    application = application_model()(client_id=client_id) if client is None else copy(client.application)
    try:
        read = _read(client_id, found.text)
        if client is None:
            # What an app may have as a redirect URI is said of public clients.
            application.client_type = "public" if read[METHOD] == NO_AUTHENTICATION else "confidential"
        members = _usable(read, application)
        asked = requested(members, Offer(door_policy(Door.DOCUMENT), None, ALGORITHMS), before)
    except (DocumentRefused, OAuthError) as error:
        logger.warning("The document %s cannot be used: %s", client_id, error)
        return None
    by, policy = By(Door.DOCUMENT), None if client is None else copy(client.policy)
    proposal = propose(asked.metadata, application, by, before=before, policy=policy)
    if faults := find_faults(proposal):
        told = "; ".join(f"{fault.member}: {fault.text}" for fault in faults)
        logger.warning("The document %s is not taken: %s", client_id, told)
        return None
    return proposal


@lru_cache(maxsize=MOST_PARSED)
def _read(client_id: str, text: str) -> MappingProxyType[str, Any]:
    return MappingProxyType(read_document(client_id, text.encode()))


def _usable(members: MappingProxyType[str, Any], application: Row) -> dict[str, Any]:
    """Return ``members`` without redirect URIs and scopes that are for other servers. Raises ``DocumentRefused``."""
    schemes, allow_http = allowed_schemes(application), provider_settings.LEGACY_HTTP_REDIRECT_URIS
    uris = tuple(
        uri
        for uri in members[REDIRECT_URIS]
        if (uri.partition(":")[0] in schemes or is_own_scheme(uri, application.client_id))
        and find_fault(uri, allow_http=allow_http, app_schemes=schemes) is None
    )
    if not uris:
        raise DocumentRefused("none of its redirect URIs may be registered here")
    scopes = [one for one in members.get("scope", "").split() if one in all_scopes()]
    usable = {name: value for name, value in members.items() if name != "scope"}
    return usable | {REDIRECT_URIS: uris} | ({"scope": " ".join(scopes)} if scopes else {})


def _client(proposal: Proposal) -> Client:
    """Return the client of rows that are not saved: its policy then costs no statement."""
    application, policy = proposal.application, proposal.policy
    policy.application = application
    return Client(application, policy)
