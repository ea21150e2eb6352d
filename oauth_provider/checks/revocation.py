"""Checks of revocation at APIs (RFC 7009 §3): the denylist works, and tokens are not cached for long."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import access_token_model
from oauth_provider.resource_server.conf import conf
from oauth_provider.resource_server.denylist.transport import TRANSPORT_HINT, transport_problem
from oauth_provider.resource_server.options.denylist import DenylistOptions

NAME = 'OAUTH_PROVIDER["DENYLIST"]'
LONG = 60


@register(Tags.security)
def check_denylist(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E093: denials cannot be sent. E094: there is no issuer, so APIs could not tell whose tokens are meant."""
    try:
        options = DenylistOptions.read(provider_settings.DENYLIST, NAME)
    except ImproperlyConfigured as error:
        return [Error(str(error), hint=f"Correct {NAME}.", id="oauth_provider.E093")]
    if options is None:
        return []
    problem = transport_problem(options)
    if problem:
        return [Error(f"{NAME} cannot be used: {problem}", hint=TRANSPORT_HINT, id="oauth_provider.E093")]
    if not provider_settings.ISSUER:
        hint = 'Set OAUTH_PROVIDER["ISSUER"]: denials name it, and APIs know whose tokens are meant.'
        return [Error(f"{NAME} needs an issuer.", hint=hint, id="oauth_provider.E094")]
    return []


@register(Tags.models)
def check_verification_cache(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W093: the cache is never used. W094: other processes learn of revocations late."""
    lifetime, messages = provider_settings.VERIFICATION_CACHE_LIFETIME, list[CheckMessage]()
    if not isinstance(lifetime, int) or lifetime <= 0:
        return messages
    alias = router.db_for_write(access_token_model())
    if connections[alias].settings_dict.get("ATOMIC_REQUESTS"):
        messages.append(
            Warning(
                "VERIFICATION_CACHE_LIFETIME is set, and views run in transactions, where nothing is remembered.",
                hint=f'Set DATABASES[{alias!r}]["ATOMIC_REQUESTS"] to False, or take the lifetime out.',
                id="oauth_provider.W093",
            )
        )
    if lifetime > LONG and not conf.project.get("DENYLIST"):
        messages.append(
            Warning(
                f"A token that is revoked in one process goes on in the others for {lifetime} seconds.",
                hint="Set DENYLIST in OAUTH_PROVIDER and in OAUTH_RESOURCE_SERVER, or a shorter lifetime.",
                id="oauth_provider.W094",
            )
        )
    return messages
