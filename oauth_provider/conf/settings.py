"""``OAUTH_PROVIDER``: one typed property for each setting, read at each use, with its default beside it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal, cast

from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.module_loading import import_string

from oauth_provider.conf.seams import SeamSettings

# What DOT offers where a project names no scopes at all.
DOT_SCOPES = {"read": "Reading scope", "write": "Writing scope"}


def dot_setting(name: str, default: Any = None) -> Any:
    """Return the project's own value of ``name`` in DOT's dictionary, ``OAUTH2_PROVIDER``."""
    return provider_settings.settings_of_dot.get(name, default)


class ProviderSettings(SeamSettings):
    """The settings of the provider. Unknown names are found by a check (``oauth_provider.E010``)."""

    @property
    def ISSUER(self) -> str:
        """Issuer identifier (RFC 8414 §2): this server's https URL, without a slash at its end.

        Default: none. Under ``DEBUG`` it is then taken from the request; in production it must be set.
        """
        return self._get("ISSUER", "")

    @property
    def SCOPES(self) -> Mapping[str, str]:
        """Scopes that clients may ask for, each with the description that a person reads when asked for consent.

        Default: none. They are added to DOT's own ``SCOPES``, and win where both name the same scope.
        """
        own = self._get("SCOPES", None)
        inherited = dot_setting("SCOPES")
        if own is None and inherited is None:
            return DOT_SCOPES
        return {**(inherited or {}), **(own or {})}

    @property
    def DEFAULT_SCOPES(self) -> tuple[str, ...]:
        """Scopes of a request without ``scope`` (RFC 6749 §3.3).

        Default: none, and such a request is answered ``invalid_scope``. A project that names its scopes only
        for DOT keeps DOT's ``DEFAULT_SCOPES``, which are all of them unless it says otherwise.
        """
        own = self._get("DEFAULT_SCOPES", None)
        inherited = dot_setting("DEFAULT_SCOPES", ("__all__",) if self._get("SCOPES", None) is None else ())
        chosen = own if own is not None else inherited
        return tuple(self.SCOPES) if "__all__" in chosen else tuple(chosen)

    @property
    def AUTHORIZATION_CODE_LIFETIME(self) -> int:
        """Lifetime of an authorization code, in seconds. Default: 60."""
        return self._get("AUTHORIZATION_CODE_LIFETIME", 60)

    @property
    def ACCESS_TOKEN_LIFETIME(self) -> int:
        """Lifetime of an access token, in seconds. A client's policy may shorten it.

        Default: DOT's ``ACCESS_TOKEN_EXPIRE_SECONDS`` where the project wrote one, else 3600.
        """
        own = self._get("ACCESS_TOKEN_LIFETIME", None)
        return cast(int, dot_setting("ACCESS_TOKEN_EXPIRE_SECONDS", 3600) if own is None else own)

    @property
    def DEFAULT_RESOURCE(self) -> str:
        """Audience of a JWT access token whose client names no resource (RFC 9068 §3). Default: the issuer."""
        return self._get("DEFAULT_RESOURCE", "")

    @property
    def ID_TOKEN_LIFETIME(self) -> int:
        """Lifetime of an ID token, in seconds. Default: 3600."""
        return self._get("ID_TOKEN_LIFETIME", 3600)

    @property
    def PAIRWISE_SECRET(self) -> str:
        """Secret for pairwise subjects (OpenID Connect Core §8.1). It can never be changed. Default: none."""
        return self._get("PAIRWISE_SECRET", "")

    @property
    def AUTHORIZATION_IDLE_LIFETIME(self) -> int:
        """Time after which a sign-in ends without a refresh, in seconds. Default: 2592000 (30 days)."""
        return self._get("AUTHORIZATION_IDLE_LIFETIME", 30 * 86400)

    @property
    def AUTHORIZATION_LIFETIME(self) -> int | None:
        """Time after which a sign-in ends even with refreshes, in seconds. Default: None (no end)."""
        return self._get("AUTHORIZATION_LIFETIME", None)

    @property
    def REFRESH_TOKEN_RETRY_WINDOW(self) -> int:
        """Time in which a refresh whose answer was lost may be repeated for the same answer, in seconds. Default: 60.

        Within it an older refresh token is refused and ends nothing; after it one is a replay. 0 turns retries
        off.
        """
        return self._get("REFRESH_TOKEN_RETRY_WINDOW", 60)

    @property
    def PENDING_REQUEST_LIFETIME(self) -> int:
        """Time that a consent page waits for its answer, in seconds. Default: 600."""
        return self._get("PENDING_REQUEST_LIFETIME", 600)

    @property
    def CONSENT_DURATIONS(self) -> Sequence[int]:
        """Ends that a person may choose on the consent page, in seconds from then, the shortest first.

        Default: a day, 30 days, a year; and in any case until they withdraw it. Empty: that alone.
        """
        return self._get("CONSENT_DURATIONS", (86_400, 30 * 86_400, 365 * 86_400))

    @property
    def LOGIN_LIFETIME(self) -> int:
        """Time that a request waits for the person to sign in, in seconds. Default: 3600."""
        return self._get("LOGIN_LIFETIME", 3600)

    @property
    def RESOURCES(self) -> Mapping[str, Any]:
        """APIs that tokens may be asked for (RFC 8707): each identifier with its name, or with a dictionary.

        Default: none. Those in the database are added, and win where both name the same one.
        """
        return self._get("RESOURCES", {})

    @property
    def AUTHORIZATION_DETAILS_TYPES(self) -> Mapping[str, Any]:
        """Types of ``authorization_details`` (RFC 9396): each with a dictionary, or the dotted path of a class.

        Default: none, and every request with such details is refused. A client may ask for those in its policy.
        """
        return self._get("AUTHORIZATION_DETAILS_TYPES", {})

    @property
    def PUSHED_REQUEST_LIFETIME(self) -> int:
        """Lifetime of a pushed request (RFC 9126 §2.2), in seconds. Default: 300."""
        return self._get("PUSHED_REQUEST_LIFETIME", 300)

    @property
    def REQUIRE_PUSHED_AUTHORIZATION_REQUESTS(self) -> bool:
        """True if every client must push its requests (RFC 9126 §5).

        Default: False. A client's policy may require it of that client alone.
        """
        return self._get("REQUIRE_PUSHED_AUTHORIZATION_REQUESTS", False)

    @property
    def REQUIRE_SIGNED_REQUEST_OBJECT(self) -> bool:
        """True if every client must sign its requests (RFC 9101 §10.5), and so must have keys.

        Default: False. A client's policy may require it of that client alone.
        """
        return self._get("REQUIRE_SIGNED_REQUEST_OBJECT", False)

    @property
    def SIGN_UP_URL(self) -> str:
        """Page where an account is made, for ``prompt=create``: a path or the name of a URL pattern.

        Default: none, and ``prompt=create`` is neither accepted nor advertised.
        """
        return self._get("SIGN_UP_URL", "")

    @property
    def AUTHENTICATION_CONTEXT(self) -> str:
        """Dotted path of the class that says how a session was authenticated (``acr``, ``amr``).

        Default: ``oauth_provider.authorization.context.AuthenticationContext``, which knows only the time.
        """
        default = "oauth_provider.authorization.context.AuthenticationContext"
        return self._get("AUTHENTICATION_CONTEXT", default)

    @property
    def CLIENT_AUTHENTICATION_FAILURES(self) -> str:
        """Limit of failed authentications of one client from one address, in the notation of ``limits``.

        Default: "10/minute".
        """
        return self._get("CLIENT_AUTHENTICATION_FAILURES", "10/minute")

    @property
    def LEGACY_HTTP_REDIRECT_URIS(self) -> bool:
        """True to send codes to registered ``http`` redirect URIs of other machines, against RFC 9700 §2.6.

        Default: False. Loopback addresses and ``localhost`` are always allowed.
        """
        return self._get("LEGACY_HTTP_REDIRECT_URIS", False)

    @property
    def LEGACY_RESPONSE_TYPES(self) -> Sequence[str]:
        """Hybrid and implicit response types that clients may be given beside ``code`` (RFC 9700 §2.1.2).

        Default: none.
        """
        return self._get("LEGACY_RESPONSE_TYPES", ())

    @property
    def SESSION_MANAGEMENT(self) -> bool:
        """True if clients may watch in a frame whether the session goes on (OpenID Connect Session Management).

        Default: True.
        """
        return self._get("SESSION_MANAGEMENT", True)

    @property
    def VERIFICATION_CACHE_LIFETIME(self) -> int:
        """Time that this project's APIs may cache a good opaque token, in seconds. Default: 0.

        A revocation in the same process has effect at once, one in another process after this time, or by the
        denylist.
        """
        return self._get("VERIFICATION_CACHE_LIFETIME", 0)

    @property
    def PREPARE_STATEMENTS(self) -> str:
        """Preparation of the few statements of the hot paths on PostgreSQL: "auto" or "off". Default: "auto".

        "auto" prepares on connections that are kept (``CONN_MAX_AGE``, or ``pool`` in ``OPTIONS``) and that no pooler
        shows on. Each connection looks at it once.
        """
        return self._get("PREPARE_STATEMENTS", "auto")

    @property
    def TENANT(self) -> Callable[[], Hashable] | None:
        """Dotted path of a function without arguments that returns the present tenant, as a hashable value.

        Default: none, and caches of a process are kept apart by database and ``connection.schema_name``.
        """
        path = self._get("TENANT", None)
        return cast("Callable[[], Hashable]", import_string(path)) if path else None

    @property
    def DENYLIST(self) -> Mapping[str, Any]:
        """Channel on which APIs hear of revocations: a dictionary with ``URL`` (Redis), ``CHANNEL``, ``TRANSPORT``.

        Default: {}, and nothing is sent. ``OAUTH_RESOURCE_SERVER["DENYLIST"]`` is the same for the receiving
        side.
        """
        return self._get("DENYLIST", {})

    @property
    def INTERNAL_HOSTS(self) -> Sequence[str]:
        """Hosts in the operator's own network that clients may name for us to call, in lower case, without ports.

        Default: none, and only public addresses are called. A loopback name may then be called over http too.
        """
        return self._get("INTERNAL_HOSTS", ())

    @property
    def CACHE(self) -> str:
        """Alias in ``CACHES`` where failures are counted; all processes must share it. Default: "default"."""
        return self._get("CACHE", "default")

    @property
    def SWEEP_RETENTION(self) -> int:
        """Time that ended sign-ins are kept before ``oauth_sweep`` deletes them, in seconds. Default: 604800."""
        return self._get("SWEEP_RETENTION", 7 * 86400)

    @property
    def AUDIT_LIFETIME(self) -> int | None:
        """Time that rows of the audit are kept before ``oauth_sweep`` deletes them, in seconds.

        Default: 34560000 (400 days). None keeps them.
        """
        return self._get("AUDIT_LIFETIME", 400 * 86400)

    def issuer_of(self, request: HttpRequest) -> str:
        """The issuer, empty where none is set. Only under ``DEBUG`` is the request believed."""
        if self.ISSUER or not settings.DEBUG:
            return self.ISSUER
        scheme: Literal["http", "https"] = "https" if request.is_secure() else "http"
        return f"{scheme}://{request.get_host()}{get_script_prefix()}".rstrip("/")


provider_settings = ProviderSettings()


def drop_cached_settings(*, setting: str, **_facts: Any) -> None:
    """Drop the cached dictionaries when ``override_settings`` replaces one."""
    if setting in ("OAUTH_PROVIDER", "OAUTH2_PROVIDER"):
        for name in ("user_settings", "settings_of_dot"):
            vars(provider_settings).pop(name, None)


setting_changed.connect(drop_cached_settings, dispatch_uid="oauth_provider.settings")

NAMES: tuple[str, ...] = tuple(
    name
    for group in ProviderSettings.__mro__
    for name, value in vars(group).items()
    if name.isupper() and isinstance(value, property)
)
