"""System checks of the resource server: one function per concern, permanent ids, always a hint."""

import sys
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.urls import Resolver404, resolve

from oauth_provider.protocol.issuer import well_known_url
from oauth_provider.protocol.spelling import find_similar
from oauth_provider.resource_server import view_checks
from oauth_provider.resource_server.conf import NAME, conf
from oauth_provider.resource_server.denylist.transport import TRANSPORT_HINT, transport_problem
from oauth_provider.resource_server.proofs.table import key_proofs
from oauth_provider.resource_server.verifiers import JWTVerifier
from oauth_provider.resource_server.verifiers import checks as verifier_checks


def check_verifier(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001: no verifier is set. E003: the verifier cannot be used."""
    try:
        if conf.verifier_path is None:
            return [
                Error(
                    "No access token can be verified.",
                    hint=f'Set {NAME}["VERIFIER"] to the dotted path of a verifier, or add "oauth_provider" '
                    "to INSTALLED_APPS, which brings its own.",
                    id="oauth_resource_server.E001",
                )
            ]
        _ = conf.verifier
    except ImproperlyConfigured as problem:
        hint = "It must be the dotted path of a callable that takes a token and returns an AccessToken."
        return [Error(str(problem), hint=hint, id="oauth_resource_server.E003")]
    return []


def check_unauthenticated_user(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E002: DRF would import the models of django.contrib.auth, which is not installed."""
    uses_drf = apps.is_installed("rest_framework") or "rest_framework" in sys.modules
    if not uses_drf or apps.is_installed("django.contrib.auth"):
        return []
    options = getattr(settings, "REST_FRAMEWORK", None) or {}
    if options.get("UNAUTHENTICATED_USER", "django.contrib.auth.models.AnonymousUser") is None:
        return []
    return [
        Error(
            "Django REST framework needs django.contrib.auth for calls that nobody authenticated.",
            hint='Set REST_FRAMEWORK["UNAUTHENTICATED_USER"] to None, or add "django.contrib.auth" to INSTALLED_APPS.',
            id="oauth_resource_server.E002",
        )
    ]


def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E004: a setting is misspelt or has an impossible value."""
    try:
        unknown = [key for key in conf.project if key not in conf.KEYS]
        _ = conf.realm, conf.maps_permissions, conf.resource, conf.authorization_servers, conf.jwt
        _ = conf.introspection if "INTROSPECTION" in conf.project else None
        _ = conf.denylist, conf.audiences, conf.unknown_bearer_tokens
    except ImproperlyConfigured as problem:
        return [Error(str(problem), hint=f"Correct {NAME}.", id="oauth_resource_server.E004")]
    return [
        Error(
            f"{NAME} has no key {key!r}.",
            hint=f"Did you mean {similar!r}?"
            if (similar := find_similar(key, conf.KEYS))
            else f"The keys are {', '.join(conf.KEYS)}.",
            id="oauth_resource_server.E004",
        )
        for key in unknown
    ]


def check_denylist(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E045: the transport of the denylist cannot be used."""
    try:
        options = conf.denylist
    except ImproperlyConfigured:
        return []  # E004 says so
    problem = transport_problem(options) if options is not None else ""
    if not problem:
        return []
    return [
        Error(f'{NAME}["DENYLIST"] cannot be used: {problem}', hint=TRANSPORT_HINT, id="oauth_resource_server.E045")
    ]


def check_denylist_is_guarded(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W045: the Redis of the denylist has no password. Whoever can write to it can have any token refused."""
    try:
        options = conf.denylist
    except ImproperlyConfigured:
        return []  # E004 says so
    if options is None or options.is_guarded:
        return []
    return [
        Warning(
            f'The Redis of {NAME}["DENYLIST"] is on another machine and asks for no password.',
            hint="Whoever can write there can have every token refused. Name a user and a password in the URL.",
            id="oauth_resource_server.W045",
        )
    ]


def check_key_proofs(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E047: a key proof cannot be used."""
    try:
        _ = key_proofs()
    except ImproperlyConfigured as problem:
        hint = f'{NAME}["KEY_PROOFS"] is a list of dotted paths of oauth_provider.resource_server.proofs.KeyProof.'
        return [Error(str(problem), hint=hint, id="oauth_resource_server.E047")]
    return []


def check_hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W046: ``ALLOWED_HOSTS`` has wildcards. Where ``RESOURCE`` is unset, the Host header decides the audience."""
    try:
        is_known_otherwise = bool(conf.resource) and isinstance(conf.verifier, JWTVerifier)
    except ImproperlyConfigured:
        return []  # E003 and E004 say so
    wildcards = [host for host in settings.ALLOWED_HOSTS if host == "*" or host.startswith(".")]
    if not wildcards or is_known_otherwise:
        return []
    return [
        Warning(
            f"ALLOWED_HOSTS lets Host headers through that nobody named: {', '.join(map(repr, wildcards))}.",
            hint=f'Name the hosts of this site, and set {NAME}["RESOURCE"]: without it a token for another API is '
            "taken from whoever calls this one by that API's name (RFC 8707 §2).",
            id="oauth_resource_server.W046",
        )
    ]


def check_names(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W059: this API has the name of its issuer, which beside other audiences means the userinfo endpoint."""
    try:
        shared = [name for name in (conf.resource, *conf.audiences) if name and name in conf.authorization_servers]
    except ImproperlyConfigured:
        return []  # E004 says so
    return [
        Warning(
            f"This API and its issuer are both called {name!r}.",
            hint="Give the API a name of its own: beside other audiences the issuer stands for its userinfo endpoint, "
            "and such tokens are refused here (RFC 9068 §3).",
            id="oauth_resource_server.W059",
        )
        for name in dict.fromkeys(shared)
    ]


def check_unknown_tokens(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W060: foreign tokens are to be left, but the verifier cannot recognise them."""
    try:
        if conf.unknown_bearer_tokens != "leave" or hasattr(conf.verifier, "is_foreign"):
            return []
    except ImproperlyConfigured:
        return []  # E001, E003 and E004 say so
    return [
        Warning(
            f'{NAME}["UNKNOWN_BEARER_TOKENS"] is "leave", but the verifier cannot tell what is foreign.',
            hint="Nothing is left. Give it is_foreign(token) (oauth_provider.resource_server.verifiers.Verifier).",
            id="oauth_resource_server.W060",
        )
    ]


def check_metadata(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W041: challenges point at metadata that is not served."""
    try:
        path = urlsplit(well_known_url(conf.resource, "oauth-protected-resource")).path if conf.resource else ""
        is_served = not path or bool(resolve(path))
    except ImproperlyConfigured:
        return []  # E004 says so
    except Resolver404:
        is_served = False
    if is_served:
        return []
    return [
        Warning(
            f"{path} is not served.",
            hint='Add path("", include("oauth_provider.resource_server.urls")) to the project\'s root urlpatterns.',
            id="oauth_resource_server.W041",
        )
    ]


CHECKS = (
    check_verifier,
    check_unauthenticated_user,
    check_settings,
    check_denylist,
    check_denylist_is_guarded,
    check_key_proofs,
    check_names,
    check_unknown_tokens,
    *verifier_checks.CHECKS,
)
DEPLOY_CHECKS = (check_hosts,)
URL_CHECKS = (*view_checks.CHECKS, check_metadata)
