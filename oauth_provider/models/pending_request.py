"""Pending requests: a validated authorization request that waits for a person, or for its browser (RFC 9126)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import APPLICATION, Row
from oauth_provider.models.database_clock import database_now
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.transaction import locked, run
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.protocol.digest import digest, equal
from oauth_provider.protocol.errors import InvalidRequest, InvalidRequestUri
from oauth_provider.protocol.sealed import seal, unseal
from oauth_provider.protocol.token_string import SECRET_LENGTH, random_text

# A double click: the same session says the same thing again and gets the same answer.
REPEAT_WINDOW = timedelta(seconds=10)


class PendingRequestManager(PrimaryManager["PendingRequest"]):
    """The verbs of pending requests: ask and decide; push and spend."""

    @sensitive_variables()
    def ask(self, *, application: Row, user: Any, session: str, parameters: dict[str, Any]) -> str:
        """Keep a request until the person decides; the handle, which is all that the page carries."""
        lifetime = provider_settings.PENDING_REQUEST_LIFETIME
        pending = self.model(application=application, user=user, session_digest=digest(session), parameters=parameters)
        return self._keep(pending, lifetime)

    @sensitive_variables()
    def push(self, *, application: Row, parameters: dict[str, Any]) -> str:
        """Keep a request that its client pushed; the handle, of which its ``request_uri`` is made.

        The row stays while somebody who opened it in time signs in and decides.
        """
        under_way = provider_settings.LOGIN_LIFETIME + provider_settings.PENDING_REQUEST_LIFETIME
        pending = self.model(application=application, parameters=parameters)
        return self._keep(pending, provider_settings.PUSHED_REQUEST_LIFETIME + under_way)

    def pushed(self, handle: str) -> "PendingRequest | None":
        """The request that was pushed, whoever may open it."""
        return self._of(handle).filter(user=None, session_digest="").first()

    def spend(self, pk: int) -> None:
        """Mark a pushed request as answered, inside the caller's transaction. Raises ``InvalidRequestUri``."""
        unspent = self.using(router.db_for_write(self.model)).filter(pk=pk, decided_at=None)
        if not unspent.update(decided_at=_now()):
            raise InvalidRequestUri("This request was answered already.", detail="spent request_uri")

    def waiting(self, handle: str, *, user: Any, session: str) -> "PendingRequest | None":
        """The request behind ``handle`` if this session may still decide it."""
        pending = self._of(handle).first()
        return pending if pending is not None and pending.may_be_decided_by(user, session) else None

    @sensitive_variables()
    def decide(
        self,
        handle: str,
        *,
        user: Any,
        session: str,
        decision: str,
        answer: Callable[["PendingRequest"], str],
    ) -> str:
        """Decide once, and return the text of what ``answer`` makes of it inside the transaction.

        The same session repeating the same decision within 10 seconds gets the same text. Raises
        ``InvalidRequest`` for a handle that is unknown, spent, expired, or another's.
        """

        def work() -> str:
            pending = locked(self._of(handle), touch="decided_at")
            if pending is None or not pending.belongs_to(user, session):
                raise InvalidRequest("This request is unknown here.", detail="foreign or unknown handle")
            if pending.decided_at is not None:
                return pending.repeated(handle, decision)
            if pending.expires_at <= _now():
                raise InvalidRequest("This request has waited too long.", detail="expired handle")
            text = answer(pending)
            pending.decided_at, pending.decision = _now(), decision
            pending.sealed_answer = seal(text, secret=handle, context=pending.context(decision))
            pending.save(update_fields=["decided_at", "decision", "sealed_answer"])
            return text

        return run(work, using=router.db_for_write(self.model))

    @sensitive_variables()
    def _keep(self, pending: "PendingRequest", lifetime: int) -> str:
        handle, using = random_text(SECRET_LENGTH), router.db_for_write(self.model)
        pending.handle_digest = digest(handle)
        pending.created_at = _now()
        pending.expires_at = pending.created_at + timedelta(seconds=lifetime)
        run(lambda: pending.save(using=using, force_insert=True), using=using, single=True)
        return handle

    def _of(self, handle: str) -> models.QuerySet["PendingRequest"]:
        queryset = self.using(router.db_for_write(self.model))
        return queryset.select_related("application__oauth_policy").filter(handle_digest=digest(handle))


class PendingRequest(models.Model):
    """A validated authorization request waiting for something; found by the digest of its handle."""

    handle_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False)
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    session_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True, editable=False)
    parameters = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), db_index=True)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decision = models.CharField(_("decision"), max_length=16, blank=True, editable=False)
    sealed_answer = models.TextField(blank=True, editable=False)

    objects: ClassVar[PendingRequestManager] = PendingRequestManager()

    class Meta:
        verbose_name = _("pending request")
        verbose_name_plural = _("pending requests")

    def __str__(self) -> str:
        return f"pending request {self.pk}"

    @property
    def may_be_opened(self) -> bool:
        """Is a pushed request young enough for a browser to come with it?"""
        return self.created_at + timedelta(seconds=provider_settings.PUSHED_REQUEST_LIFETIME) > _now()

    def belongs_to(self, user: Any, session: str) -> bool:
        """Is this the user and the session that it was asked of?"""
        return bool(session) and self.user_id == user.pk and equal(self.session_digest, digest(session))

    def may_be_decided_by(self, user: Any, session: str) -> bool:
        """Is it still open, and theirs?"""
        return self.decided_at is None and self.expires_at > _now() and self.belongs_to(user, session)

    def context(self, decision: str) -> str:
        """What a sealed answer is bound to, besides its handle."""
        return f"pending_request:{self.pk}:{self.session_digest}:{decision}"

    @sensitive_variables()
    def repeated(self, handle: str, decision: str) -> str:
        """The answer given before, for a double click. Raises ``InvalidRequest`` for anything else."""
        recent = self.decided_at is not None and self.decided_at + REPEAT_WINDOW > _now()
        text = unseal(self.sealed_answer, secret=handle, context=self.context(decision)) if recent else None
        if text is None:
            raise InvalidRequest("This request was decided already.", detail="spent handle")
        return text


def _now() -> datetime:
    return database_now(router.db_for_write(PendingRequest))
