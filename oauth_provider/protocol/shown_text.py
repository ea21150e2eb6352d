"""Text that is shown to people (Unicode Standard Annex #9 §2): do they read what is stored?"""

import unicodedata

# Every character with the property Bidi_Control. Each of them lets what stands beside it show in another order, the
# marks among them (U+061C, U+200E, U+200F) the digits of "12 / 90".
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters, separators of lines and paragraphs, and halves of characters.
UNSHOWN = frozenset({"Cc", "Zl", "Zp", "Cs"})
# Ticks, locks, shields and seals, by which pages and browsers say that something was made sure of. In private use,
# fonts have marks and logos of companies.
SEALS = frozenset(
    "\u2611\u2705\u2713\u2714\u2cb9\U0001f512\U0001f510\U0001f50f\U0001f6e1\U0001f5f8\U0001f5f9\u00ae\u2122\U0001f396\U0001f3c5"
)
PRIVATE_USE = "Co"


def is_shown_as_stored(text: str, *, has_lines: bool = False) -> bool:
    """Is ``text`` free of characters that reorder it, break its line or are invalid? ``has_lines`` allows newlines."""
    return not any(
        character in BIDI_CONTROLS or unicodedata.category(character) in UNSHOWN
        for character in text
        if not (has_lines and character == "\n")
    )


def has_seal(text: str) -> bool:
    """Does ``text`` hold a character that makes it look as if somebody had vouched for it?"""
    return any(character in SEALS or unicodedata.category(character) == PRIVATE_USE for character in text)
