"""``OAUTH_RESOURCE_SERVER``: the settings of an API that takes access tokens, each read when it is used."""

import os
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache, cached_property
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from oauth_provider.protocol.issuer import is_issuer
from oauth_provider.resource_server.options.denylist import DenylistOptions
from oauth_provider.resource_server.options.introspection import Introspection
from oauth_provider.resource_server.options.jwt import LOOPBACK, JwtOptions
from oauth_provider.resource_server.token import Verifier

NAME = "OAUTH_RESOURCE_SERVER"
NO_NAMES: frozenset[str] = frozenset()
NO_PERMISSIONS: Mapping[str, Collection[str]] = {}


class ResourceServerSettings:
    """Settings of the resource server: one property for each key of ``OAUTH_RESOURCE_SERVER``.

    Every property raises ``ImproperlyConfigured`` where the project's value cannot be used.
    """

    KEYS = (
        "VERIFIER",
        "REALM",
        "RESOURCE",
        "RESOURCE_NAME",
        "AUDIENCES",
        "AUTHORIZATION_SERVERS",
        "INTROSPECTION",
        "DENYLIST",
        "JWT",
        "KEY_PROOFS",
        "CONTEXT_CLAIM",
        "UNKNOWN_BEARER_TOKENS",
        "PRIVILEGE_FLAGS",
        "SCOPE_PERMISSIONS",
    )

    def __init__(self) -> None:
        self._default_verifier: str | None = None
        self._default_issuer: Callable[[], str] | None = None
        self._scope_words: Callable[[], Mapping[str, str]] = dict

    @cached_property
    def project(self) -> Mapping[str, Any]:
        """Return the dictionary as the project wrote it. It is cached until ``setting_changed``."""
        value = getattr(settings, NAME, {})
        if not isinstance(value, (dict, Mapping)):  # the first is asked in C
            raise ImproperlyConfigured(f"{NAME} must be a dictionary.")
        return value

    @property
    def verifier_path(self) -> str | None:
        """Return ``VERIFIER``: the dotted path of the verifier of access tokens. Default: None.

        It names a callable (see ``verifiers.Verifier``), or a class, of which one instance is made. Where the
        provider is installed in the same project, None means the provider's own.
        """
        path = self.project.get("VERIFIER") or self._default_verifier
        if path is not None and not isinstance(path, str):
            raise ImproperlyConfigured(f'{NAME}["VERIFIER"] must be a dotted path.')
        return path

    @property
    def verifier(self) -> Verifier:
        """Return the callable that ``VERIFIER`` names."""
        path = self.verifier_path
        if path is None:
            raise ImproperlyConfigured(
                f'No access token can be verified: set {NAME}["VERIFIER"], or install "oauth_provider".'
            )
        return _load(path)

    @property
    def realm(self) -> str:
        """Return ``REALM``: the name of the protected space in a challenge (RFC 9110 §11.5). Default: "api"."""
        realm = self.project.get("REALM", "api")
        if not isinstance(realm, str) or not (realm.isascii() and realm.isprintable()):
            raise ImproperlyConfigured(f'{NAME}["REALM"] must be printable ASCII.')
        return realm

    @property
    def resource(self) -> str:
        """Return ``RESOURCE``: this API's identifier (RFC 9728 §1.2), an https URL without query or fragment.

        Default: "".

        With it, challenges have ``resource_metadata``, and ``resource_server.urls`` serves that document.
        """
        resource = self.project.get("RESOURCE", "")
        # Development has no certificate; nobody's deployment is at localhost.
        is_local = isinstance(resource, str) and re.match(LOOPBACK, resource) is not None
        if resource != "" and not (isinstance(resource, str) and is_issuer(resource, allow_http=is_local)):
            raise ImproperlyConfigured(f'{NAME}["RESOURCE"] must be an https URL without query or fragment.')
        return cast(str, resource)

    @property
    def resource_name(self) -> str:
        """Return ``RESOURCE_NAME``: this API's name for people (RFC 9728 §2). Default: ""."""
        return str(self.project.get("RESOURCE_NAME", ""))

    @property
    def audiences(self) -> frozenset[str]:
        """Return ``AUDIENCES``: further names of this API in tokens, beside ``RESOURCE`` (RFC 7662 §2.2, RFC 9068 §4).

        Default: the ``CLIENT_ID`` of ``INTROSPECTION``, if there is one. They are compared as text.
        """
        project = self.project
        if "AUDIENCES" not in project:
            return frozenset([self.introspection.client_id]) if "INTROSPECTION" in project else NO_NAMES
        names = project["AUDIENCES"]
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) and name for name in names):
            raise ImproperlyConfigured(f'{NAME}["AUDIENCES"] must be a list of names.')
        return frozenset(names)

    @property
    def authorization_servers(self) -> tuple[str, ...]:
        """Return ``AUTHORIZATION_SERVERS``: the issuers whose tokens are accepted here (RFC 9728 §2).

        Default: the provider in the same project, if there is one.
        """
        default = [self._default_issuer()] if self._default_issuer is not None else []
        issuers = self.project.get("AUTHORIZATION_SERVERS", [issuer for issuer in default if issuer])
        if not isinstance(issuers, list | tuple) or not all(isinstance(issuer, str) for issuer in issuers):
            raise ImproperlyConfigured(f'{NAME}["AUTHORIZATION_SERVERS"] must be a list of issuers.')
        return tuple(issuers)

    @property
    def scope_words(self) -> Mapping[str, str]:
        """Return the scopes of the provider in the same project, each with its description."""
        return self._scope_words()

    @property
    def introspection(self) -> Introspection:
        """Return ``INTROSPECTION``: the endpoint that ``IntrospectionVerifier`` asks, and the credentials there.

        Default: {}. A dictionary with ``URL``, ``CLIENT_ID``, ``CLIENT_SECRET``, and, in seconds, ``TIMEOUT``
        (3), ``REVOCATION_DELAY`` (0), for which an answer is cached, and ``LEEWAY`` (10).
        """
        try:
            return Introspection.of(self.project.get("INTROSPECTION", {}))
        except (TypeError, ValueError) as problem:
            raise ImproperlyConfigured(f'{NAME}["INTROSPECTION"] cannot be used: {problem}.') from problem

    @property
    def denylist(self) -> DenylistOptions | None:
        """Return ``DENYLIST``: where to hear of the provider's revocations, so that they hold within a second.

        Default: {}. A dictionary with ``URL`` (of a Redis), ``CHANNEL`` ("oauth-denylist") and ``TRANSPORT``.
        """
        value = self.project.get("DENYLIST")
        return None if value is None else DenylistOptions.read(value, f'{NAME}["DENYLIST"]')

    @property
    def key_proofs(self) -> tuple[str, ...]:
        """Return ``KEY_PROOFS``: dotted paths of classes that check proof of the key a token is bound to.

        Default: (), and a token that is bound to a key is refused. See ``proofs.KeyProof``.
        """
        paths = self.project.get("KEY_PROOFS", ())
        if paths == ():
            return ()
        if not isinstance(paths, list | tuple) or not {str}.issuperset(map(type, paths)):
            raise ImproperlyConfigured(f'{NAME}["KEY_PROOFS"] must be a list of dotted paths.')
        return tuple(paths)

    @property
    def jwt(self) -> JwtOptions:
        """Return ``JWT``: the options of ``JWTVerifier``. Default: {}.

        A dictionary with ``JWKS_URIS`` (by issuer), ``ALGORITHMS``, and, in seconds, ``LEEWAY`` (10),
        ``KEYS_LIFETIME`` (300) and ``TIMEOUT`` (3).
        """
        try:
            return JwtOptions.of(self.project.get("JWT", {}))
        except (TypeError, ValueError) as problem:
            raise ImproperlyConfigured(f'{NAME}["JWT"] cannot be used: {problem}.') from problem

    @property
    def context_claim(self) -> str:
        """Return ``CONTEXT_CLAIM``: the claim, or member of introspection, that names what the user acts for.

        Default: "context". It becomes ``request.auth.context``.
        """
        name = self.project.get("CONTEXT_CLAIM", "context")
        if not isinstance(name, str) or not name:
            raise ImproperlyConfigured(f'{NAME}["CONTEXT_CLAIM"] must be the name of a claim.')
        return name

    @property
    def unknown_bearer_tokens(self) -> str:
        """Return ``UNKNOWN_BEARER_TOKENS``: "refuse" tokens of unknown issuers, or "leave" them to the next class.

        Default: "refuse". ``verifiers.Verifier.is_foreign`` decides which tokens are left.
        """
        value = self.project.get("UNKNOWN_BEARER_TOKENS", "refuse")
        if value not in ("refuse", "leave"):
            raise ImproperlyConfigured(f'{NAME}["UNKNOWN_BEARER_TOKENS"] must be "refuse" or "leave".')
        return cast(str, value)

    @property
    def privilege_flags(self) -> tuple[str, ...]:
        """Return ``PRIVILEGE_FLAGS``: flags that are False on a token's user unless a scope carries them.

        Default: ("is_staff", "is_superuser"). A user model may have others.
        """
        project = self.project
        if "PRIVILEGE_FLAGS" not in project:
            return ("is_staff", "is_superuser")
        flags = project["PRIVILEGE_FLAGS"]
        if not isinstance(flags, list | tuple) or not all(isinstance(flag, str) for flag in flags):
            raise ImproperlyConfigured(f'{NAME}["PRIVILEGE_FLAGS"] must be a list of names.')
        return tuple(flags)

    @property
    def scope_permissions(self) -> Mapping[str, Collection[str]]:
        """Return ``SCOPE_PERMISSIONS``: for each scope, the permissions ("app.codename") and flags that it carries.

        Default: {}. As soon as one permission is named, a token's user has only permissions that a scope of it
        carries.
        """
        mapping = self.project.get("SCOPE_PERMISSIONS", NO_PERMISSIONS)
        if mapping is NO_PERMISSIONS:
            return mapping
        if not isinstance(mapping, Mapping) or not all(isinstance(one, list | tuple) for one in mapping.values()):
            raise ImproperlyConfigured(f'{NAME}["SCOPE_PERMISSIONS"] must be a dictionary of lists.')
        return mapping

    @property
    def maps_permissions(self) -> bool:
        """Does ``SCOPE_PERMISSIONS`` name a permission, and not only flags?"""
        return maps_permissions(self.scope_permissions, self.privilege_flags)

    def register_default_verifier(self, dotted_path: str) -> None:
        """Set the ``VERIFIER`` of projects that set none. The provider calls this in its ``ready()``."""
        self._default_verifier = dotted_path

    def register_default_issuer(self, issuer: Callable[[], str], scopes: Callable[[], Mapping[str, str]]) -> None:
        """Set the ``AUTHORIZATION_SERVERS`` of projects that set none, and the scopes. The provider calls this too."""
        self._default_issuer, self._scope_words = issuer, scopes


