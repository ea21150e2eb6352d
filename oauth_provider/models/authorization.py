"""Authorizations: one sign-in of one user to one client, from its code to its end (RFC 6749 §4.1 and §6)."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.lifetimes import Limits, server_limits
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.row_title import title_of
from oauth_provider.models.utc_day import utc_day
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.sql.clock import database_now

USER = settings.AUTH_USER_MODEL
UNREDEEMED, REVOKED = models.Q(redeemed_at=None), models.Q(revoked_at__isnull=False)


class AuthorizationManager(PrimaryManager["Authorization"]):
    """Finding the one row that a code or a refresh token names, with its user."""

    def of_code(self, code_digest: str) -> models.QuerySet["Authorization"]:
        """Rows by the digest of their code."""
        return self.with_user(code_digest=code_digest)

    def of_family(self, family_digest: str) -> models.QuerySet["Authorization"]:
        """Rows by the digest of the family of their refresh tokens."""
        return self.with_user(family_digest=family_digest)

    def of_access_token(self, checksum: str) -> models.QuerySet["Authorization"]:
        """Rows by the checksum of an access token that hangs on them."""
        return self.with_user(token_bindings__access_token__token_checksum=checksum)

    def with_user(self, **found_by: Any) -> models.QuerySet["Authorization"]:
        """Rows with these columns, each with its user."""
        return self.filter(**found_by).select_related("user")


class Authorization(models.Model):
    """A sign-in of one user to one client: its code, its refresh token, its context and its end."""

    class Reason(models.TextChoices):
        """Why it ended."""

        CODE_REPLAY = "code_replay", _("a code was replayed")
        REFRESH_TOKEN_REPLAY = "refresh_token_replay", _("a refresh token was replayed")
        CLIENT = "client", _("the client revoked it")
        USER = "user", _("the user withdrew consent")
        OPERATOR = "operator", _("an operator revoked it")
        LOGOUT = "logout", _("the session ended")
        TOKEN_DELETED = "token_deleted", _("its access token was deleted")
        UNUSED = "unused", _("nobody used it for a long time")

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="oauth_authorizations")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="oauth_authorizations", db_index=False)
    grant_type = models.CharField(_("grant type"), max_length=64)

    scope = models.TextField(_("scope"), blank=True)
    resources = models.JSONField(_("resources"), default=list)
    authorization_details = models.JSONField(_("authorization details"), default=list)
    context = models.CharField(
        _("context"), max_length=200, blank=True, default="", db_default="", help_text=_("what the user acts for in it")
    )
    redirect_uri = models.TextField(_("redirect URI"), blank=True)
    code_challenge = models.CharField(max_length=43, blank=True, editable=False)
    nonce = models.TextField(blank=True, editable=False)
    claims = models.JSONField(_("claims asked for"), default=dict, editable=False)
    cnf = models.JSONField(_("key binding"), null=True, editable=False)

    auth_time = models.DateTimeField(_("signed in"), null=True)
    acr = models.TextField(blank=True)
    amr = models.JSONField(default=list)
    sid = models.CharField(max_length=64, blank=True)
    # The end that the user chose; None: until it is withdrawn.
    until = models.DateTimeField(_("agreed until"), null=True, editable=False)
    # From where, and by which browser, the user answered. Both are claims, and decide nothing.
    address = models.CharField(_("address"), max_length=64, blank=True, default="", db_default="", editable=False)
    device = models.CharField(_("browser"), max_length=100, blank=True, default="", db_default="", editable=False)
    # None: it goes on after the session in which it began.
    session_expires_at = models.DateTimeField(_("session expires"), null=True, editable=False)

    code_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, null=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)
    redeemed_at = models.DateTimeField(_("redeemed"), null=True, editable=False)

    # The family's digest stays for the life of the row; for a token that DOT issued, its own digest does.
    family_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, null=True, editable=False)
    adopted_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, null=True, editable=False)
    refresh_token_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, editable=False)
    previous_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, editable=False)
    rotated_at = models.DateTimeField(_("last refreshed"), null=True, editable=False)
    sealed_answer = models.TextField(blank=True, editable=False)

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_reason = models.CharField(max_length=32, blank=True, choices=Reason.choices, editable=False)
    # The sweep searches these: nothing that a refresh changes is indexed, or PostgreSQL wrote every index anew.
    rotated_on = utc_day("rotated_at")
    expires_on = utc_day("expires_at")

    objects: ClassVar[AuthorizationManager] = AuthorizationManager()

    # What any verb decides by. All else is found by, or said as it was written when the row began.
    DECIDING: ClassVar[tuple[str, ...]] = (
        "application",
        "user",
        "scope",
        "resources",
        "authorization_details",
        "context",
        "redirect_uri",
        "code_challenge",
        "nonce",
        "cnf",
        "until",
        "session_expires_at",
        "code_expires_at",
        "redeemed_at",
        "refresh_token_digest",
        "previous_digest",
        "rotated_at",
        "sealed_answer",
        "created_at",
        "expires_at",
        "revoked_at",
    )

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = (
            models.Index(fields=["user", "application"], name="oauth_provider_user_client"),
            models.Index(fields=["sid"], name="oauth_provider_sid"),
            models.Index(fields=["rotated_on"], name="oauth_provider_rotated_on"),
            models.Index(fields=["expires_on"], name="oauth_provider_expires_on"),
            models.Index(fields=["code_expires_at"], name="oauth_provider_unredeemed", condition=UNREDEEMED),
            models.Index(fields=["revoked_at"], name="oauth_provider_revoked", condition=REVOKED),
        )

    def __str__(self) -> str:
        return title_of(self)

    def is_alive(self, now: datetime) -> bool:
        """Neither revoked nor expired, and its user may still sign in."""
        return self.revoked_at is None and self.expires_at > now and getattr(self.user, "is_active", True)

    def ends_at(self, used: datetime, limits: Iterable[Limits] = ()) -> datetime:
        """Return when it ends if it was last used at ``used``: by the strictest of the server's limits, of ``limits``,
        and the session's end. No refresh moves an absolute limit."""
        everybody = (server_limits(), *limits)
        ends = [end for one in everybody for end in one.ends(began=self.created_at, used=used)]
        return min([*ends, *(end for end in (self.until, self.session_expires_at) if end is not None)])

    def latest_end(self, limits: Iterable[Limits] = ()) -> datetime | None:
        """Return when it ends however often it is refreshed, None where nothing ends it then."""
        absolute = [one.without_idle for one in (server_limits(), *limits)]
        ends = [end for one in absolute for end in one.ends(began=self.created_at, used=self.created_at)]
        return min([*ends, *(end for end in (self.until, self.session_expires_at) if end is not None)], default=None)

    @property
    def reference(self) -> str:
        """Return how the log calls it, which names nobody and asks the database nothing."""
        return f"authorization {self.public_id}"

    @property
    def last_used_at(self) -> datetime:
        """Return when it was last refreshed; else redeemed; else when it began."""
        return self.rotated_at or self.redeemed_at or self.created_at


def authorization_now() -> datetime:
    """The time by the clock of the database that these rows are written to."""
    return database_now(router.db_for_write(Authorization))
