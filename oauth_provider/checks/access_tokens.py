"""Checks of JWT access tokens (RFC 9068): signing key, audience, and client ids that could be taken for a person."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, router

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.models import ClientPolicy
from oauth_provider.protocol.access_token import JWT
from oauth_provider.protocol.errors import ServerError
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.protocol.resource_indicator import is_resource
from oauth_provider.registry.resource import all_resources
from oauth_provider.tokens.access_token import check_client_id
from oauth_provider.tokens.key_ring import algorithms

# More of the same say no more.
MAX_MESSAGES = 10


@register(Tags.security)
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E090: unknown signing algorithm. E091: the default audience is not a resource URI."""
    alg, default = provider_settings.ACCESS_TOKEN_SIGNING_ALG, provider_settings.DEFAULT_RESOURCE
    messages: list[CheckMessage] = []
    if alg not in ALGORITHMS:
        messages.append(
            Error(
                f"ACCESS_TOKEN_SIGNING_ALG is {alg!r}.",
                hint=f"The algorithms are {', '.join(ALGORITHMS)}.",
                id="oauth_provider.E090",
            )
        )
    if default != "" and not (isinstance(default, str) and is_resource(default)):
        messages.append(
            Error(
                f"DEFAULT_RESOURCE is {default!r}.",
                hint="It must be an absolute URI without a fragment, or be left out: then it is the issuer.",
                id="oauth_provider.E091",
            )
        )
    return messages


@register(Tags.database)
def check_signing_key(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """W090: no key signs JWT access tokens, so clients that are due one get no token at all."""
    alg = provider_settings.ACCESS_TOKEN_SIGNING_ALG
    try:
        if router.db_for_write(ClientPolicy) not in (databases or ()) or alg in algorithms() or not _is_any_due():
            return []
    except (ImproperlyConfigured, DatabaseError):  # another check says so, or it is not migrated yet
        return []
    return [
        Warning(
            f"No key signs with {alg}, so clients and resources with JWT access tokens get none.",
            hint="Add a key, or set ACCESS_TOKEN_SIGNING_ALG to an algorithm that there is one for.",
            id="oauth_provider.W090",
        )
    ]


@register(Tags.database)
def check_clients(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """W091: a client gets no JWT of its own, because its client_id could also be the ``sub`` of a person."""
    alias = router.db_for_read(ClientPolicy)
    if alias not in (databases or ()):
        return []
    rows = ClientPolicy.objects.using(alias).filter(access_token_format=JWT).select_related("application")
    try:
        own = [row.application.client_id for row in rows.order_by("pk") if "client_credentials" in row.grant_types]
    except DatabaseError:  # not migrated yet
        return []
    return [
        Warning(
            f"The client {client_id!r} gets no JWT access tokens of its own: a person may be called the same.",
            hint="Register it anew under another client_id, or give it opaque tokens (RFC 9068 §5).",
            id="oauth_provider.W091",
        )
        for client_id in own
        if _is_persons(client_id)
    ][:MAX_MESSAGES]


def _is_any_due() -> bool:
    of_resources = any(resource.format == JWT for resource in all_resources())
    return of_resources or ClientPolicy.objects.filter(access_token_format=JWT).exists()


def _is_persons(client_id: str) -> bool:
    try:
        check_client_id(client_id)
    except ServerError:
        return True
    return False
