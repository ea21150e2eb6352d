"""Consents: what a user has agreed that a client may do, in each context. They outlive tokens; all end at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.conf import provider_settings
from oauth_provider.dot.names import APPLICATION
from oauth_provider.models.primary import PrimaryManager
from oauth_provider.models.row_title import title_of
from oauth_provider.protocol.consent import Agreed, Agreement, count_entries, from_separate_sets
from oauth_provider.protocol.digest import LENGTH as DIGEST_LENGTH

# So long before unused access ends its person is told, and can keep it.
ANNOUNCED_BEFORE = timedelta(days=7)
# Of elements that are different every time, the older ones are forgotten.
MOST_DETAILS = 200
# So many pairs of a scope and a place are more than any page asks for; beyond, the older ones are forgotten.
MAX_SCOPE_ENTRIES = 5_000
# Few clients have more than a host or two; beyond, those that were agreed to first are asked about again.
MAX_DESTINATIONS = 20


def bounded(agreed: Agreed, latest: Agreement) -> Agreed:
    """``agreed``, and where that is more than one row should hold, only what ``latest`` says of it."""
    if count_entries(agreed.scopes) > MAX_SCOPE_ENTRIES:
        agreed = replace(agreed, scopes=latest.entries.scopes)
    if count_entries(agreed.declined) > MAX_SCOPE_ENTRIES:
        agreed = replace(agreed, declined=latest.entries.declined)
    if count_entries(agreed.details) > MOST_DETAILS:
        agreed = replace(agreed, details=latest.entries.details)
    places = agreed.destinations
    return agreed if places is None else replace(agreed, destinations=places[-MAX_DESTINATIONS:])


@dataclass(frozen=True, slots=True)
class ShownAs:
    """Words on the page that a person agreed to last: the client's name, where the answer went, and each scope.

    ``verified_host`` and ``logo`` (a digest) are the client's, where it had any.

    The digests decide; these say what was different, where something was.
    """

    name: str = ""
    host: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    verified_host: str = ""
    logo: str = ""

    def extended_by(self, new: "ShownAs", agreed: Agreed) -> "ShownAs":
        """Return ``new`` with the words of this for what else is ``agreed`` to."""
        return replace(
            new, words={one: said for one, said in {**self.words, **new.words}.items() if one in agreed.scopes}
        )


class Consent(models.Model):
    """The permissions that one user has given to one client, in one context or for themselves."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauth_consents", db_index=False
    )
    application = models.ForeignKey(APPLICATION, on_delete=models.CASCADE, related_name="oauth_consents")
    context = models.CharField(_("context"), max_length=200, blank=True, default="", db_default="", editable=False)
    # None: until it is withdrawn.
    until = models.DateTimeField(_("agreed until"), null=True, editable=False)
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
    # The fields of a ``ShownAs``. None: nobody wrote it down.
    shown_as = models.JSONField(_("words on the page"), null=True, default=None, editable=False)
    created_at = models.DateTimeField(_("given"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("last changed"), default=timezone.now, editable=False)
    # Both are the sweep's (``UNUSED_ACCESS_ENDS_AFTER``): the last use that is known, None before it has looked; and
    # since when the person can know that it ends.
    used_at = models.DateTimeField(_("last known use"), null=True, editable=False)
    end_announced_at = models.DateTimeField(_("end announced"), null=True, editable=False)

    objects: ClassVar[PrimaryManager[Any]] = PrimaryManager()

    # What a silent answer relies on.
    DECIDING: ClassVar[tuple[str, ...]] = (
        "user",
        "application",
        "context",
        "until",
        "entries",
        "shown",
        "scopes",
        "resources",
        "authorization_details",
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = (
            models.UniqueConstraint(fields=["user", "application", "context"], name="oauth_provider_one_consent"),
        )
        indexes = (models.Index(fields=["used_at"], name="oauth_provider_consent_used"),)

    def __str__(self) -> str:
        return title_of(self)

    @property
    def agreed(self) -> Agreed:
        """Return all that was agreed to."""
        if self.entries is not None:
            known = {part: self.entries[part] for part in ("client", "scopes", "details")}
            # Rows from before say nothing of either.
            declined, places = self.entries.get("declined", {}), self.entries.get("destinations")
            return Agreed(**known, declined=declined, destinations=None if places is None else tuple(places))
        before = Agreement(self.shown, self.scopes, self.resources, self.authorization_details)
        # Details that are asked for every time left only their resources behind.
        return from_separate_sets(before, is_complete=not provider_settings.AUTHORIZATION_DETAILS_TYPES)

    def is_over(self, now: datetime) -> bool:
        """Is the end past that the user chose?"""
        return self.until is not None and self.until <= now

    @property
    def ends_unused_at(self) -> datetime | None:
        """Return when it ends because nobody uses it; None where that is not announced."""
        period = provider_settings.UNUSED_ACCESS_ENDS_AFTER
        if period is None or self.used_at is None or self.end_announced_at is None:
            return None
        return max(self.end_announced_at + ANNOUNCED_BEFORE, self.used_at + timedelta(seconds=period))

    @property
    def seen(self) -> ShownAs:
        """Return the words on the page that was agreed to, empty as far as nobody wrote them down."""
        kept = self.shown_as or {}
        return ShownAs(**{part.name: kept[part.name] for part in fields(ShownAs) if part.name in kept})

    @staticmethod
    def columns(agreed: Agreed, until: datetime | None, seen: ShownAs) -> dict[str, Any]:
        """Return the columns of a row that holds ``agreed``, as ``seen`` on the page, and nothing else."""
        empty: dict[str, Any] = {"shown": "", "scopes": {}, "resources": {}, "authorization_details": {}}
        kept = {"entries": asdict(agreed), "until": until, "shown_as": asdict(seen)}
        return {**kept, **empty, "updated_at": timezone.now()}
