"""The introspection endpoint (RFC 7662 §2): what a token says, to those who may ask."""

from oauth_provider.conf import provider_settings
from oauth_provider.endpoints.program import Answer, Call, client_endpoint
from oauth_provider.models.client import Client
from oauth_provider.tokens.introspect import INACTIVE, introspect


@client_endpoint
def introspection(call: Call) -> Answer:
    """One who may not ask learns that the token is not active, as of any token that is not (RFC 7662 §2.2)."""
    token = call.form.required("token")
    if not may_introspect(call.client):
        return Answer(INACTIVE)
    return Answer(introspect(token, provider_settings.issuer_of(call.http)))


def may_introspect(client: Client) -> bool:
    """RFC 7662 §2.1: the caller must be authorized, which one without a secret cannot be."""
    return client.policy.may_introspect and not client.is_public
