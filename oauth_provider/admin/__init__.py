"""Django admin: clients, consents, authorizations and tokens, for operators."""

from oauth_provider.admin.access_token import AccessTokenAdmin
from oauth_provider.admin.audit_event import AuditEventAdmin
from oauth_provider.admin.authorization import AuthorizationAdmin
from oauth_provider.admin.clients.application import ApplicationAdmin
from oauth_provider.admin.consent import ConsentAdmin
from oauth_provider.admin.logout_delivery import LogoutDeliveryAdmin
from oauth_provider.admin.refresh_token import RefreshTokenAdmin
from oauth_provider.admin.registration import register_admin_classes
from oauth_provider.admin.resource import ResourceAdmin

__all__ = [
    "AccessTokenAdmin",
    "ApplicationAdmin",
    "AuditEventAdmin",
    "AuthorizationAdmin",
    "ConsentAdmin",
    "LogoutDeliveryAdmin",
    "RefreshTokenAdmin",
    "ResourceAdmin",
    "register_admin_classes",
]
