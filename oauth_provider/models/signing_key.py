"""Signing keys (RFC 7517, OpenID Connect Core §10.1.1): made early, published, signing, published still, and gone.

What state a key is in follows from the clock: of one algorithm, the newest key whose time has come signs. The key
before it stays published for as long as a token that it signed may live.
"""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, router
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.events.actor import NOBODY, Actor
from oauth_provider.events.event import KeyRotated
from oauth_provider.models.audit_event import AuditEvent
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.protocol.jose import ALGORITHMS, generate_key
from oauth_provider.protocol.sealed import seal, unseal
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.transaction import run

# Other processes read the keys again within this time, in seconds, and so publish a new one before it signs.
REREAD = 60
SETTLED = timedelta(seconds=2 * REREAD)


class State(models.TextChoices):
    """The state of a key, from new to retired. Those in ``PUBLISHED`` stand in the key set."""

    NEXT = "next", _("published, signs later")
    SIGNING = "signing", _("published, signs")
    PREVIOUS = "previous", _("published, signs no more")
    ENDED = "ended", _("not published any more")
    RETIRED = "retired", _("taken out of use")


PUBLISHED = (State.SIGNING, State.NEXT, State.PREVIOUS)


class SigningKeyManager(PrimaryManager["SigningKey"]):
    """The verbs of signing keys. Two processes that do the same at once end with one key: generations are unique."""

    def in_order(self) -> list["SigningKey"]:
        """Every key of ours, in one statement."""
        return list(self.using(self._write_alias()).order_by("alg", "generation"))

    def due(self, rows: Collection["SigningKey"], algorithms: Iterable[str]) -> list["SigningKey"]:
        """The keys, not saved, that have to be made now: the first of an algorithm, and the next of an old one."""
        return [made for alg in algorithms if (made := self._due(of_algorithm(rows, alg), alg)) is not None]

    def make(self, keys: Iterable["SigningKey"], *, by: Actor = NOBODY) -> None:
        """Add ``keys``; where somebody added their generation meanwhile, theirs stay."""
        listed = list(keys)
        using = self._write_alias()

        def work() -> None:
            self.using(using).bulk_create(listed, ignore_conflicts=True)
            added = self.using(using).filter(kid__in=[key.kid for key in listed])
            AuditEvent.objects.record((KeyRotated(key.kid, key.alg, "made") for key in added), using=using, by=by)

        if listed:
            run(work, using=using, durable=False)

    def rotate(self, alg: str, *, at_once: bool = False, by: Actor = NOBODY) -> bool:
        """Have the next key of ``alg`` published now, to sign after the lead; at once means after two minutes.

        False where it was published already, and is not brought forward.
        """
        now = self.now()
        begins = now + (SETTLED if at_once else lead())
        rows = of_algorithm(self.in_order(), alg)
        following = [row for row in rows if row.retired_at is None and row.signs_from > now]
        if not following:
            self.make([new_key(alg, _generation_after(rows), begins)], by=by)
            return True
        return at_once and self._bring_forward(following[0], begins, by)

    def _bring_forward(self, row: "SigningKey", begins: datetime, by: Actor) -> bool:
        def work() -> bool:
            if not self._live().filter(pk=row.pk, signs_from__gt=begins).update(signs_from=begins):
                return False
            event = KeyRotated(row.kid, row.alg, "brought_forward")
            AuditEvent.objects.record([event], using=self._write_alias(), by=by)
            return True

        return run(work, using=self._write_alias(), durable=False)

    def retire(self, kid: str, *, by: Actor = NOBODY) -> bool:
        """Take a key out of use now: nothing is signed with it and nobody is told to trust it. False if unknown.

        If it was signing, the next key signs from now on.
        """
        now = self.now()

        def work() -> bool:
            # The write comes first, so that of two who do this at once one waits, and finds it done.
            if not self._live().filter(kid=kid).update(retired_at=now, sealed_private_jwk=""):
                return False
            rows = self.in_order()
            retired = next(row for row in rows if row.kid == kid)
            same = of_algorithm(rows, retired.alg)
            following = [row for row in same if row.generation > retired.generation and row.retired_at is None]
            was_signing = retired.signs_from <= now and not any(row.signs_from <= now for row in following)
            if was_signing and following:
                self._live().filter(pk=following[0].pk).update(signs_from=now)
            elif was_signing:
                made = new_key(retired.alg, _generation_after(same), now)
                made.save(force_insert=True, using=self._write_alias())
            event = KeyRotated(kid, retired.alg, "retired")
            AuditEvent.objects.record([event], using=self._write_alias(), by=by)
            return True

        return run(work, using=self._write_alias(), durable=False)

    @sensitive_variables()
    def lost(self) -> list["SigningKey"]:
        """Return the keys whose private half no secret opens any more: nothing is signed with them."""
        return [row for row in self.in_order() if row.sealed_private_jwk and row.open()[0] is None]

    @sensitive_variables()
    def reencrypt(self) -> int:
        """Seal under the present ``SECRET_KEY`` what is sealed under a fallback; how many keys."""
        count = 0
        for row in self.in_order():
            private, is_current = row.open()
            if private is None or is_current:
                continue
            sealed = seal(private, secret=_secrets()[0], context=row.context)
            same = self._live().filter(pk=row.pk, sealed_private_jwk=row.sealed_private_jwk)
            count += same.update(sealed_private_jwk=sealed)
        return count

    def spent(self) -> QuerySet["SigningKey"]:
        """Return the keys whose private half nobody needs any more: a later key has signed for an hour or longer."""
        begun = self.now() - timedelta(hours=1)
        later = self.filter(alg=OuterRef("alg"), generation__gt=OuterRef("generation"), retired_at=None)
        return self.exclude(sealed_private_jwk="").filter(Exists(later.filter(signs_from__lt=begun)))

    def now(self) -> datetime:
        """The time by which keys begin and end."""
        return database_now(self._write_alias())

    def _due(self, rows: list["SigningKey"], alg: str) -> "SigningKey | None":
        now = self.now()
        live = [row for row in rows if row.retired_at is None]
        if not live:
            return new_key(alg, _generation_after(rows), now)
        lifetime = provider_settings.SIGNING_KEY_LIFETIME
        if lifetime is None:
            return None
        ends = live[-1].signs_from + timedelta(seconds=lifetime)
        # A server that slept past the end still publishes the next key for the whole lead before it signs.
        return new_key(alg, _generation_after(rows), max(ends, now + lead())) if ends - lead() <= now else None

    def _live(self) -> QuerySet["SigningKey"]:
        return self.using(self._write_alias()).filter(retired_at=None)

    def _write_alias(self) -> str:
        return router.db_for_write(self.model)


