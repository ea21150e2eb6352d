"""Authorizations: one sign-in of one user to one client, from its code to its end (RFC 6749 §4.1 and §6)."""

import logging
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import APPLICATION, access_token_model
from oauth_provider.models.compare_and_set import LockNeeded, is_offered
from oauth_provider.models.database_clock import database_now
from oauth_provider.models.lifetimes import Limits, server_limits
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.replay_count import replay_count
from oauth_provider.models.rotation import Retry, Rotation
from oauth_provider.models.row_lock import RowLock
from oauth_provider.models.token_expiry import expire_access_tokens
from oauth_provider.models.transaction import run
from oauth_provider.models.utc_day import utc_day
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.errors import InvalidGrant, OAuthError
from oauth_provider.protocol.token_string import RefreshTokenParts
from oauth_provider.signals import authorization_revoked, send_after_commit

T = TypeVar("T")

logger = logging.getLogger("oauth_provider.models")

USER = settings.AUTH_USER_MODEL
UNREDEEMED, REVOKED = models.Q(redeemed_at=None), models.Q(revoked_at__isnull=False)
USED_BEFORE = "The refresh token was used before."


class AuthorizationManager(PrimaryManager["Authorization"]):
    """The atomic verbs: redeem, rotate, revoke. Each locks its row with its first statement.

    Where the database can compare and set, redeem and rotate first try without a lock what they usually have to do.
    """

    @sensitive_variables()
    def redeem(
        self,
        code: str,
        *,
        rules: Callable[["Authorization"], None],
        issue: Callable[["Authorization"], T],
    ) -> T:
        """Redeem an authorization code once (RFC 6749 §4.1.2) and return what ``issue`` returns.

        ``rules`` raises what the grant has to say against the request. Whoever passes them with a code
        that is redeemed already replays it, and everything that came of it is revoked. Raises
        ``InvalidGrant``.
        """

        def work(authorization: "Authorization | None") -> "T | OAuthError":
            if authorization is None:
                raise InvalidGrant("The code is unknown.")
            rules(authorization)
            if authorization.redeemed_at is not None:
                return authorization.replayed(Authorization.Reason.CODE_REPLAY, "The code was redeemed before.")
            now = authorization_now()
            if authorization.code_expires_at is None or authorization.code_expires_at <= now:
                raise InvalidGrant("The code has expired.")
            authorization.redeemed_at = now
            return issue(authorization)

        return self._run(work, _BY_CODE, digest(code))

    def rotate(
        self,
        presented: RefreshTokenParts,
        *,
        rules: Callable[["Authorization"], None],
        issue: Callable[["Authorization", Retry | None], T],
    ) -> T:
        """Answer a refresh token of ours (RFC 6749 §6, RFC 9700 §4.14.2) with what ``issue`` returns.

        ``issue`` is given a ``Retry`` where the token is the one before the present one and its window is
        open. Within that window an older one is refused, and nothing ends. After it, whoever passes ``rules``
        with a token that is not the present one replays it, and the authorization is revoked. Raises
        ``InvalidGrant``.
        """

        def work(authorization: "Authorization | None") -> "T | OAuthError":
            if authorization is None:
                raise InvalidGrant("The refresh token is unknown.")
            rules(authorization)
            presented_digest = digest(presented.token)
            if equal(presented_digest, authorization.refresh_token_digest):
                return issue(authorization, None)
            superseded = authorization.superseded(presented_digest)
            return issue(authorization, superseded) if isinstance(superseded, Retry) else superseded

        return self._run(work, _BY_FAMILY, digest(presented.family))

    def revoke(self, authorizations: models.QuerySet["Authorization"], reason: "Authorization.Reason") -> int:
        """Revoke every live one of ``authorizations``; how many there were. Joins a caller's transaction."""
        using = self._write_alias()
        # Read before the transaction, whose first statement is then the write that takes the locks.
        rows = list(authorizations.using(using).filter(revoked_at=None).order_by("pk"))
        if rows:
            run(lambda: revoke_rows(rows, reason, using=using), using=using, durable=False)
        return len(rows)

    def _run(self, work: Callable[["Authorization | None"], T | OAuthError], rows: RowLock, value: str) -> T:
        using = self._write_alias()
        if is_offered(_written(), using):
            with suppress(LockNeeded):
                return run(lambda: work(rows.see(value, using=using)), using=using, single=True)
        return run(lambda: work(rows.find(value, using=using)), using=using)

    def _write_alias(self) -> str:
        return router.db_for_write(self.model)


