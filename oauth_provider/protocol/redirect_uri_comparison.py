"""Comparison of redirect URIs character by character (RFC 9700 §2.1), for who may see what is registered."""

import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher

# Of more characters, and of more URIs, the rest is not compared.
MAX_LENGTH, MAX_COMPARED = 512, 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: those that were ``presented``, and what is ``registered`` in their place."""

    presented: str
    registered: str

    @property
    def differs(self) -> bool:
        """Return whether the two are not the same."""
        return self.presented != self.registered

    @property
    def unusual(self) -> tuple[str, ...]:
        """Return the names of those presented characters that look like others, or like nothing."""
        odd = (one for one in self.presented if self.differs and not (one.isascii() and one.isprintable()))
        return tuple(dict.fromkeys(f"U+{ord(one):04X} {unicodedata.name(one, '')}".strip() for one in odd))


def nearest(presented: str, registered: Collection[str]) -> str:
    """Return the one of ``registered`` that has the most characters in common with ``presented``; "" of none."""
    sent = Counter(presented[:MAX_LENGTH])

    def likeness(uri: str) -> float:
        shared = (sent & Counter(uri[:MAX_LENGTH])).total()
        return 2 * shared / (sent.total() + min(len(uri), MAX_LENGTH) or 1)

    return max(list(registered)[:MAX_COMPARED], key=likeness, default="")


def compare(presented: str, registered: str) -> tuple[Piece, ...]:
    """Return both as pieces, in turn the same and different; what lies beyond ``MAX_LENGTH`` is one piece more."""
    ours, theirs = presented[:MAX_LENGTH], registered[:MAX_LENGTH]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    pieces = [Piece(ours[i:j], theirs[k:m]) for _tag, i, j, k, m in matcher.get_opcodes()]
    rest = Piece(presented[MAX_LENGTH:], registered[MAX_LENGTH:])
    return (*pieces, rest) if rest.presented or rest.registered else tuple(pieces)
