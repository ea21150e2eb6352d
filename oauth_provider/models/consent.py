"""Consents: what a user has agreed that a client may do. They outlive tokens and are withdrawn as a whole."""

from collections.abc import Mapping
from types import MappingProxyType
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

NOTHING: Mapping[str, str] = MappingProxyType({})
# Of elements that are different every time, the older ones are forgotten.
MOST_DETAILS = 200


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
        details: Mapping[str, str] = NOTHING,
    ) -> "Consent":
        """Add what was agreed to. ``shown`` and the values of the mappings are digests of what was on the page.

        ``details`` are the authorization details that may be granted again without asking.
        """
        using = router.db_for_write(self.model)
        consent = self.remembered(user=user, application=application)
        if consent is None:
            consent = Consent(user=user, application=application)
        # Where the client showed itself otherwise before, the words of then bind nobody any more.
        kept = consent.agreed if consent.shown == shown else ({}, {}, {})
        agreed = tuple({**before, **new} for before, new in zip(kept, (scopes, resources, details), strict=True))
        # Unchanged, it is not written: others who give it at the same moment then need not try again.
        if (consent.pk is None, consent.shown, consent.agreed) != (False, shown, agreed):
            consent.shown, (consent.scopes, consent.resources, consent.authorization_details) = shown, agreed
            if len(consent.authorization_details) > MOST_DETAILS:
                consent.authorization_details = dict(details)
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

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauth_consents", db_index=False
    )
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="oauth_consents")
    shown = models.CharField(max_length=DIGEST_LENGTH, editable=False, help_text=_("what the client looked like"))
    scopes = models.JSONField(
        _("scopes"), default=dict, editable=False, help_text=_("each with the digest of its words")
    )
    resources = models.JSONField(
        _("resources"), default=dict, editable=False, help_text=_("each with the digest of its name")
    )
    authorization_details = models.JSONField(
        _("authorization details"),
        default=dict,
        editable=False,
        help_text=_("the digest of each with that of its words"),
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

    @property
    def agreed(self) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Scopes, resources and details, each with the digest of its words."""
        return self.scopes, self.resources, self.authorization_details

    def covers(
        self,
        *,
        shown: str,
        scopes: Mapping[str, str],
        resources: Mapping[str, str],
        details: Mapping[str, str] = NOTHING,
    ) -> bool:
        """Was all of this agreed to, in these very words?"""
        asked = zip((scopes, resources, details), self.agreed, strict=True)
        return self.shown == shown and all(new.items() <= agreed.items() for new, agreed in asked)