class Authorization(models.Model):
    """One sign-in of one user to one client: its code, its refresh token, its context and its end."""

    class Reason(models.TextChoices):
        """Why it ended."""

        CODE_REPLAY = "code_replay", _("a code was replayed")
        REFRESH_TOKEN_REPLAY = "refresh_token_replay", _("a refresh token was replayed")
        CLIENT = "client", _("the client revoked it")
        USER = "user", _("the user withdrew consent")
        OPERATOR = "operator", _("an operator revoked it")
        LOGOUT = "logout", _("the session ended")
        TOKEN_DELETED = "token_deleted", _("its access token was deleted")

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="oauth_authorizations")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="oauth_authorizations", db_index=False)
    grant_type = models.CharField(_("grant type"), max_length=64)

    scope = models.TextField(_("scope"), blank=True)
    resources = models.JSONField(_("resources"), default=list)
    authorization_details = models.JSONField(_("authorization details"), default=list)
    redirect_uri = models.TextField(_("redirect URI"), blank=True)
    code_challenge = models.CharField(max_length=43, blank=True, editable=False)
    nonce = models.TextField(blank=True, editable=False)
    claims = models.JSONField(_("claims asked for"), default=dict, editable=False)
    cnf = models.JSONField(_("key binding"), null=True, editable=False)

    auth_time = models.DateTimeField(_("signed in"), null=True)
    acr = models.TextField(blank=True)
    amr = models.JSONField(default=list)
    sid = models.CharField(max_length=64, blank=True)
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

    # What ``RowLock.see`` saw it as; None for a row that is locked, or was read for another purpose.
    seen_version: str | None = None

    objects: ClassVar[AuthorizationManager] = AuthorizationManager()

    class Meta:
        verbose_name = _("authorization")
        verbose_name_plural = _("authorizations")
        indexes = (
            models.Index(fields=["user", "application"], name="oauth_provider_user_client"),
            models.Index(fields=["sid"], name="oauth_provider_sid"),
            models.Index(fields=["rotated_on"], name="oauth_provider_rotated_on"),
            models.Index(fields=["expires_on"], name="oauth_provider_expires_on"),
            models.Index(fields=["code_expires_at"], name="oauth_provider_unredeemed", condition=UNREDEEMED),
            models.Index(fields=["revoked_at"], name="oauth_provider_revoked", condition=REVOKED),
        )

    def __str__(self) -> str:
        return f"authorization {self.public_id}"

    def is_alive(self, now: datetime | None = None) -> bool:
        """Neither revoked nor expired, and its user may still sign in."""
        now = now or authorization_now()
        return self.revoked_at is None and self.expires_at > now and getattr(self.user, "is_active", True)

    def superseded(self, presented_digest: str) -> Retry | InvalidGrant:
        """Judge a refresh token of this family that is not the present one.

        Several processes of one client share a token, and come with an old one for a while (RFC 9700 §4.14.2 asks for
        an end where one was stolen): within the window the one before gets the same answer, and no other ends anything.
        """
        window = timedelta(seconds=provider_settings.REFRESH_TOKEN_RETRY_WINDOW)
        if self.rotated_at is None or self.rotated_at + window <= authorization_now():
            return self.replayed(Authorization.Reason.REFRESH_TOKEN_REPLAY, USED_BEFORE)
        if self.sealed_answer and self.previous_digest and equal(presented_digest, self.previous_digest):
            return Retry(self.sealed_answer)
        return InvalidGrant(USED_BEFORE, detail=f"older than its last rotation, within the window; {self} goes on")

    def replayed(self, reason: "Authorization.Reason", description: str) -> InvalidGrant:
        """End it, since something of it was replayed; where it was revoked before, leave it alone and count."""
        if self.revoked_at is None:
            self.revoke_now(reason)
            return InvalidGrant(description, detail=f"replay, {self} revoked")
        replay_count.add()
        return InvalidGrant(description, detail=f"replay, {self} was revoked before")

    def extend(self, now: datetime, limits: Iterable[Limits] = ()) -> None:
        """Live on as long as it may if it is used ``now``."""
        self.expires_at = self.ends_at(now, limits)

    def ends_at(self, used: datetime, limits: Iterable[Limits] = ()) -> datetime:
        """When it ends if it was last used at ``used``: by the strictest of the server's limits, of ``limits``, and
        the session's end. No refresh moves an absolute limit."""
        everybody = (server_limits(), *limits)
        ends = [end for one in everybody for end in one.ends(began=self.created_at, used=used)]
        return min([*ends, *([self.session_expires_at] if self.session_expires_at else [])])

    @property
    def last_used_at(self) -> datetime:
        """When it was last refreshed; else redeemed; else when it began."""
        return self.rotated_at or self.redeemed_at or self.created_at

    def apply(self, rotation: Rotation, now: datetime) -> None:
        """Make the present refresh token the previous one, and seal what was answered."""
        self.previous_digest = self.refresh_token_digest
        self.refresh_token_digest = rotation.refresh_token_digest
        self.sealed_answer = rotation.sealed_answer
        self.rotated_at = now

    def keep(self, now: datetime) -> None:
        """It was refreshed with a refresh token that stays. What was answered before is not said again."""
        self.sealed_answer = ""
        self.rotated_at = now

    def revoke_now(self, reason: "Authorization.Reason") -> None:
        """Revoke inside the transaction that holds this row's lock. Only a replay does, so the operator is told.

        Raises ``LockNeeded`` where nothing does.
        """
        if self.seen_version is not None:
            raise LockNeeded
        logger.warning("%s of client %s is revoked: %s", self, self.application_id, reason.value)
        revoke_rows([self], reason, using=self._state.db or router.db_for_write(Authorization))


