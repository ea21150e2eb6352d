"""Consents: what a user has agreed that a client may do. They outlive tokens and are withdrawn as a whole."""

from dataclasses import asdict, replace
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import APPLICATION, Row
from oauth_provider.models.authorization import Authorization
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.transaction import locked, run
from oauth_provider.protocol.consent import Agreed, Agreement, entry_count, from_separate_sets
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH
from oauth_provider.signals import consent_given, consent_withdrawn, send_after_commit

# Of elements that are different every time, the older ones are forgotten.
MOST_DETAILS = 200
# So many pairs of a scope and a place are more than any page asks for; beyond, the older ones are forgotten.
MAX_SCOPE_ENTRIES = 5_000


class ConsentManager(PrimaryManager["Consent"]):
    """The verbs of consent. Those that give or use one run inside the caller's transaction."""

    def remembered(self, *, user: Any, application: Row) -> "Consent | None":
        """The consent of ``user`` to ``application``, locked, so that it cannot be withdrawn meanwhile."""
        queryset = self.using(router.db_for_write(self.model))
        return locked(queryset.filter(user=user, application=application), touch="updated_at")

    def give(self, agreement: Agreement, *, user: Any, application: Row) -> "Consent":
        """Add ``agreement``, without the details that have to be asked for again, to what was agreed to before."""
        using = router.db_for_write(self.model)
        consent = self.remembered(user=user, application=application)
        if consent is None:
            consent = Consent(user=user, application=application)
        agreed = bounded(consent.agreed.extended(agreement), agreement)
        # Unchanged, it is not written: others who give it at the same moment then need not try again.
        if consent.pk is None or consent.entries is None or consent.agreed != agreed:
            consent.remember(agreed)
            consent.updated_at = timezone.now()
            consent.save(using=using)
        send_after_commit(
            consent_given,
            using=using,
            sender=Consent,
            application=application,
            user=user,
            scope=" ".join(agreement.scopes),
            resources=tuple(agreement.resources),
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


def bounded(agreed: Agreed, latest: Agreement) -> Agreed:
    """``agreed``, and where that is more than one row should hold, only what ``latest`` says of it."""
    if entry_count(agreed.scopes) > MAX_SCOPE_ENTRIES:
        agreed = replace(agreed, scopes=latest.entries.scopes)
    if entry_count(agreed.details) > MOST_DETAILS:
        agreed = replace(agreed, details=latest.entries.details)
    return agreed


class Consent(models.Model):
    """What one user has agreed that one client may do."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauth_consents", db_index=False
    )
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="oauth_consents")
    # The fields of an ``Agreed``. None: the row is from before, and what it says stands in the four columns below.
    entries = models.JSONField(
        _("agreed to"), null=True, default=None, editable=False, help_text=_("each scope with the places it is for")
    )
    # Empty since ``entries`` is written: code that knows only these asks again.
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
    def agreed(self) -> Agreed:
        """All that was agreed to."""
        if self.entries is not None:
            return Agreed(**{part: self.entries[part] for part in ("client", "scopes", "details")})
        before = Agreement(self.shown, self.scopes, self.resources, self.authorization_details)
        # Details that are asked for every time left only their resources behind.
        return from_separate_sets(before, is_complete=not provider_settings.AUTHORIZATION_DETAILS_TYPES)

    def remember(self, agreed: Agreed) -> None:
        """Hold ``agreed`` and nothing else; to be saved yet."""
        self.entries = asdict(agreed)
        self.shown, self.scopes, self.resources, self.authorization_details = "", {}, {}, {}
