"""Checks of ``SOFTWARE_STATEMENT_ISSUERS`` (RFC 7591 §2.3): without keys no statement of an issuer can be verified."""

from collections.abc import Mapping
from typing import Any

from django.core.checks import CheckMessage, Error

from oauth_provider.checks.registration import register
from oauth_provider.conf import provider_settings
from oauth_provider.protocol.client_jwks import check_jwks
from oauth_provider.protocol.https_url import is_fetchable
from oauth_provider.protocol.jose import JoseError

SETTING = 'OAUTH_PROVIDER["SOFTWARE_STATEMENT_ISSUERS"]'


@register()
def check_issuers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E142: an issuer of software statements has no keys that can be used."""
    return [
        Error(
            f"{SETTING}[{issuer!r}] cannot be used: {why}.",
            hint='Give {"jwks": {"keys": [...]}} with public keys, or {"jwks_uri": "https://..."}.',
            id="oauth_provider.E142",
        )
        for issuer, trusted in provider_settings.SOFTWARE_STATEMENT_ISSUERS.items()
        if (why := _why_not(trusted))
    ]


def _why_not(trusted: Any) -> str:
    if not isinstance(trusted, Mapping) or set(trusted) not in ({"jwks"}, {"jwks_uri"}):
        return "it is no dictionary with jwks or jwks_uri"
    if "jwks_uri" in trusted:
        uri = trusted["jwks_uri"]
        return "" if isinstance(uri, str) and is_fetchable(uri) else "its jwks_uri is no https URL"
    try:
        check_jwks(trusted["jwks"])
    except JoseError as error:
        return str(error).rstrip(".")
    return ""