def authorization_now() -> datetime:
    """The time by the clock of the database that these rows are written to."""
    return database_now(router.db_for_write(Authorization))


@cache
def _written() -> tuple[type[models.Model], ...]:
    """The models of which an exchange writes a row each."""
    binding: Any = Authorization._meta.get_field("token_bindings").related_model
    return Authorization, access_token_model(), binding


_BY_CODE = RowLock(Authorization, "code_digest", related="user", touch="revoked_at")
_BY_FAMILY = RowLock(Authorization, "family_digest", related="user", touch="revoked_at")


def revoke_rows(rows: Iterable[Authorization], reason: Authorization.Reason, *, using: str) -> None:
    """Two UPDATEs: the authorizations are revoked, and their access tokens expired for every reader.

    The first takes the rows' locks, so that no token can be added between the two.
    """
    ended = list(rows)
    now = database_now(using)
    keys = [row.pk for row in ended]
    Authorization._base_manager.using(using).filter(pk__in=keys, revoked_at=None).update(
        revoked_at=now, revoked_reason=reason, sealed_answer=""
    )
    expire_access_tokens(keys, now, using=using)
    for row in ended:
        if row.revoked_at is not None:  # a replay of what was revoked before is nothing new
            continue
        row.revoked_at, row.revoked_reason, row.sealed_answer = now, reason, ""
        send_after_commit(
            authorization_revoked, using=using, sender=Authorization, authorization=row, reason=str(reason)
        )
