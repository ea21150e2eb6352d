"""Text that is shown to people (Unicode Standard Annex #9 §2): do they read what is stored?"""

import unicodedata

# Every character with the property Bidi_Control. Each of them lets what stands beside it show in another order, the
# marks among them (U+061C, U+200E, U+200F) the digits of "12 / 90".
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters, separators of lines and paragraphs, and halves of characters.
UNSHOWN = frozenset({"Cc", "Zl", "Zp", "Cs"})


def is_shown_as_stored(text: str, *, has_lines: bool = False) -> bool:
    """Is ``text`` free of characters that reorder it, break its line or are invalid? ``has_lines`` allows newlines."""
    return not any(
        character in BIDI_CONTROLS or unicodedata.category(character) in UNSHOWN
        for character in text
        if not (has_lines and character == "\n")
    )
