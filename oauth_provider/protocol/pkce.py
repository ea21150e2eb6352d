"""PKCE (RFC 7636 §4.2 and §4.6): is this a challenge, and does this verifier match it? Only S256.

OAuth 2.1 §7.5.1 lets one kind of client go without: a confidential one whose codes are bound by ``nonce`` instead.
"""

import base64
import hashlib
import re
from collections.abc import Collection
from datetime import date

from oauth_provider.protocol.digest import equal
from oauth_provider.protocol.errors import InvalidGrant, InvalidRequest
from oauth_provider.protocol.id_token import OPENID
from oauth_provider.protocol.reason import Reason

METHODS = ("S256",)
CODE_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
CODE_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def is_excused(*, is_public: bool, until: date | None, today: date) -> bool:
    """May a client go without a challenge? ``until`` is the last day of its permission, None if it has none.

    A public client never may: whoever has its code could redeem it.
    """
    return not is_public and until is not None and today <= until


def check_nonce_binds(nonce: str, scope: Collection[str]) -> None:
    """Raise ``InvalidRequest`` unless an ID token with ``nonce`` will bind a code that has no challenge."""
    if OPENID not in scope:
        raise InvalidRequest(Reason.PKCE_REQUIRED_WITHOUT_OPENID)
    if not nonce:
        raise InvalidRequest(Reason.PKCE_OR_NONCE_REQUIRED)


def check_code_challenge(code_challenge: str, code_challenge_method: str) -> None:
    """Raise ``InvalidRequest`` unless this is an S256 challenge and named so (RFC 9700 §2.1.1)."""
    if not code_challenge:
        raise InvalidRequest(Reason.PKCE_REQUIRED)
    if code_challenge_method not in METHODS:
        raise InvalidRequest(Reason.PKCE_METHOD)
    if not CODE_CHALLENGE.fullmatch(code_challenge):
        raise InvalidRequest(Reason.PKCE_MALFORMED)


def s256(code_verifier: str) -> str:
    """Return the challenge of ``code_verifier`` (RFC 7636 §4.2)."""
    return (
        base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode("utf-8", "surrogatepass")).digest())
        .rstrip(b"=")
        .decode()
    )


def check_code_verifier(code_verifier: str, code_challenge: str) -> None:
    """Raise ``InvalidGrant`` unless ``code_verifier`` is the secret behind ``code_challenge``."""
    if not CODE_VERIFIER.fullmatch(code_verifier) or not equal(s256(code_verifier), code_challenge):
        raise InvalidGrant(Reason.CODE_VERIFIER_WRONG)
