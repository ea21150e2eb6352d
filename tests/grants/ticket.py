"""A grant that only tests have (RFC 6749 §4.5): a machine trades a ticket for a token of its own, in another's name."""

from oauth_provider.grants.request import TokenRequest
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.registry.scope import requested_scopes
from oauth_provider.sql.outcome import Outcome
from oauth_provider.tokens.issue import Issued, issue_for_client
from oauth_provider.tokens.signer import Signer
from oauth_provider.tokens.terms import Terms

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"

grant_type = "urn:example:ticket"
parameters = ("ticket_number", "scope")


def read(request: TokenRequest) -> str:
    return request.form.required("ticket_number")


def decide(number: str, request: TokenRequest, signer: Signer) -> Outcome[Issued]:
    if number != "7":
        raise InvalidGrant("There is no such ticket.")
    scope = requested_scopes(request.get("scope"), request.client.policy)
    terms = Terms(scope, act={"sub": "conductor"}, issued_token_type=ACCESS_TOKEN).bound_to(request.key)
    return issue_for_client(request.client, terms)
