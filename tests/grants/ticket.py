"""A grant that only tests have (RFC 6749 §4.5): a machine trades a ticket for a token of its own, once."""

from typing import Any

from oauth_provider.grants.request import TokenRequest
from oauth_provider.protocol.errors import InvalidGrant
from oauth_provider.registry.scope import requested_scopes
from oauth_provider.sql.outcome import Outcome
from oauth_provider.tokens.issue import Issued, issue_for_client
from oauth_provider.tokens.signer import Signer
from oauth_provider.tokens.terms import Terms

grant_type = "urn:example:ticket"
parameters = ("ticket_number", "scope")


def read(request: TokenRequest) -> str:
    return request.form.required("ticket_number")


def decide(number: str, request: TokenRequest, signer: Signer) -> Outcome[Issued]:
    if number != "7":
        raise InvalidGrant("There is no such ticket.")
    terms: Any = Terms(requested_scopes(request.get("scope"), request.client.policy))
    return issue_for_client(request.client, terms)
