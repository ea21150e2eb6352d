"""Validators of the columns of a client's policy (RFC 7591 §2)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oauth_provider.protocol import client_jwks
from oauth_provider.protocol.frontchannel_logout import is_frame_uri
from oauth_provider.protocol.jose import JoseError
from oauth_provider.protocol.logout_token import is_logout_uri
from oauth_provider.protocol.shown_text import is_shown_as_stored


def check_jwks(value: Any) -> None:
    """Raise ``ValidationError`` for what is no set of public keys, or of none that can be used."""
    try:
        client_jwks.check_jwks(value)
    except JoseError as error:
        text = _("This must be a JWK Set of public keys. %(reason)s")
        raise ValidationError(text, params={"reason": str(error)}) from None


def check_names(value: Any) -> None:
    """Raise ``ValidationError`` for anything but a list of texts: a text alone would match by its parts."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValidationError(_("This must be a list of texts."))


def check_logout_uri(value: str) -> None:
    """Raise ``ValidationError`` for what a logout may not be sent to."""
    if not is_logout_uri(value):
        raise ValidationError(_("This must be an https URL without a fragment."))


def check_frame_uri(value: str, redirect_uris: list[str]) -> None:
    """Raise ``ValidationError`` for a front-channel logout URI that is on none of the client's own origins."""
    if value and not is_frame_uri(value, redirect_uris):
        told = _("Scheme, host and port must be those of one of the redirect URIs.")
        raise ValidationError({"frontchannel_logout_uri": told})


def check_shown_name(value: str) -> None:
    """Raise ``ValidationError`` for a name that people would read in another order than it is stored in."""
    if not is_shown_as_stored(value):
        raise ValidationError(_("It holds characters that nobody sees and that reorder what people read."))
