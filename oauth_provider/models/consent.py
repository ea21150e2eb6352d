"""Consents: what a user has agreed that a client may do. They outlive tokens and are withdrawn as a whole."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.dot.names import APPLICATION, Row
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.transaction import locked, run
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.signals import consent_given, consent_withdrawn, send_after_commit


class ConsentManager(models.Manager["Consent"]):
    """The verbs of consent. Those that give or use one run inside the caller's transaction."""

    def remembered(self, *, user: Any, application: Row) -> "Consent | None":
        """The consent of ``user`` to ``application``, locked, so that it cannot be withdrawn meanwhile."""
        queryset = self.using(router.db_for_write(self.model))
        return locked(queryset.filter(user=user, application=application), touch="updated_at")

    def give(
        self,
        *,
        user: Any,
        application: Row,
        shown: str,
        scopes: Mapping[str, str],
        resources: Mapping[str, str],
    ) -> "Consent":
        """Add what was agreed to. ``shown`` and the values of both mappings are digests of what was on the page."""
        using = router.db_for_write(self.model)
        consent = self.remembered(user=user, application=application)
        if consent is None:
            consent = Consent(user=user, application=application)
        # Where the client showed itself otherwise before, the words of then bind nobody any more.
        kept, places = (consent.scopes, consent.resources) if consent.shown == shown else ({}, {})
        agreed, agreed_places = {**kept, **scopes}, {**places, **resources}
        # Unchanged, it is not written: others who give it at the same moment then need not try again.
        before = (consent.pk is None, consent.shown, consent.scopes, consent.resources)
        if before != (False, shown, agreed, agreed_places):
            consent.shown, consent.scopes, consent.resources = shown, agreed, agreed_places
            consent.updated_at = timezone.now()
            consent.save(using=using)
        send_after_commit(
            consent_given,
            using=using,
            sender=Consent,
            application=application,
            user=user,
            scope=" ".join(scopes),
        )
        return consent

    def withdraw(self, *, user: Any, application: Row, reason: Authorization.Reason = Authorization.Reason.USER) -> int:
        """Take consent back: it is forgotten and every authorization that stood on it ends; how many.

        ``reason`` says who did: the user, or an operator for them.
        """
        using = router.db_for_write(self.model)

        def work() -> int:
            # The same order as for giving (consent, then authorization), so that the two cannot deadlock.
            consent = self.remembered(user=user, application=application)
            if consent is not None:
                consent.delete(using=using)
            standing = Authorization.objects.using(using).filter(user=user, application=application)
            ended = Authorization.objects.revoke(standing, reason)
            send_after_commit(consent_withdrawn, using=using, sender=Consent, application=application, user=user)
            return ended

        return run(work, using=using, durable=False)


class Consent(models.Model):
    """What one user has agreed that one client may do."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauth_consents")
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="oauth_consents")
    shown = models.CharField(max_length=DIGEST_LENGTH, editable=False, help_text=_("what the client looked like"))
    scopes = models.JSONField(
        _("scopes"), default=dict, editable=False, help_text=_("each with the digest of its words")
    )
    resources = models.JSONField(
        _("resources"), default=dict, editable=False, help_text=_("each with the digest of its name")
    )
    created_at = models.DateTimeField(_("given"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)

    objects: ClassVar[ConsentManager] = ConsentManager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = (models.UniqueConstraint(fields=["user", "application"], name="oauth_provider_one_consent"),)

    def __str__(self) -> str:
        return f"consent of {self.user_id} to {self.application_id}"

    def covers(self, *, shown: str, scopes: Mapping[str, str], resources: Mapping[str, str]) -> bool:
        """Was all of this agreed to, in these very words?"""
        agreed = scopes.items() <= self.scopes.items() and resources.items() <= self.resources.items()
        return self.shown == shown and bool(agreed)
