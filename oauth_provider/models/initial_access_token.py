"""Initial access tokens (RFC 7591 §3): who holds one may register clients, so many, until then, and with these scopes.

Operators make them. The text is shown once; a digest is what is stored.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models, router
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.initial_token import InitialTokenMade, InitialTokenRevoked
from oauth_provider.models.audit_event import AuditEvent
from oauth_provider.models.client_secret import HINT_LENGTH
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.validation import check_names
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.transaction import run


class InitialAccessTokenManager(PrimaryManager["InitialAccessToken"]):
    """The verbs of initial access tokens."""

    @sensitive_variables()
    def create_token(
        self,
        *,
        label: str = "",
        scopes: Iterable[str] | None = None,
        uses: int | None = None,
        lifetime: int | None = None,
        by: Actor = NOBODY,
    ) -> tuple["InitialAccessToken", str]:
        """Make a token. The text is returned here and nowhere else, ever.

        ``uses`` is how many clients may be registered with it, ``lifetime`` is in seconds; None is without an end.
        ``scopes`` None are all that clients may get by this door.
        """
        token = token_string.make_token(token_string.INITIAL_ACCESS_TOKEN)
        expires = None if lifetime is None else self._now() + timedelta(seconds=lifetime)

        @sensitive_variables()
        def work() -> InitialAccessToken:
            row = self.create(
                digest=digest(token),
                hint=token[-HINT_LENGTH:],
                label=label,
                scopes=None if scopes is None else list(scopes),
                max_uses=uses,
                expires_at=expires,
            )
            AuditEvent.objects.record([InitialTokenMade(row.hint, label)], using=self._write_alias(), by=by)
            return row

        return run(work, using=self._write_alias(), durable=False), token

    @sensitive_variables()
    def find(self, token: str) -> "InitialAccessToken | None":
        """Return the row of ``token`` if it is good for one more client now. What we never made asks no database."""
        if not token_string.is_token(token, token_string.INITIAL_ACCESS_TOKEN):
            return None
        return self.filter(self._good(), digest=digest(token)).first()

    def spend(self, row: "InitialAccessToken") -> bool:
        """Count one more client; False where it is not good any more. It belongs into the client's transaction."""
        return bool(self.filter(self._good(), pk=row.pk).update(used=F("used") + 1, last_used_at=self._now()))

    def revoke(self, row: "InitialAccessToken", *, by: Actor = NOBODY) -> None:
        """End it now. The clients that were registered with it go on."""

        def work() -> None:
            now = self._now()
            ended = self.filter(Q(expires_at=None) | Q(expires_at__gt=now), pk=row.pk).update(expires_at=now)
            if ended:
                AuditEvent.objects.record([InitialTokenRevoked(row.hint, row.label)], using=self._write_alias(), by=by)

        run(work, using=self._write_alias(), durable=False)

    def _good(self) -> Q:
        is_left = Q(max_uses=None) | Q(used__lt=F("max_uses"))
        return is_left & (Q(expires_at=None) | Q(expires_at__gt=self._now()))

    def _now(self) -> datetime:
        return database_now(self._write_alias())

    def _write_alias(self) -> str:
        return router.db_for_write(self.model)


class InitialAccessToken(models.Model):
    """A token for registering clients."""

    digest = models.CharField(max_length=DIGEST_LENGTH, editable=False)
    hint = models.CharField(_("ends in"), max_length=8, editable=False)
    label = models.CharField(_("label"), max_length=64, blank=True, help_text=_("For whom, or for what, it is."))
    scopes = models.JSONField(
        _("scopes"),
        null=True,
        blank=True,
        validators=[check_names],
        help_text=_("Scopes that its clients may ask for. None given (null): all that this way of registering gives."),
    )
    max_uses = models.PositiveIntegerField(
        _("clients"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many clients may be registered with it. None given: any number."),
    )
    used = models.PositiveIntegerField(_("registered"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects: ClassVar[InitialAccessTokenManager] = InitialAccessTokenManager()

    class Meta:
        verbose_name = _("initial access token")
        verbose_name_plural = _("initial access tokens")
        indexes = (models.Index(fields=["expires_at"], name="oauth_provider_initial_ends"),)
        constraints = (models.UniqueConstraint(fields=["digest"], name="oauth_provider_one_initial_token"),)

    def __str__(self) -> str:
        return f"{self.label} …{self.hint}".strip()
