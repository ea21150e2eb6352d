"""Client information (RFC 7591 §3.2.1): all that is registered of a client, in JSON, as the client may know it."""

from typing import Any

from oauth_provider.clients.registration.metadata import Metadata
from oauth_provider.clients.registration.requested import SAID
from oauth_provider.models import DynamicRegistration
from oauth_provider.models.client import Client
from oauth_provider.protocol.client_metadata import DEFAULT_GRANT_TYPE, DEFAULT_METHOD, READERS

# What a client reads again even where it is nothing, since it may have asked for more.
ALWAYS = frozenset({"redirect_uris", "grant_types", "response_types", "token_endpoint_auth_method"})
# These mean nothing without another member.
BESIDE = {
    "id_token_encrypted_response_enc": "id_token_encrypted_response_alg",
    "backchannel_logout_session_required": "backchannel_logout_uri",
    "frontchannel_logout_session_required": "frontchannel_logout_uri",
}


def client_information(client: Client, registration: DynamicRegistration) -> dict[str, Any]:
    """Return the members of the answer, without secrets and tokens."""
    metadata = Metadata.of(client)
    members: dict[str, Any] = {"client_id": client.client_id, "client_id_issued_at": registration.issued_at}
    for name in SAID:
        value = getattr(metadata, name)
        if name in ALWAYS or (value and getattr(metadata, BESIDE.get(name, name))):
            members[name] = list(value) if isinstance(value, tuple) else value
    if DEFAULT_GRANT_TYPE not in metadata.grant_types:
        members["response_types"] = []
    members["token_endpoint_auth_method"] = metadata.token_endpoint_auth_method or DEFAULT_METHOD
    if metadata.scope is None:
        members.pop("scope", None)
    else:
        members["scope"] = " ".join(metadata.scope)
    return members | {name: value for name, value in registration.metadata.items() if name in READERS}
