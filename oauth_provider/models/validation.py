"""Validators of the columns of a client's policy (RFC 7591 §2)."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oauth_provider.protocol import client_jwks
from oauth_provider.protocol.digest import is_digest
from oauth_provider.protocol.frontchannel_logout import is_frame_uri
from oauth_provider.protocol.jose import JoseError
from oauth_provider.protocol.logout_token import is_logout_uri
from oauth_provider.protocol.scope import is_scope_token
from oauth_provider.protocol.shown_text import has_seal, is_shown_as_stored
from oauth_provider.protocol.spelling import find_similar

KnownNames = Callable[[], Mapping[str, Collection[str]]]
_known: list[KnownNames] = []


def name_known(names: KnownNames) -> None:
    """Have ``check_known`` ask ``names`` for the names that there are, by column. The registry knows them."""
    _known[:] = [names]


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


def check_scopes(value: str) -> None:
    """Raise ``ValidationError`` for anything but scopes that are divided by spaces (RFC 6749 §3.3)."""
    if not all(map(is_scope_token, value.split())):
        raise ValidationError(_("These must be scopes, divided by spaces."))


def check_known(policy: Any) -> None:
    """Raise ``ValidationError`` for names in the lists of ``policy`` that there are not."""
    faults: dict[str, list[ValidationError]] = {}
    for column, known in _known[0]().items() if _known else ():
        names = getattr(policy, column)
        for name in names if isinstance(names, list) else ():
            if name not in known:
                faults.setdefault(column, []).append(_unknown(name, known))
    if faults:
        raise ValidationError(faults)


def _unknown(name: Any, known: Collection[str]) -> ValidationError:
    similar = find_similar(name, known)
    if similar:
        text = _("%(name)s: there is no such one. Did you mean %(similar)s?")
        return ValidationError(text, params={"name": name, "similar": similar})
    return ValidationError(_("%(name)s: there is no such one."), params={"name": name})


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


def check_unsealed_name(value: str) -> None:
    """Raise ``ValidationError`` for a name as ``check_shown_name`` does, and for one that vouches for itself."""
    check_shown_name(value)
    if has_seal(value):
        raise ValidationError(_("It holds a tick, lock or seal: pages say by other means what was made sure of."))


def check_digest(value: str) -> None:
    """Raise ``ValidationError`` for what is no digest."""
    if not is_digest(value):
        raise ValidationError(_("This must be a digest."))
