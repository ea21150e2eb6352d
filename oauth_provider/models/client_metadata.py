"""Client metadata about keys and OpenID Connect (RFC 7591 §2, OpenID Connect Registration §2)."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauth_provider.conf import provider_settings
from oauth_provider.models.validation import check_names, check_scopes
from oauth_provider.protocol import access_token, https_url, subject
from oauth_provider.protocol.jose import ALGORITHMS
from oauth_provider.protocol.jwe import CONTENT_ENCRYPTION, KEY_MANAGEMENT

SUBJECT_TYPES = [(subject.PUBLIC, _("public")), (subject.PAIRWISE, _("pairwise"))]
ALGORITHM_CHOICES = [(alg, alg) for alg in ALGORITHMS]


def check_https(value: str) -> None:
    """Raise ``ValidationError`` for what this server would not fetch."""
    if not https_url.is_fetchable(value):
        raise ValidationError(_("This must be a URL that begins with https:// and has no fragment."))


ACCESS_TOKEN_FORMATS = [(access_token.OPAQUE, _("opaque")), (access_token.JWT, _("signed JWT"))]


# Of any client, in seconds: for so long a lost answer is kept, sealed.
LONGEST_RETRY_WINDOW = 600


class ClientMetadata(models.Model):
    """The columns of a policy that say how a client signs, how it is answered, and what people may leave out."""

    access_token_format = models.CharField(
        _("access token format"),
        max_length=8,
        choices=ACCESS_TOKEN_FORMATS,
        default=access_token.OPAQUE,
        help_text=_("What its access tokens are, unless a resource that they are for says otherwise (RFC 9068)."),
    )
    jwks_uri = models.CharField(
        _("address of its keys"),
        max_length=https_url.MAX_LENGTH,
        blank=True,
        validators=[check_https],
        help_text=_("Where the client publishes its JWK Set, in place of the keys themselves (https)."),
    )
    request_object_signing_alg = models.CharField(
        _("request object algorithm"),
        max_length=16,
        blank=True,
        choices=ALGORITHM_CHOICES,
        help_text=_("What the client signs its requests with. None: any that its keys fit."),
    )
    token_endpoint_auth_signing_alg = models.CharField(
        _("client assertion algorithm"),
        max_length=16,
        blank=True,
        default="",
        db_default="",  # for code of before, which adds rows without it
        choices=ALGORITHM_CHOICES,
        help_text=_("What the client signs with to authenticate itself. None: any that its keys fit."),
    )

    require_auth_time = models.BooleanField(
        _("requires auth_time"),
        default=False,
        help_text=_("People whose time of sign-in is unknown sign in again (OpenID Connect)."),
    )
    scope_claims_in_id_token = models.BooleanField(
        _("claims of scopes in ID tokens"),
        default=False,
        db_default=False,  # for code of before, which adds rows without it
        help_text=_("For a client that looks for claims there, cannot ask for them, and does not ask userinfo."),
    )
    id_token_encrypted_response_alg = models.CharField(
        _("ID token encryption"),
        max_length=16,
        blank=True,
        choices=[(alg, alg) for alg in KEY_MANAGEMENT],
        help_text=_("How its ID and logout tokens are encrypted to a key of the client. None: only signed."),
    )
    id_token_encrypted_response_enc = models.CharField(
        _("ID token content encryption"),
        max_length=16,
        choices=[(enc, enc) for enc in CONTENT_ENCRYPTION],
        default=CONTENT_ENCRYPTION[0],
        help_text=_("What is inside is encrypted with this, where ID tokens are."),
    )

    subject_type = models.CharField(
        _("subject type"),
        max_length=16,
        choices=SUBJECT_TYPES,
        default=subject.PUBLIC,
        help_text=_("Pairwise: no other client knows people by the same sub. A change gives everybody another one."),
    )
    sector_identifier_uri = models.CharField(
        _("sector identifier URI"),
        max_length=https_url.MAX_LENGTH,
        blank=True,
        validators=[check_https],
        help_text=_("A JSON array of the redirect URIs of all clients that share their pairwise subjects (https)."),
    )

    authorization_signed_response_alg = models.CharField(
        _("authorization response algorithm"),
        max_length=16,
        choices=ALGORITHM_CHOICES,
        default="RS256",
        help_text=_("What answers to this client are signed with where it asks for signed ones (JARM)."),
    )

    # Divided by spaces, as in a request: a list in JSON would cost every look-up of a client a conversion.
    optional_scope = models.TextField(
        _("optional scopes"),
        blank=True,
        default="",
        db_default="",
        validators=[check_scopes],
        help_text=_("Scopes that people may leave out and allow the rest, beside those that may be left out anyway."),
    )
    authorization_details_types = models.JSONField(
        _("authorization details types"),
        default=list,
        blank=True,
        validators=[check_names],
        help_text=_("What it may ask for in full (RFC 9396). None ticked: nothing."),
    )

    refresh_token_retry_window = models.PositiveIntegerField(
        _("retry window"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_RETRY_WINDOW)],
        help_text=_("In seconds: for how long a refresh whose answer was lost gets the same answer. At most 600."),
    )

    class Meta:
        abstract = True

    @property
    def retry_window(self) -> int:
        """Return the time in which a refresh may be repeated, in seconds."""
        own = self.refresh_token_retry_window
        return provider_settings.REFRESH_TOKEN_RETRY_WINDOW if own is None else own
