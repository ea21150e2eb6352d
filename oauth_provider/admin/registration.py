"""Registration of the admin classes: ours replace DOT's stock classes, a project's own stay."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.db.models import Model

from oauth_provider.admin.access_token import AccessTokenAdmin
from oauth_provider.admin.audit_event import AuditEventAdmin
from oauth_provider.admin.authorization import AuthorizationAdmin
from oauth_provider.admin.clients.application import ApplicationAdmin
from oauth_provider.admin.consent import ConsentAdmin
from oauth_provider.admin.initial_access_token import InitialAccessTokenAdmin
from oauth_provider.admin.logout_delivery import LogoutDeliveryAdmin
from oauth_provider.admin.recent_actions import name_recent_actions
from oauth_provider.admin.refresh_token import RefreshTokenAdmin
from oauth_provider.admin.resource import ResourceAdmin
from oauth_provider.admin.scope import ScopeAdmin
from oauth_provider.admin.section import join_section
from oauth_provider.admin.signing_key import SigningKeyAdmin
from oauth_provider.admin.user_deletion import name_clients_at_once
from oauth_provider.dot.admin import is_registering, stock_models
from oauth_provider.models import (
    AuditEvent,
    Authorization,
    Consent,
    InitialAccessToken,
    LogoutDelivery,
    Resource,
    Scope,
    SigningKey,
)

# DOT's stock classes, by name. Its Grant and IDToken are not written here: theirs go, and none comes.
REPLACEMENTS: dict[str, type[Any]] = {
    "ApplicationAdmin": ApplicationAdmin,
    "AccessTokenAdmin": AccessTokenAdmin,
    "RefreshTokenAdmin": RefreshTokenAdmin,
}
OWN: dict[type[Model], type[Any]] = {
    AuditEvent: AuditEventAdmin,
    Authorization: AuthorizationAdmin,
    Consent: ConsentAdmin,
    InitialAccessToken: InitialAccessTokenAdmin,
    LogoutDelivery: LogoutDeliveryAdmin,
    Resource: ResourceAdmin,
    Scope: ScopeAdmin,
    SigningKey: SigningKeyAdmin,
}
# As they stand in the index. Refresh tokens, which DOT issued, are reached from the sign-ins.
ORDER: tuple[type[Any], ...] = (
    ApplicationAdmin,
    AuthorizationAdmin,
    ConsentAdmin,
    AccessTokenAdmin,
    SigningKeyAdmin,
    ResourceAdmin,
    ScopeAdmin,
    InitialAccessTokenAdmin,
    LogoutDeliveryAdmin,
    AuditEventAdmin,
)


def register_admin_classes(site: AdminSite) -> None:
    """Register our admin classes on ``site``.

    It may be called again; DOT's are replaced once DOT has registered them.
    """
    join_section(site, ORDER)
    name_clients_at_once(site)
    name_recent_actions(site)
    for model, admin_class in OWN.items():
        if not site.is_registered(model):
            site.register(model, admin_class)
    if is_registering():
        return
    for name, stock in stock_models(site).items():
        site.unregister(stock)
        if name in REPLACEMENTS:
            site.register(stock, REPLACEMENTS[name])


register_admin_classes(admin.site)
