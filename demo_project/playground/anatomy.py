"""Tokens taken apart: prefix, family, randomness and checksum, each to be shown in its own colour."""

import base64
import binascii
from typing import NamedTuple

from oauth_provider.protocol import token_string
from oauth_provider.protocol.token_string import CHECKSUM_LENGTH, is_token, parse_refresh_token

SIMPLE = (token_string.CODE, token_string.ACCESS_TOKEN, token_string.CLIENT_SECRET)


class Part(NamedTuple):
    """A stretch of text; ``kind`` is prefix, family, random, checksum or plain."""

    kind: str
    text: str


def anatomy(value: str) -> list[Part]:
    """The parts of ``value``; one plain part if it is no token of ours."""
    for prefix in SIMPLE:
        if is_token(value, prefix):
            return [Part("prefix", prefix), *_secret(value.removeprefix(prefix))]
    refresh_token = parse_refresh_token(value)
    if refresh_token is None:
        return [Part("plain", value)]
    start = token_string.REFRESH_TOKEN
    rest = value.removeprefix(f"{start}{refresh_token.family}_")
    return [Part("prefix", start), Part("family", refresh_token.family), Part("prefix", "_"), *_secret(rest)]


def of_header(value: str) -> list[Part]:
    """An ``Authorization`` header: its scheme, and the token behind it."""
    scheme, space, rest = value.partition(" ")
    return [Part("plain", scheme + space), *anatomy(rest)]


def credentials(value: str) -> list[Part]:
    """What the base64 of a Basic header says; nothing for any other header."""
    scheme, _space, rest = value.partition(" ")
    if scheme != "Basic":
        return []
    try:
        identifier, colon, secret = base64.b64decode(rest).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return []
    return [Part("plain", identifier + colon), *anatomy(secret)]


def _secret(text: str) -> list[Part]:
    return [Part("random", text[:-CHECKSUM_LENGTH]), Part("checksum", text[-CHECKSUM_LENGTH:])]
