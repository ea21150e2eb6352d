"""Client secrets: several for a client, made by machine, shown once, and ended with an overlap (RFC 6749 §2.3.1)."""

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.hashers import make_password
from django.db import models, router
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import dot_setting
from oauth_provider.dot.names import APPLICATION, Row, application_model
from oauth_provider.dot.secret import is_hashed, is_secret, unusable_secret
from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.event import Event, SecretMade, SecretRevoked
from oauth_provider.models.audit_event import AuditEvent
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.protocol import token_string
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.transaction import RowGone, locked, run

HINT_LENGTH = 4
DOT = "django-oauth-toolkit"
LAST_USED_PRECISION = timedelta(hours=1)


class ClientSecretManager(PrimaryManager["ClientSecret"]):
    """The verbs of client secrets."""

    @sensitive_variables()
    def create_secret(
        self, application: Row, *, label: str = "", lifetime: int | None = None, by: Actor = NOBODY
    ) -> tuple["ClientSecret", str]:
        """A new secret beside those there are. The text is returned here and nowhere else, ever.

        ``lifetime`` is in seconds; None has no end.
        """
        secret = token_string.make_token(token_string.CLIENT_SECRET)
        expires = None if lifetime is None else self._now() + timedelta(seconds=lifetime)

        @sensitive_variables()
        def work() -> ClientSecret:
            row = self.store(application, secret, label=label, expires_at=expires)
            self._record(SecretMade(application, row.hint), by=by)
            return row

        return run(work, using=self._write_alias(), durable=False), secret

    @sensitive_variables()
    def store(
        self, application: Row, secret: str, *, label: str = "", expires_at: datetime | None = None
    ) -> "ClientSecret":
        """The row of a machine-made ``secret`` (at least 128 bits), made if it is not there yet."""
        row, _created = self.get_or_create(
            application=application,
            digest=digest(secret),
            defaults={"hint": secret[-HINT_LENGTH:], "label": label, "expires_at": expires_at},
        )
        return row

    @sensitive_variables()
    def rotate(
        self, application: Row, *, overlap: int, label: str = "", by: Actor = NOBODY
    ) -> tuple["ClientSecret", str]:
        """A new secret; those that are live serve for ``overlap`` seconds more. DOT's column is emptied."""
        ends = self._now() + timedelta(seconds=overlap)

        def work() -> tuple[ClientSecret, str]:
            self._take_over_from_dot(application)
            self.live().filter(application=application).filter(Q(expires_at=None) | Q(expires_at__gt=ends)).update(
                expires_at=ends
            )
            return self.create_secret(application, label=label, by=by)

        return run(work, using=self._write_alias(), durable=False)

    def revoke(self, secret: "ClientSecret", *, by: Actor = NOBODY) -> None:
        """End one secret now, and empty DOT's column if that is where it came from."""

        def work() -> None:
            self.filter(pk=secret.pk).update(expires_at=self._now())
            application = self._client_of(secret)
            if secret.from_dot:
                _empty_column(application, secret.encoded)
            self._record(SecretRevoked(application, secret.hint), by=by)

        run(work, using=self._write_alias(), durable=False)

    def revoke_all(self, application: Row, *, by: Actor = NOBODY) -> int:
        """End every secret of a client now, and whatever stands in DOT's column. How many there were."""

        def work() -> int:
            clients = type(application)._base_manager.using(self._write_alias())
            row = locked(clients.filter(pk=application.pk), touch="name")
            if row is None:
                return 0
            mine = self.filter(application=application)
            is_copied = mine.filter(from_dot=True, encoded=row.client_secret).exists()
            is_dots = is_secret(row.client_secret) and not is_copied
            live = self.live().filter(application=application)
            hints = [*live.values_list("hint", flat=True), *([""] if is_dots else [])]
            ended = live.update(expires_at=self._now())
            self._record(*(SecretRevoked(application, hint) for hint in hints), by=by)
            if is_secret(row.client_secret):
                _empty_column(application, row.client_secret)
            return ended + is_dots

        return run(work, using=self._write_alias(), durable=False)

    @sensitive_variables()
    def adopt(self, application: Row, presented: str) -> None:
        """Copy a secret that DOT made and hashed, so that no slow hash is computed for it again.

        Only what has exactly the shape of DOT's own secrets: anything else a person may have chosen. The
        copy keeps the hash that it was found under, and serves for as long as that stands in DOT's column. While there
        is one, that hash is never computed, for wrong secrets neither.
        """
        if not is_machine_made(presented) or not is_hashed(application.client_secret):
            return
        copy = {"encoded": application.client_secret, "from_dot": True, "expires_at": None}
        copy |= {"hint": presented[-HINT_LENGTH:], "label": DOT}

        def work() -> None:
            self.update_or_create(application=application, digest=digest(presented), defaults=copy)

        with suppress(RowGone):  # the client was deleted meanwhile; it was right all the same
            run(work, using=self._write_alias(), durable=False)

    def slow(self, application: Row) -> list["ClientSecret"]:
        """Return the live secrets that are slow hashes, and the copy of the one in DOT's column if there is one."""
        copied = Q(from_dot=True, encoded=application.client_secret)
        return list(self.filter(copied | self._live(digest=None), application=application))

    @sensitive_variables()
    def is_copied(self, application: Row, presented: str) -> bool:
        """Is it the secret that stands hashed in DOT's column, and has a copy?"""
        hashed = {"from_dot": True, "encoded": application.client_secret}
        return self.live().filter(application=application, digest=digest(presented), **hashed).exists()

    def live(self) -> QuerySet["ClientSecret"]:
        """Secrets that still serve."""
        return self.filter(self._live())

    def mark_used(self, pk: int) -> None:
        """Note that a secret was used; one write an hour at most, outside of any exchange."""
        now = self._now()
        due = self.filter(pk=pk).exclude(last_used_at__gt=now - LAST_USED_PRECISION)
        run(lambda: due.update(last_used_at=now), using=self._write_alias(), single=True)

    def _take_over_from_dot(self, application: Row) -> None:
        """Move what stands in DOT's column here, so that it can overlap and end; a copy of it is set free."""
        rows = type(application)._base_manager.using(self._write_alias())
        stored = rows.values_list("client_secret", flat=True).get(pk=application.pk)
        if not is_secret(stored):
            return
        copies = self.filter(application=application, from_dot=True, encoded=stored)
        if not copies.update(from_dot=False, encoded=""):
            if is_machine_made(stored):
                self.store(application, stored, label=DOT)
            else:
                encoded = stored if is_hashed(stored) else make_password(stored)
                self.create(application=application, encoded=encoded, label=DOT)
        _empty_column(application, stored)

    def _record(self, *events: Event, by: Actor) -> None:
        AuditEvent.objects.record(events, using=self._write_alias(), by=by)

    def _client_of(self, secret: "ClientSecret") -> Row:
        if secret._state.fields_cache.get("application") is not None:
            return secret.application
        return application_model()._base_manager.using(self._write_alias()).get(pk=secret.application_id)

    def _live(self, **conditions: Any) -> Q:
        return (Q(expires_at=None) | Q(expires_at__gt=self._now())) & Q(**conditions)

    def _now(self) -> datetime:
        return database_now(self._write_alias())

    def _write_alias(self) -> str:
        return router.db_for_write(self.model)


