"""Scope (RFC 6749 §3.3): space-delimited, case-sensitive tokens in any order."""

import re
from collections.abc import Collection, Iterable, Sequence

from oauth_provider.protocol.errors import InvalidScope
from oauth_provider.protocol.reason import Reason
from oauth_provider.protocol.spelling import find_similar

# Tokens in one request: each is looked for among what a client may have.
MAX_TOKENS = 256
# As much of a refused scope is named in the description of an error, whose alphabet is that of scopes and a space.
MAX_NAMED, MAX_NAMED_LENGTH = 5, 64
SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")


def is_scope_token(value: str) -> bool:
    """Is ``value`` one scope token (RFC 6749 Appendix A.4)?"""
    return SCOPE_TOKEN.fullmatch(value) is not None


def parse_scope(scope: str) -> tuple[str, ...]:
    """Return the tokens of ``scope`` without duplicates, in order. Raise ``InvalidScope`` if malformed or too long."""
    if not scope:
        return ()
    if scope.count(" ") >= MAX_TOKENS:
        raise InvalidScope(Reason.SCOPE_TOO_MANY)
    tokens = tuple(dict.fromkeys(scope.split(" ")))
    if not all(is_scope_token(token) for token in tokens):
        raise InvalidScope(Reason.SCOPE_MALFORMED)
    return tokens


def format_scope(tokens: Iterable[str]) -> str:
    """Return ``tokens`` as one space-delimited string."""
    return " ".join(tokens)


def check_scope(requested: Iterable[str], allowed: Collection[str], *, detail: str = "") -> None:
    """Raise ``InvalidScope`` if one of ``requested`` is not ``allowed``. ``detail`` is for the log."""
    refused = [token for token in requested if token not in allowed]
    if refused:
        _refuse_misspelt(refused, allowed)
        raise InvalidScope(
            Reason.SCOPE_NOT_ALLOWED,
            detail=detail or f"refused scope tokens: {refused[:5]!r}",
        )


def narrow_scope(requested: tuple[str, ...], allowed: Collection[str]) -> tuple[str, ...]:
    """Return the part of ``requested`` that is ``allowed`` (RFC 6749 §3.3).

    Raises ``InvalidScope``, naming what is refused, where nothing is left.
    """
    kept = tuple(token for token in requested if token in allowed)
    if requested and not kept:
        _refuse_misspelt(requested, allowed)
        raise InvalidScope(Reason.SCOPE_NONE_ALLOWED, scope=_named(requested))
    return kept


def _refuse_misspelt(refused: Sequence[str], allowed: Collection[str]) -> None:
    """Raise ``InvalidScope`` where the first scope of ``refused`` is like one that may be had, which is told."""
    divided = refused[0].split(",")  # as other servers have it, or a list that was joined
    similar = format_scope(divided) if set(divided) <= set(allowed) else find_similar(refused[0], allowed)
    if similar and all(map(is_scope_token, similar.split(" "))):
        raise InvalidScope(Reason.SCOPE_MISSPELT, scope=_named(refused), similar=similar)


def _named(refused: Sequence[str]) -> str:
    return " ".join(token[:MAX_NAMED_LENGTH] for token in refused[:MAX_NAMED])


def downscope(requested: tuple[str, ...], granted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the scope of a refreshed token: all that was granted, or the part ``requested`` (RFC 6749 §6).

    Raises ``InvalidScope`` where more is requested than was granted.
    """
    if not requested:
        return granted
    if not set(requested) <= set(granted):
        raise InvalidScope(Reason.SCOPE_EXCEEDS_GRANT)
    return requested
