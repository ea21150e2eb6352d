"""Logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4): their claims, and which URLs may receive them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import Key
from oauth_provider.protocol.redirect_uri import is_plain_http, is_usable

TYP = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
# §4 wants two minutes at most; every attempt to deliver one makes it anew.
LIFETIME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutToken:
    """Claims of one logout token.

    ``jti`` is new in each, times are seconds since the epoch, and ``subject`` or ``sid`` is set.
    """

    issuer: str
    client_id: str
    issued_at: int
    jti: str
    subject: str = ""
    sid: str = ""

    def members(self) -> dict[str, Any]:
        """Return the claims. ``nonce`` is never among them, so that nobody takes it for an ID token."""
        known: Mapping[str, str] = {"sub": self.subject, "sid": self.sid}
        return {
            "iss": self.issuer,
            **{name: value for name, value in known.items() if value},
            "aud": self.client_id,
            "iat": self.issued_at,
            "exp": self.issued_at + LIFETIME,
            "jti": self.jti,
            "events": {EVENT: {}},
        }


def sign_logout_token(token: LogoutToken, key: Key) -> str:
    """Return ``token`` as a compact JWS signed with ``key``."""
    return jws.sign(token.members(), key, typ=TYP)


def is_logout_uri(uri: str) -> bool:
    """Is it an absolute https URL without a fragment (§2.2)? http is allowed only to this machine."""
    return is_usable(uri) and urlsplit(uri).scheme in ("http", "https") and not is_plain_http(uri)
