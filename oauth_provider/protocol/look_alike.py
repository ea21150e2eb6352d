"""Look-alikes (Unicode Technical Standard #39 §4, RFC 5890 §4.4): names and hosts that people take for another."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import idna

# People read these of ASCII as one another, in one font or the next.
SAME = str.maketrans("1i|!0", "llllo")
# Marks that stand for a letter inside of a word, and for themselves at its ends.
LETTER_LIKE = "|!"
# Nobody sees these between two letters: formats, joiners, variation selectors and fillers.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
PAIRS = (("rn", "m"), ("vv", "w"))
IDN = "xn--"
# Names and hosts are short. Of a longer text the beginning is read, as people do.
MAX_LENGTH = 300


def looks_like(name: str, reserved: Iterable[str]) -> str:
    """Return the first of ``reserved`` that people could read in ``name``, whole or as words of it; "" for none."""
    words, whole = words_of(name), skeleton(name)
    for one in reserved:
        wanted = words_of(one)
        if wanted and (_has_words(words, "".join(wanted)) or whole == skeleton(one)):
            return one
    return ""


def host_looks_like(host: str, reserved: Iterable[str]) -> str:
    """Return the first of ``reserved`` that people could take ``host`` for; "" where it is that, and for none.

    A reserved host is looked for in all hosts but its own and those below it, a reserved name only in labels that are
    not ASCII: others may own what is spelt like it.
    """
    host = host.lower().rstrip(".")[:MAX_LENGTH]
    shown = [to_unicode(label) for label in host.split(".")]
    foreign = [label for label in shown if not label.isascii()]
    spelt = ".".join(map(skeleton, shown))
    for one in reserved:
        if "." not in one:
            if any(looks_like(label, [one]) for label in foreign):
                return one
            continue
        own = one.lower().rstrip(".")
        wanted = ".".join(map(skeleton, own.split(".")))
        if not is_host_below(host, own) and (spelt == wanted or spelt.endswith(f".{wanted}")):
            return one
    return ""


def is_host_below(host: str, other: str) -> bool:
    """Is ``host`` the ``other`` one, or a name below it?"""
    return host == other or host.endswith(f".{other}")


def to_unicode(label: str) -> str:
    """Return a label of a host as people are shown it (RFC 5891 §5.4); unchanged where it is no good A-label."""
    if not label.startswith(IDN):
        return label
    try:
        return idna.ulabel(label)
    except idna.IDNAError:
        return label


def words_of(name: str) -> tuple[str, ...]:
    """Return the skeletons of the words in ``name``."""
    seen = INVISIBLE.sub("", name[:MAX_LENGTH])
    spaced = "".join(one if one.isalnum() or one in LETTER_LIKE or unicodedata.combining(one) else " " for one in seen)
    return tuple(filter(None, (skeleton(word.strip(LETTER_LIKE)) for word in spaced.split())))


def skeleton(text: str) -> str:
    """Return what is the same for all texts that look alike: plain letters, without marks and what stands between."""
    parts = unicodedata.normalize("NFKD", text[:MAX_LENGTH])
    plain = "".join(map(_plain, parts)).casefold().translate(SAME)
    letters = "".join(one for one in plain if one.isalnum())
    for pair, single in PAIRS:
        letters = letters.replace(pair, single)
    return letters


def _has_words(words: tuple[str, ...], wanted: str) -> bool:
    """Do some words in a row read like ``wanted``, wherever somebody put the spaces?"""
    for start in range(len(words)):
        run = ""
        for word in words[start:]:
            run += word
            if len(run) >= len(wanted):
                break
        if run == wanted:
            return True
    return False


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """Return the ASCII letters that look like ``character``, itself where none does."""
    if character.isascii():
        return character
    from confusable_homoglyphs import confusables  # reads a file of half a megabyte, once somebody registers

    for spelling in (character, character.lower()):
        for known in confusables.confusables_data.get(spelling, ()):
            if known["c"].isascii() and known["c"].isalnum():
                return str(known["c"])
    return character
