"""The companion tables. Each hangs off the configured models of DOT; managers own the atomic verbs."""

from oauth_provider.models.audit_event import AuditEvent
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.client import ClientPolicy
from oauth_provider.models.client_invitation import ClientInvitation
from oauth_provider.models.client_logo import ClientLogo
from oauth_provider.models.client_member import ClientMember
from oauth_provider.models.client_secret import ClientSecret
from oauth_provider.models.consent import Consent
from oauth_provider.models.consent_receipt import ConsentReceipt
from oauth_provider.models.dynamic_registration import DynamicRegistration
from oauth_provider.models.initial_access_token import InitialAccessToken
from oauth_provider.models.logout_delivery import LogoutDelivery
from oauth_provider.models.pending_request import PendingRequest
from oauth_provider.models.publisher_proof import PublisherProof
from oauth_provider.models.resource import Resource
from oauth_provider.models.revoked_token import RevokedToken
from oauth_provider.models.scope import Scope
from oauth_provider.models.scope_plan import ScopePlan, ScopeRewrite
from oauth_provider.models.signing_key import SigningKey
from oauth_provider.models.sweep_mark import SweepMark
from oauth_provider.models.token import TokenBinding

__all__ = [
    "AuditEvent",
    "Authorization",
    "ClientInvitation",
    "ClientLogo",
    "ClientMember",
    "ClientPolicy",
    "ClientSecret",
    "Consent",
    "ConsentReceipt",
    "DynamicRegistration",
    "InitialAccessToken",
    "LogoutDelivery",
    "PendingRequest",
    "PublisherProof",
    "Resource",
    "RevokedToken",
    "Scope",
    "ScopePlan",
    "ScopeRewrite",
    "SigningKey",
    "SweepMark",
    "TokenBinding",
]
