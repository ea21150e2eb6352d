"""Tokens as strings: a readable prefix, randomness in base62, and a checksum that leak scanners can verify.

``oat_`` + 43 characters (256 bits) + 6 characters (CRC-32 of all before them). A refresh token holds its family too:
``ort_<22 characters>_<43 characters><6 characters>``.
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
REGISTRATION_ACCESS_TOKEN = "ocr_"
INITIAL_ACCESS_TOKEN = "oia_"
PREFIXES = (CODE, ACCESS_TOKEN, REFRESH_TOKEN, CLIENT_SECRET, REGISTRATION_ACCESS_TOKEN, INITIAL_ACCESS_TOKEN)


@dataclass(frozen=True, slots=True)
class RefreshTokenParts:
    """Parts of a refresh token. ``token`` is the whole string as it was presented."""

    token: str = field(repr=False)
    family: str = field(repr=False)


def random_text(length: int) -> str:
    """Return ``length`` random characters of base62, 5.95 bits each."""
    text = ""
    while len(text) < length:
        text += secrets.token_bytes(2 * length).translate(_DIGIT_OF_BYTE, _UNEVEN).decode()
    return text[:length]


def checksum(text: str) -> str:
    """Return the six base62 characters that end a token: CRC-32 of everything before them."""
    rest, last = divmod(zlib.crc32(text.encode("utf-8", "surrogatepass")), len(PAIRS))
    first, middle = divmod(rest, len(PAIRS))
    return PAIRS[first] + PAIRS[middle] + PAIRS[last]


def make_token(prefix: str) -> str:
    """Return a new token with this ``prefix`` and 256 bits of randomness."""
    body = prefix + random_text(SECRET_LENGTH)
    return body + checksum(body)


def is_token(token: str, prefix: str) -> bool:
    """Does ``token`` have this prefix, and the shape and checksum of our tokens?"""
    body, end = token[:-CHECKSUM_LENGTH], token[-CHECKSUM_LENGTH:]
    return (
        len(token) == len(prefix) + SECRET_LENGTH + CHECKSUM_LENGTH
        and token.startswith(prefix)
        and _is_base62(token[len(prefix) :])
        and checksum(body) == end
    )


def make_family() -> str:
    """Return a new family: the part of a refresh token that stays through every rotation (128 bits)."""
    return random_text(FAMILY_LENGTH)


def make_jti() -> str:
    """Return a new ``jti`` of a JWT access token (RFC 9068 §2.2): unique and no secret (128 bits)."""
    return random_text(FAMILY_LENGTH)


def make_refresh_token(family: str) -> str:
    """Return a new refresh token of ``family``."""
    body = f"{REFRESH_TOKEN}{family}_{random_text(SECRET_LENGTH)}"
    return body + checksum(body)


def parse_refresh_token(token: str) -> RefreshTokenParts | None:
    """Return the parts of a refresh token, or None where its shape or checksum is wrong."""
    if not token.startswith(REFRESH_TOKEN):
        return None
    family, underscore, rest = token[len(REFRESH_TOKEN) :].partition("_")
    if not underscore or len(family) != FAMILY_LENGTH or len(rest) != SECRET_LENGTH + CHECKSUM_LENGTH:
        return None
    if not _is_base62(family + rest) or checksum(token[:-CHECKSUM_LENGTH]) != token[-CHECKSUM_LENGTH:]:
        return None
    return RefreshTokenParts(token=token, family=family)


def is_broken(token: str) -> bool:
    """Does it have a prefix of ours and a wrong checksum? It was never issued, so no database needs to be asked."""
    if token.startswith(REFRESH_TOKEN):
        return parse_refresh_token(token) is None
    return token.startswith(ACCESS_TOKEN) and not is_token(token, ACCESS_TOKEN)


def _is_base62(text: str) -> bool:
    return text.isascii() and text.isalnum()
