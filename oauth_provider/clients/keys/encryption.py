"""Encryption that a client wants (OpenID Connect Registration §2, Core §10.2): to which of its keys, if to any."""

import json
import logging
from collections.abc import Iterable

from oauth_provider.clients.keys.jwks_uri import fetch_anew, fetched_keys, parsed_for_encryption
from oauth_provider.fetch import FetchError
from oauth_provider.models import ClientPolicy
from oauth_provider.models.client import Client
from oauth_provider.protocol.errors import OAuthError, ServerError, TemporarilyUnavailable
from oauth_provider.protocol.jose import JoseError
from oauth_provider.protocol.jwe import CONTENT_ENCRYPTION, EncryptionKey, Envelope
from oauth_provider.protocol.reason import Reason

logger = logging.getLogger("oauth_provider.clients")


def envelope_for(client: Client) -> Envelope:
    """Return the envelope for the ID tokens and logout tokens of ``client``.

    Keys at a ``jwks_uri`` may have to be fetched, so never inside a transaction: for an ID token that turns out not
    to be due a failure says nothing, so it is raised only by the envelope.
    """
    policy = client.policy
    if not policy.id_token_encrypted_response_alg:
        return Envelope()
    try:
        return Envelope(_key_for(policy), policy.id_token_encrypted_response_enc)
    except OAuthError as error:
        logger.warning("Nothing can be encrypted for the client %s: %s", client.client_id, error.detail)
        return Envelope(error=error)


def is_equipped(policy: ClientPolicy) -> bool:
    """Did the client register a key for what it wants, or say where its keys are?"""
    return bool(policy.jwks_uri and not policy.jwks) or _chosen(policy, _registered(policy)) is not None


def has_key(policy: ClientPolicy) -> bool:
    """Is there such a key at this moment? For whoever registers it: what was fetched before does not count."""
    try:
        keys = parsed_for_encryption(fetch_anew(policy.jwks_uri)) if policy.jwks_uri else _registered(policy)
    except (FetchError, JoseError, TemporarilyUnavailable):
        return False
    return _chosen(policy, keys) is not None


def _key_for(policy: ClientPolicy) -> EncryptionKey:
    if policy.jwks or not policy.jwks_uri:
        keys = _registered(policy)
    else:
        keys = fetched_keys(policy.jwks_uri, parsed_for_encryption, lambda key: _chosen(policy, [key]) is not None)
    found = _chosen(policy, keys)
    if found is None or policy.id_token_encrypted_response_enc not in CONTENT_ENCRYPTION:
        detail = f"no key for {policy.id_token_encrypted_response_alg} in {policy.jwks_uri or 'its jwks'}"
        raise ServerError(Reason.ENCRYPTION_KEY_MISSING, detail=detail)
    return found


def _chosen(policy: ClientPolicy, keys: Iterable[EncryptionKey]) -> EncryptionKey | None:
    return next((key for key in keys if key.alg == policy.id_token_encrypted_response_alg), None)


def _registered(policy: ClientPolicy) -> tuple[EncryptionKey, ...]:
    try:
        return parsed_for_encryption(json.dumps(policy.jwks, sort_keys=True))
    except JoseError:
        return ()
