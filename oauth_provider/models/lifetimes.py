"""Lifetimes (RFC 9700 §2.2.2 and §4.14.2): what server, client and resources allow; the strictest wins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.conf import provider_settings

# In seconds, 68 years: what every database has room for, and the calendar too.
LONGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Lifetimes of a sign-in, in seconds: ``idle`` since it was last used, ``absolute`` since it began.

    None: that side sets no limit.
    """

    idle: int | None = None
    absolute: int | None = None

    @property
    def without_idle(self) -> "Limits":
        """Return what of them no refresh moves."""
        return Limits(absolute=self.absolute)

    def ends(self, *, began: datetime, used: datetime) -> list[datetime]:
        """The moments at which they end it, if it is not used again."""
        since = ((used, self.idle), (began, self.absolute))
        return [moment + timedelta(seconds=limit) for moment, limit in since if limit is not None]


NO_LIMITS = Limits()


def server_limits() -> Limits:
    """Return the limits that the settings give to every sign-in."""
    return Limits(provider_settings.AUTHORIZATION_IDLE_LIFETIME, provider_settings.AUTHORIZATION_LIFETIME)


class Lifetimes(models.Model):
    """The columns of whatever can shorten lifetimes: a client's policy, a resource."""

    access_token_lifetime = models.PositiveIntegerField(
        _("access token lifetime"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("In seconds. It can only shorten."),
    )
    authorization_idle_lifetime = models.PositiveIntegerField(
        _("idle lifetime of a sign-in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("In seconds: how long a sign-in goes on without a refresh. It can only shorten."),
    )
    authorization_lifetime = models.PositiveIntegerField(
        _("absolute lifetime of a sign-in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST)],
        help_text=_("In seconds: how long a sign-in goes on, however often it is refreshed. It can only shorten."),
    )

    class Meta:
        abstract = True

    @property
    def limits(self) -> Limits:
        """Return the limits that this sets to a sign-in."""
        return Limits(self.authorization_idle_lifetime, self.authorization_lifetime)
