"""Permissions of one client that no other has, until it can do better (OAuth 2.1 §7.5.1, RFC 9700 §2.1.2)."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauth_provider.models.validation import check_names
from oauth_provider.protocol import pkce
from oauth_provider.protocol.response_type import CODE


def only_code() -> list[str]:
    """The response types of a client about which nobody said anything (RFC 7591 §2)."""
    return [CODE]


class ClientLegacy(models.Model):
    """The columns of a policy that make an exception of a client."""

    application: Any  # the policy's own

    response_types = models.JSONField(
        _("response types"),
        default=only_code,
        validators=[check_names],
        help_text=_("All but “code” only work while LEGACY_RESPONSE_TYPES lists them."),
    )
    pkce_excused_until = models.DateField(
        _("excused from PKCE until"),
        null=True,
        blank=True,
        help_text=_(
            "The last day (UTC) on which this confidential client may send no code_challenge, provided that it asks "
            "for openid and sends nonce. Empty: PKCE is the rule."
        ),
    )
    takes_older_assertions = models.BooleanField(
        _("takes older assertions"),
        default=False,
        db_default=False,  # for code of before, which adds rows without it
        help_text=_("Its client assertions may name an endpoint in place of the issuer, and be good for an hour."),
    )

    class Meta:
        abstract = True

    @property
    def is_excused_from_pkce(self) -> bool:
        """May this client go without a challenge today?"""
        is_public = self.application.client_type == "public"
        return pkce.is_excused(is_public=is_public, until=self.pkce_excused_until, today=timezone.now().date())
