"""The companion tables. Each hangs off the configured models of DOT; managers own the atomic verbs."""

from oauth_provider.models.authorization import Authorization
from oauth_provider.models.client import ClientMember, ClientPolicy
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.models.consent import Consent
from oauth_provider.models.pending_request import PendingRequest
from oauth_provider.models.token import TokenBinding

__all__ = [
    "Authorization",
    "ClientMember",
    "ClientPolicy",
    "ClientSecret",
    "Consent",
    "PendingRequest",
    "TokenBinding",
]