def maps_permissions(mapping: Mapping[str, Collection[str]], flags: Collection[str]) -> bool:
    """Does ``mapping`` name a permission, and not only ``flags``?"""
    return any(name not in flags for names in mapping.values() for name in names)


# A path means the same thing for the life of the process; a verifier made here may keep state, such as keys.
@cache
def _load(path: str) -> Verifier:
    try:
        verifier = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"The verifier {path!r} cannot be imported: {error}") from error
    if isinstance(verifier, type):
        verifier = verifier()
    if not callable(verifier):
        raise ImproperlyConfigured(f"The verifier {path!r} is not callable.")
    return cast(Verifier, verifier)


def forget_verifiers() -> None:
    """Drop the verifiers with their caches; they are made again when needed. For tests and forked processes."""
    _load.cache_clear()


# Their locks may come along locked.
os.register_at_fork(after_in_child=forget_verifiers)


conf = ResourceServerSettings()


def drop_cached_settings(*, setting: str, **_facts: Any) -> None:
    """Drop the cached dictionary when ``override_settings`` replaces it."""
    if setting == NAME:
        vars(conf).pop("project", None)


setting_changed.connect(drop_cached_settings, dispatch_uid="oauth_resource_server.settings")
register_default_verifier = conf.register_default_verifier
register_default_issuer = conf.register_default_issuer
