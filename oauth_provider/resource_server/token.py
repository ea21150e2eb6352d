"""Verified access token (RFC 7662 §2.2, RFC 9068 §2.2): its facts, and the contract of verifiers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from asgiref.sync import sync_to_async

from oauth_provider.protocol import resource_indicator

_NOT_LOADED: Any = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """Value of ``request.auth``. It also has what the permission classes of django-oauth-toolkit ask of a token.

    ``scope`` is space-delimited as on the wire; ``expires`` and ``issued_at`` are aware datetimes; ``resources``
    are the URIs it was issued for (``aud``), empty where it is bound to none; ``cnf`` is the key it is bound to
    (RFC 7800 §3), ``act`` the party acting (RFC 8693 §4.1). ``auth_time`` and ``acr`` tell when and how the user
    signed in (RFC 9470 §6), if known. ``jti`` identifies the token (RFC 9068 §2.2), ``authorization_id`` the
    sign-in that it came from, and ``authorization_details`` says what it is for in detail (RFC 9396 §9). ``context``
    is the key of the organisation or workspace that is acted for, or None where there is none. ``user``
    is the Django user, or None where the client acts for itself. ``leeway`` is how much the clock of a foreign
    issuer may differ from ours.

    Raises ``ValueError`` for a naive datetime.
    """

    scope: str
    client_id: str
    sub: str | None
    expires: datetime
    issuer: str
    issued_at: datetime | None = None
    resources: tuple[str, ...] = ()
    cnf: Mapping[str, Any] | None = field(default=None, hash=False, repr=False)
    act: Mapping[str, Any] | None = field(default=None, hash=False, repr=False)
    auth_time: datetime | None = None
    acr: str | None = None
    jti: str | None = None
    authorization_id: str | None = None
    authorization_details: tuple[Mapping[str, Any], ...] = field(default=(), hash=False, repr=False)
    context: str | None = None
    user: Any = field(default=None, hash=False, repr=False)
    leeway: timedelta = timedelta(0)
    load_application: Callable[[], Any] | None = field(default=None, compare=False, repr=False)
    _application: Any = field(default=_NOT_LOADED, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for moment in (self.expires, self.issued_at, self.auth_time):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError("expires, issued_at and auth_time must be aware datetimes.")

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return the scope tokens."""
        return tuple(self.scope.split())

    @property
    def application(self) -> Any:
        """Return the client's ``Application`` where the provider is installed, else None.

        It is loaded when first read.
        """
        if self._application is _NOT_LOADED:
            # The one thing that a frozen value may learn later: most calls never ask for it.
            application = self.load_application() if self.load_application else None
            object.__setattr__(self, "_application", application)
        return self._application

    async def aapplication(self) -> Any:
        """Return ``application``, in async code, where that property would raise ``SynchronousOnlyOperation``."""
        return await sync_to_async(lambda: self.application)()

    def is_expired(self) -> bool:
        """Has it expired?"""
        return datetime.now(UTC) >= self.expires + self.leeway

    @property
    def seconds_left(self) -> float:
        """Return for how many seconds it is still valid; negative once it has expired."""
        return (self.expires + self.leeway - datetime.now(UTC)).total_seconds()

    def allow_scopes(self, scopes: Iterable[str] | None) -> bool:
        """Does it hold every one of ``scopes``? True where none is named."""
        return set(scopes or ()) <= set(self.scopes)

    def is_valid(self, scopes: Iterable[str] | None = None) -> bool:
        """Is it not expired, and does it hold every one of ``scopes``?"""
        return not self.is_expired() and self.allow_scopes(scopes)

    def details_of(self, type: str) -> tuple[Mapping[str, Any], ...]:
        """Return its authorization details of one ``type`` (RFC 9396 §2)."""
        return tuple(detail for detail in self.authorization_details if detail.get("type") == type)

    def is_audience(self, url: str) -> bool:
        """Was it issued for ``url``, or without any resource (RFC 8707 §2)?"""
        return resource_indicator.is_audience(self.resources, url)


class Verifier(Protocol):
    """Contract of ``OAUTH_RESOURCE_SERVER["VERIFIER"]``.

    It may have ``is_foreign(token: str) -> bool``: is it impossible that an accepted issuer issued this token, as
    far as that can be told without asking one? ``UNKNOWN_BEARER_TOKENS = "leave"`` leaves such tokens to the next
    class; without the method none is left.
    """

    def __call__(self, token: str, /) -> AccessToken:
        """Return the facts about ``token`` if it is an access token that is valid now.

        A verifier checks signature or record, expiry, revocation, client and user. Its caller checks where the
        token is used (audience, key, scope). Raises ``protocol.errors.InvalidToken``, with the reason in
        ``detail``.
        """
