"""The keys of a client (RFC 7591 §2, ``jwks`` and ``jwks_uri``): what it signs is verified with these."""

import json

from oauth_provider.clients.keys.jwks_uri import fetched_keys, parsed
from oauth_provider.models.client import Client
from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import ALGORITHMS, JoseError, Key


def keys_for(client: Client, token: str) -> tuple[Key, ...]:
    """The public keys that may have signed ``token``; none where the client has none, or it is no token at all.

    For what cannot be verified anyway nothing is fetched. Raises ``TemporarilyUnavailable`` where the keys cannot
    be had.
    """
    if client.policy.jwks:
        return _registered(client)
    if not client.policy.jwks_uri:
        return ()
    try:
        header = jws.parse(token).header
    except JoseError:
        return ()
    alg, kid = header["alg"], header.get("kid")
    if alg not in ALGORITHMS:
        return ()
    return fetched_keys(client.policy.jwks_uri, parsed, lambda key: key.alg == alg and kid in (None, key.kid))


def _registered(client: Client) -> tuple[Key, ...]:
    try:
        return parsed(json.dumps(client.policy.jwks, sort_keys=True))
    except JoseError:
        return ()