class ClientSecret(models.Model):
    """A secret of a client. Several may overlap; what is stored cannot be turned back into one."""

    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="oauth_secrets", db_index=False)
    digest = models.CharField(
        max_length=DIGEST_LENGTH, null=True, editable=False, help_text=_("SHA-256 of a machine-made secret")
    )
    encoded = models.CharField(
        max_length=255, blank=True, editable=False, help_text=_("the slow hash of one that DOT stored")
    )
    hint = models.CharField(_("ends in"), max_length=8, blank=True, editable=False)
    label = models.CharField(_("label"), max_length=64, blank=True)
    from_dot = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects: ClassVar[ClientSecretManager] = ClientSecretManager()

    class Meta:
        verbose_name = _("client secret")
        verbose_name_plural = _("client secrets")
        constraints = (models.UniqueConstraint(fields=["application", "digest"], name="oauth_provider_one_secret"),)

    def __str__(self) -> str:
        return f"secret …{self.hint}" if self.hint else f"secret {self.pk}"


def is_machine_made(secret: str) -> bool:
    """Has it exactly the shape of the secrets that DOT generates, and as much randomness as ours?"""
    length = dot_setting("CLIENT_SECRET_GENERATOR_LENGTH", 128)
    return length >= token_string.SECRET_LENGTH and bool(re.fullmatch(rf"[A-Za-z0-9]{{{length}}}", secret))


def _empty_column(application: Row, stored: str) -> None:
    """``stored`` serves no more, in DOT's eyes either. What was put there since stays."""
    column = type(application)._base_manager.filter(pk=application.pk, client_secret=stored)
    emptied = unusable_secret()
    if column.update(client_secret=emptied):
        application.client_secret = emptied
