"""Bearer tokens of other issuers (RFC 6750 §2.1): recognised by their form, without asking any server.

With ``OAUTH_RESOURCE_SERVER["UNKNOWN_BEARER_TOKENS"] = "leave"`` such a token is left to the next authentication class.
A token that may be ours is not: one that is expired, revoked or broken must never pass for a call without a token.
"""

import re
from collections.abc import Collection

from oauth_provider.protocol import jws
from oauth_provider.protocol.jose import JoseError

# The prefixes of our provider's tokens, those of kinds that are still to come included.
PREFIX = re.compile(r"o[a-z]{2,3}_")


def is_prefixed(token: str) -> bool:
    """Does it begin like the tokens of our provider, valid or not?"""
    return PREFIX.match(token) is not None


def is_foreign_jwt(token: str, issuers: Collection[str], *, names_issuer: bool) -> bool:
    """Is it a JWT of none of ``issuers``? ``names_issuer`` says that all of their JWTs have ``iss``.

    False for a JWT that cannot be read, which may be a broken one of theirs, or is encrypted.
    """
    if token.count(".") != 2:
        return False
    try:
        issuer = jws.parse(token).claims.get("iss")
    except JoseError:
        return False
    if issuer is None:
        return names_issuer
    return isinstance(issuer, str) and bool(issuers) and issuer not in issuers
