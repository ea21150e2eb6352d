"""Tokens as strings: a readable prefix, randomness in base62, and a checksum that leak scanners can verify.

``oat_`` + 43 characters (256 bits) + 6 characters (CRC-32 of all before them). A refresh token names its
family too: ``ort_<22 characters>_<43 characters><6 characters>``.
"""

import secrets
import zlib
from dataclasses import dataclass, field

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SECRET_LENGTH = 43
FAMILY_LENGTH = 22
CHECKSUM_LENGTH = 6
# Three of these are a checksum: every pair of characters, in order.
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]

# Four bytes stand for each character; the eight that are left over would make some likelier than others.
_DIGIT_OF_BYTE = (ALPHABET * 5)[:256].encode()
_UNEVEN = bytes(range(4 * len(ALPHABET), 256))

CODE = "oac_"
ACCESS_TOKEN = "oat_"
REFRESH_TOKEN = "ort_"
CLIENT_SECRET = "ocs_"


@dataclass(frozen=True, slots=True)
class RefreshTokenParts:
    """A refresh token taken apart; ``token`` is the whole of it, as it was presented."""

    token: str = field(repr=False)
    family: str = field(repr=False)


def random_text(length: int) -> str:
    """``length`` characters of base62, 5.95 bits each."""
    text = ""
    while len(text) < length:
        text += secrets.token_bytes(2 * length).translate(_DIGIT_OF_BYTE, _UNEVEN).decode()
    return text[:length]


def checksum(text: str) -> str:
    """The six base62 characters that end a token: CRC-32 of everything before them."""
    rest, last = divmod(zlib.crc32(text.encode("utf-8", "surrogatepass")), len(PAIRS))
    first, middle = divmod(rest, len(PAIRS))
    return PAIRS[first] + PAIRS[middle] + PAIRS[last]


def make_token(prefix: str) -> str:
    """A new token of the kind that ``prefix`` names, with 256 bits of randomness."""
    body = prefix + random_text(SECRET_LENGTH)
    return body + checksum(body)


def is_token(token: str, prefix: str) -> bool:
    """Has ``token`` the shape and the checksum of our tokens of this kind?"""
    body, end = token[:-CHECKSUM_LENGTH], token[-CHECKSUM_LENGTH:]
    return (
        len(token) == len(prefix) + SECRET_LENGTH + CHECKSUM_LENGTH
        and token.startswith(prefix)
        and _is_base62(token[len(prefix) :])
        and checksum(body) == end
    )


def make_family() -> str:
    """The part of a refresh token that stays the same through every rotation (128 bits)."""
    return random_text(FAMILY_LENGTH)


def make_jti() -> str:
    """The name of a JWT access token (RFC 9068 §2.2): no secret, and no other token's (128 bits)."""
    return random_text(FAMILY_LENGTH)


def make_refresh_token(family: str) -> str:
    """The next refresh token of ``family``."""
    body = f"{REFRESH_TOKEN}{family}_{random_text(SECRET_LENGTH)}"
    return body + checksum(body)


def parse_refresh_token(token: str) -> RefreshTokenParts | None:
    """The parts of a refresh token of ours, or None if it has not our shape and a correct checksum."""
    if not token.startswith(REFRESH_TOKEN):
        return None
    family, underscore, rest = token[len(REFRESH_TOKEN) :].partition("_")
    if not underscore or len(family) != FAMILY_LENGTH or len(rest) != SECRET_LENGTH + CHECKSUM_LENGTH:
        return None
    if not _is_base62(family + rest) or checksum(token[:-CHECKSUM_LENGTH]) != token[-CHECKSUM_LENGTH:]:
        return None
    return RefreshTokenParts(token=token, family=family)


def is_broken(token: str) -> bool:
    """Does it name a prefix of ours and fail its checksum? Nobody ever issued it, and nobody need look for it."""
    if token.startswith(REFRESH_TOKEN):
        return parse_refresh_token(token) is None
    return token.startswith(ACCESS_TOKEN) and not is_token(token, ACCESS_TOKEN)


def _is_base62(text: str) -> bool:
    return text.isascii() and text.isalnum()
