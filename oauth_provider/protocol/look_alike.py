"""Look-alikes (Unicode Technical Standard #39 §4, RFC 5890 §4.4): names and hosts that people take for another."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import idna

# People read these of ASCII as one another, in one font or the next.
SAME = str.maketrans("1i|!0", "llllo")
PAIRS = (("rn", "m"), ("vv", "w"))
IDN = "xn--"
# Names and hosts are short. Of a longer text the beginning is read, as people do.
MAX_LENGTH = 300


def looks_like(name: str, reserved: Iterable[str]) -> str:
    """Return the first of ``reserved`` that people could read in ``name``, whole or as words of it; "" for none."""
    words, whole = words_of(name), skeleton(name)
    for one in reserved:
        wanted = words_of(one)
        if wanted and (_has_words(words, wanted) or whole == skeleton(one)):
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
    spaced = "".join(one if one.isalnum() or unicodedata.combining(one) else " " for one in name[:MAX_LENGTH])
    return tuple(filter(None, map(skeleton, spaced.split())))


def skeleton(text: str) -> str:
    """Return what is the same for all texts that look alike: plain letters, without marks and what stands between."""
    parts = unicodedata.normalize("NFKD", text[:MAX_LENGTH])
    plain = "".join(map(_plain, parts)).casefold().translate(SAME)
    letters = "".join(one for one in plain if one.isalnum())
    for pair, single in PAIRS:
        letters = letters.replace(pair, single)
    return letters


def _has_words(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    width = len(wanted)
    return any(words[start : start + width] == wanted for start in range(len(words) - width + 1))


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
