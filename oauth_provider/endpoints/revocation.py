"""The revocation endpoint (RFC 7009 §2): whatever is presented, afterwards it is not good any more."""

from oauth_provider.clients.authentication.authenticate import recall
from oauth_provider.endpoints.client_endpoint import Answer, Call, client_endpoint
from oauth_provider.events.actor import client_behind
from oauth_provider.tokens.revoke import revoke_token


def answer(call: Call) -> Answer:
    """An unknown token, or another client's, is answered like a revoked one (RFC 7009 §2.2)."""
    revoke_token(call.form.required("token"), call.client, call.guard, client_behind(call.http))
    return Answer(None)


revoke = client_endpoint(answer, recall=recall)
