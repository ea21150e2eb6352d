"""Pending requests: a validated authorization request that waits for a person, or for its browser (RFC 9126).

Strangers can make us keep them, so every kind is bounded: what nobody signed in for by address and by client, what
waits for a person by session, and all of them by time.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import DatabaseError, connections, models, router, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.client import Client, as_client
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.stored_request import StoredRequest
from oauth_provider.models.waiting import Waiting, address_digest, beside
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.sealed import seal, unseal
from oauth_provider.protocol.token_string import SECRET_LENGTH, random_text
from oauth_provider.sql.clock import database_now
from oauth_provider.sql.commit import settle
from oauth_provider.sql.guard import Guard
from oauth_provider.sql.outcome import Add, Outcome
from oauth_provider.sql.transaction import run

logger = logging.getLogger("oauth_provider.models")

SALT = "oauth_provider.models.pending_request"
# The name space of the handles under which requests are kept on their way through a login page.
KEPT = "kept"
# A double click: the same session says the same thing again and gets the same answer.
REPEAT_WINDOW = timedelta(seconds=10)
# One insertion in so many deletes at most so many that are over; ``oauth_sweep`` deletes the rest.
SWEEP_EVERY, SWEEP_AT_ONCE = 16, 64


class PendingRequestManager(PrimaryManager["PendingRequest"]):
    """The verbs of pending requests: ask and decide; push and spend; keep and bind."""

    @sensitive_variables()
    def ask(self, *, client: Client, user: Any, session: str, request: StoredRequest) -> str:
        """Store a request until the person decides; the handle, which is all that the page carries.

        The oldest pages of the session give way where it has too many. The row stays a while after it was too late, to
        say where the person can go from there.
        """
        self._make_room(user=user, session_digest=digest(session))
        lifetime = provider_settings.PENDING_REQUEST_LIFETIME + provider_settings.LOGIN_LIFETIME
        pending = self._of_request(request, client, user=user, session_digest=digest(session))
        return self._store(pending, lifetime)

    @sensitive_variables()
    def push(self, *, client: Client, request: StoredRequest, address: str = "", guard: Guard | None = None) -> str:
        """Store a request that its client pushed; the handle, of which its ``request_uri`` is made.

        ``address`` is of a client that proved nothing, and empty for one that did; ``guard`` of one that was
        remembered. The row stays while somebody who opened it in time signs in and decides. Raises
        ``TemporarilyUnavailable`` where too many wait, ``ServiceUnavailable``, and ``GuardFailed``.
        """
        under_way = provider_settings.LOGIN_LIFETIME + provider_settings.PENDING_REQUEST_LIFETIME
        pending = self._of_request(request, client, address_digest=address_digest(address))
        handle = pending.begin(provider_settings.PUSHED_REQUEST_LIFETIME + under_way)

        def decide(waiting: Waiting) -> Outcome[None]:
            waiting.check()
            return Outcome(None, (Add(pending),))

        using = router.db_for_write(self.model)
        settle(lambda: self._count(pending), decide, using=using, guard=guard)
        self._sweep_in_passing(pending)
        return handle

    @sensitive_variables()
    def keep(self, *, client: Client, request: StoredRequest, address: str) -> str:
        """Store a request that its browser takes through a login page under the handle that is returned.

        It can be gone on with, and never decided. The row stays a while after it was too late, to say where the person
        can go from there. Raises ``TemporarilyUnavailable`` where too many wait.
        """
        pending = self._of_request(request, client, address_digest=address_digest(address))
        self._count(pending).check()
        return self._store(pending, 2 * provider_settings.LOGIN_LIFETIME, kind=KEPT)

    def kept(self, handle: str) -> "PendingRequest | None":
        """The request under ``handle``; the ticket that names it says until when it may be gone on with."""
        return self._of(handle, kind=KEPT).filter(expires_at__gt=_now()).first()

    def bind(self, handle: str, *, user: Any, session: str) -> None:
        """Let nobody but this user in this session go on with what was kept under ``handle``."""
        rows = self.using(router.db_for_write(self.model)).filter(handle_digest=_name(handle, KEPT), session_digest="")
        rows.update(user=user, session_digest=digest(session))

    def pushed(self, handle: str) -> "PendingRequest | None":
        """The request that was pushed, whoever may open it."""
        return self._of(handle).filter(user=None, session_digest="").first()

    def asked(self, handle: str) -> "PendingRequest | None":
        """The request behind the handle of a page, whoever may decide it, and however late it is."""
        return self._of(handle).exclude(session_digest="").first()

    def waiting(self, handle: str, *, user: Any, session: str) -> "PendingRequest | None":
        """The request behind ``handle`` if this session may still decide it."""
        pending = self._of(handle).first()
        return pending if pending is not None and pending.may_be_decided_by(user, session) else None

    def of(self, handle: str) -> "PendingRequest | None":
        """The request behind ``handle``, with its client and policy, whoever may decide it and whether it is open."""
        return self._of(handle).first()

    def sweep_some(self) -> None:
        """Delete some of what is over. Whatever hinders that is no reason to refuse a request."""
        using = router.db_for_write(self.model)
        due = self.using(using).filter(expires_at__lt=_now()).order_by("expires_at")
        try:
            with transaction.atomic(using=using):
                if connections[using].features.has_select_for_update_skip_locked:
                    due = due.select_for_update(skip_locked=True)
                self.using(using).filter(pk__in=due.values("pk")[:SWEEP_AT_ONCE]).delete()
        except DatabaseError:
            logger.info("Pending requests that are over were left for oauth_sweep.", exc_info=True)

    def _of_request(self, request: StoredRequest, client: Client, **columns: Any) -> "PendingRequest":
        if client.is_registered:
            return self.model(parameters=request.to_json(), application=client.application, **columns)
        return self.model(parameters=request.to_json(), unregistered_client=client.client_id, **columns)

    def _count(self, pending: "PendingRequest") -> Waiting:
        """Count what waits beside ``pending`` already, of its address and of its client."""
        addressed, of_client = beside(pending.address_digest, pending.application_id, pending.unregistered_client)
        rows = self.using(router.db_for_write(self.model)).filter(addressed | of_client)
        count = rows.filter(session_digest="", decided_at=None, expires_at__gt=_now()).aggregate(
            address=Count("pk", filter=addressed), client=Count("pk", filter=of_client)
        )
        return Waiting(count["address"], count["client"])

    def _make_room(self, **owner: Any) -> None:
        """Forget the oldest rows of ``owner`` so that one more is within the limit."""
        using = router.db_for_write(self.model)
        rows = self.using(using).filter(**owner)
        most = max(1, provider_settings.PENDING_REQUESTS_PER_SESSION)
        oldest = rows.order_by("-pk").values_list("pk", flat=True)[most - 1 :]
        surplus = run(lambda: list(oldest.all()), using=using, single=True)
        if surplus:
            run(lambda: rows.filter(pk__in=surplus).delete(), using=using, durable=False)

    @sensitive_variables()
    def _store(self, pending: "PendingRequest", lifetime: int, *, kind: str = "") -> str:
        handle, using = pending.begin(lifetime, kind=kind), router.db_for_write(self.model)
        run(lambda: pending.save(using=using, force_insert=True), using=using, single=True)
        self._sweep_in_passing(pending)
        return handle

    def _sweep_in_passing(self, pending: "PendingRequest") -> None:
        if pending.pk % SWEEP_EVERY == 0:
            self.sweep_some()

    def _of(self, handle: str, *, kind: str = "") -> models.QuerySet["PendingRequest"]:
        queryset = self.using(router.db_for_write(self.model))
        return queryset.select_related("application__oauth_policy").filter(handle_digest=_name(handle, kind))


class PendingRequest(models.Model):
    """A validated authorization request waiting for something; found by the digest of its handle."""

    handle_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False)
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, null=True, related_name="+")
    # Of a client that only its document describes.
    unregistered_client = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    session_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, editable=False)
    address_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, default="", db_default="", editable=False)
    parameters = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decision = models.CharField(_("decision"), max_length=16, blank=True, editable=False)
    sealed_answer = models.TextField(blank=True, editable=False)

    objects: ClassVar[PendingRequestManager] = PendingRequestManager()

    # What an answer relies on.
    DECIDING: ClassVar[tuple[str, ...]] = (
        "application",
        "unregistered_client",
        "user",
        "session_digest",
        "parameters",
        "created_at",
        "expires_at",
        "decided_at",
    )

    class Meta:
        verbose_name = _("pending request")
        verbose_name_plural = _("pending requests")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["address_digest"], condition=~Q(address_digest=""), name="oauth_pending_address"),
            models.Index(fields=["decided_at"], condition=Q(decided_at__isnull=False), name="oauth_pending_decided"),
        ]

    def __str__(self) -> str:
        return f"pending request {self.pk}"

    @property
    def request(self) -> StoredRequest:
        """The request that waits. Raises ``InvalidRequest`` where no code of this version can read it."""
        return StoredRequest.from_json(self.parameters)

    @sensitive_variables()
    def begin(self, lifetime: int, *, kind: str = "") -> str:
        """Let it wait from now on, for so many seconds, under a new handle, which is returned."""
        handle = random_text(SECRET_LENGTH)
        self.handle_digest, self.created_at = _name(handle, kind), _now()
        self.expires_at = self.created_at + timedelta(seconds=lifetime)
        return handle

    @property
    def client_id(self) -> str:
        """RFC 6749 §2.2."""
        return self.unregistered_client if self.application is None else str(self.application.client_id)

    @property
    def client(self) -> Client | None:
        """Return the client as its rows have it; None where its document says what it is, and has to be read."""
        client = self.application and as_client(self.application)
        return None if client is None or client.policy.is_from_document else client

    @property
    def may_be_opened(self) -> bool:
        """Is a pushed request young enough for a browser to come with it?"""
        return self.created_at + timedelta(seconds=provider_settings.PUSHED_REQUEST_LIFETIME) > _now()

    @property
    def is_in_time(self) -> bool:
        """Is the page young enough for its question to be answered?"""
        now = _now()
        late = self.created_at + timedelta(seconds=provider_settings.PENDING_REQUEST_LIFETIME)
        return late > now and self.expires_at > now

    def belongs_to(self, user: Any, session: str) -> bool:
        """Is this the user and the session that it was asked of?"""
        return bool(session) and self.user_id == user.pk and equal(self.session_digest, digest(session))

    def may_be_decided_by(self, user: Any, session: str) -> bool:
        """Is it still open, and theirs?"""
        return self.decided_at is None and self.is_in_time and self.belongs_to(user, session)

    def context(self, said: str) -> str:
        """Return the context of a sealed answer: its row, its session and the digest of what the person ``said``."""
        return f"pending_request:{self.pk}:{self.session_digest}:{said}"

    @sensitive_variables()
    def decided(self, handle: str, decision: str, text: str, *, now: datetime, said: str) -> dict[str, Any]:
        """Return the columns of a request that was decided, with the ``text`` of its answer for a double click.

        ``decision`` is a word of it, and ``said`` the digest of all of it.
        """
        sealed = seal(text, secret=_sealing_secret(handle), context=self.context(said))
        return {**answered(now), "decision": decision, "sealed_answer": sealed}

    @sensitive_variables()
    def repeated(self, handle: str, said: str) -> str:
        """The answer given before, for a double click that ``said`` the same. Raises ``InvalidRequest`` else."""
        recent = self.decided_at is not None and self.decided_at + REPEAT_WINDOW > _now()
        secret, context = _sealing_secret(handle), self.context(said)
        text = unseal(self.sealed_answer, secret=secret, context=context) if recent else None
        if text is None:
            raise InvalidRequest(Reason.DECIDED_BEFORE, detail="spent handle")
        return text


def answered(now: datetime) -> dict[str, Any]:
    """Return the columns of a request that was answered; it stays a while, for a double click."""
    return {"decided_at": now, "expires_at": now + REPEAT_WINDOW}


def _now() -> datetime:
    return database_now(router.db_for_write(PendingRequest))


def _name(handle: str, kind: str) -> str:
    """The digest of a handle. Each kind has a name space of its own, so that no verb finds what another one stored."""
    return digest(f"{kind} {handle}" if kind else handle)


@sensitive_variables()
def _sealing_secret(handle: str) -> str:
    """A handle stands in a URL, so in logs: with a dump of the database it must not open anything yet."""
    return salted_hmac(f"{SALT}.sealed", handle, algorithm="sha256").hexdigest()