class SigningKey(models.Model):
    """A signing key. Its private half is sealed under ``SECRET_KEY``; a dump of the database alone signs nothing."""

    kid = models.CharField(max_length=64, unique=True, editable=False)
    alg = models.CharField(_("algorithm"), max_length=16, choices=[(alg, alg) for alg in ALGORITHMS], editable=False)
    generation = models.PositiveIntegerField(editable=False)
    public_jwk = models.JSONField(editable=False)
    sealed_private_jwk = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(_("published"), default=timezone.now, editable=False)
    signs_from = models.DateTimeField(_("signs from"), editable=False)
    retired_at = models.DateTimeField(_("taken out of use"), null=True, editable=False)

    objects: ClassVar[SigningKeyManager] = SigningKeyManager()

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints = (
            models.UniqueConstraint(fields=["alg", "generation"], name="oauth_provider_one_key_per_generation"),
        )

    def __str__(self) -> str:
        return f"{self.alg} key {self.kid}"

    @property
    def context(self) -> str:
        """Return the context that its private half is sealed to."""
        return f"signing_key:{self.kid}"

    @sensitive_variables()
    def open(self) -> tuple[str | None, bool]:
        """The private JWK, None where no secret opens it; and whether the present ``SECRET_KEY`` does."""
        for number, secret in enumerate(_secrets()):
            private = unseal(self.sealed_private_jwk, secret=secret, context=self.context)
            if private is not None:
                return private, number == 0
        return None, False


def states(rows: Collection[SigningKey], now: datetime) -> dict[str, State]:
    """The state of each of ``rows`` by its ``kid``."""
    found: dict[str, State] = {}
    overlap = published_after()
    for alg in {row.alg for row in rows}:
        live = [row for row in of_algorithm(rows, alg) if row.retired_at is None]
        found |= {row.kid: State.RETIRED for row in rows if row.alg == alg and row.retired_at is not None}
        begun = [row for row in live if row.signs_from <= now]
        for row, successor in zip(begun, [*begun[1:], None], strict=False):
            if successor is None:
                found[row.kid] = State.SIGNING
            else:
                found[row.kid] = State.PREVIOUS if successor.signs_from + overlap > now else State.ENDED
        found |= {row.kid: State.NEXT for row in live if row.signs_from > now}
    return found


def lead() -> timedelta:
    """For how long a key is published before it signs; never less than it takes for every process to publish it."""
    return max(SETTLED, timedelta(seconds=provider_settings.SIGNING_KEY_LEAD))


def published_after() -> timedelta:
    """For how long a key that signs no more stays published: the life of what it signed, and the lead."""
    lives = max(provider_settings.ID_TOKEN_LIFETIME, provider_settings.ACCESS_TOKEN_LIFETIME)
    return timedelta(seconds=lives) + lead()


def of_algorithm(rows: Iterable[SigningKey], alg: str) -> list[SigningKey]:
    """Return those of ``rows`` that are of ``alg``, oldest first."""
    return sorted((row for row in rows if row.alg == alg), key=lambda row: row.generation)


@sensitive_variables()
def new_key(alg: str, generation: int, signs_from: datetime) -> SigningKey:
    """A key that is not saved yet."""
    key, private = generate_key(alg)
    row = SigningKey(
        kid=key.kid, alg=alg, generation=generation, public_jwk=dict(key.public_jwk), signs_from=signs_from
    )
    row.sealed_private_jwk = seal(private, secret=_secrets()[0], context=row.context)
    return row


@sensitive_variables()
def private_jwk(row: SigningKey) -> dict[str, Any] | None:
    """The private JWK of ``row``; None where it is blank, or sealed under a secret that nobody has any more."""
    private, _is_current = row.open() if row.sealed_private_jwk else (None, False)
    return None if private is None else dict(json.loads(private))


def _generation_after(rows: Collection[SigningKey]) -> int:
    return max((row.generation for row in rows), default=0) + 1


def _secrets() -> list[str]:
    return [force_str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
