"""``OAUTH_PROVIDER``: one typed property for each setting, read at each use, with its default beside it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.urls import get_script_prefix

from oauth_provider.conf.registration import RegistrationSettings

# What DOT offers where a project names no scopes at all.
DOT_SCOPES = {"read": "Reading scope", "write": "Writing scope"}


def dot_setting(name: str, default: Any = None) -> Any:
    """Return the project's own value of ``name`` in DOT's dictionary, ``OAUTH2_PROVIDER``."""
    return provider_settings.settings_of_dot.get(name, default)


class ProviderSettings(RegistrationSettings):
    """The settings of the provider. Unknown names are found by a check (``oauth_provider.E010``)."""

    @property
    def ISSUER(self) -> str:
        """Issuer identifier (RFC 8414 §2): this server's https URL, without a slash at its end.

        Default: none. Under ``DEBUG`` it is then taken from the request; in production it must be set.
        """
        return self._get("ISSUER", "")

    @property
    def SCOPES(self) -> Mapping[str, Any]:
        """Scopes that clients may ask for, each with the words that a person reads when asked for consent.

        In place of words there may be a dictionary with the fields of ``protocol.scope_entry.ScopeEntry``, or an entry.

        Default: DOT's ``SCOPES``. These are added to them, and win where both name the same scope.
        """
        own = self._get("SCOPES", None)
        inherited = dot_setting("SCOPES")
        if own is None and inherited is None:
            return DOT_SCOPES
        try:
            return {**(inherited or {}), **(own or {})}
        except TypeError:
            raise ImproperlyConfigured(
                'SCOPES must be a dictionary of scopes, each with words for people: {"notes:read": "Read your notes"}.'
            ) from None

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
        """Secret for pairwise subjects (OpenID Connect Core §8.1). It can never be changed.

        Default: none, and no client can have pairwise subjects.
        """
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
    def CONSENT_URL(self) -> str:
        """Page of a project's own front end that asks for consent, a path or a URL. Default: none, and ours asks.

        The handle of the question is added to it as ``?handle=``. See ``pages.consent_as_json``.
        """
        return self._get("CONSENT_URL", "")

    @property
    def CONSENT_DURATIONS(self) -> Sequence[int]:
        """Ends that a person may choose on the consent page, in seconds from then, the shortest first.

        Default: (86400, 2592000, 31536000), a day, 30 days and a year. In any case they may withdraw it.
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

        Default: none, and ``code`` is the only one.
        """
        return self._get("LEGACY_RESPONSE_TYPES", ())

    @property
    def SESSION_MANAGEMENT(self) -> bool:
        """True if clients may watch in a frame whether the session goes on (OpenID Connect Session Management).

        Default: True.
        """
        return self._get("SESSION_MANAGEMENT", True)

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
