"""Stored requests (RFC 9126 §2.2): an authorization request as a row holds it while it waits."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from oauth_provider.protocol.errors import InvalidRequest
from oauth_provider.protocol.reason import Reason

# Of the JSON that is written. Rows from before this was told apart have none; newer ones are not guessed at.
VERSION = 1
PAIR = 2


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A stored request: its parameters in ``pairs``, or the name by which its client knows it.

    ``source`` is how it reached us, ``pushed`` the key of the row that was pushed, ``signed`` whether its client signed
    it. Of one that a person is asked about, ``shown`` is the digest of the words on the page, and ``sid`` that of the
    one sign-in that may answer; empty: any of the session.
    """

    pairs: tuple[tuple[str, str], ...]
    source: str = "browser"
    pushed: int | None = None
    signed: bool = False
    shown: str = ""
    sid: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, kept: Any) -> "StoredRequest":
        """Return the request in a row's JSON. Raises ``InvalidRequest`` for what no version of this wrote."""
        if not isinstance(kept, Mapping) or kept.get("version", VERSION) != VERSION:
            raise _unreadable("version")
        members = {name: value for name, value in kept.items() if name != "version"}
        for name, value in members.items():
            if name not in _IS_AS_WRITTEN or not _IS_AS_WRITTEN[name](value):
                raise _unreadable(name)
        if "pairs" not in members:
            raise _unreadable("pairs")
        return cls(**{**members, "pairs": tuple((name, value) for name, value in members["pairs"])})


def _unreadable(name: Any) -> InvalidRequest:
    return InvalidRequest(Reason.REQUEST_STORED_OTHERWISE, detail=f"stored request: {str(name)[:64]!r}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_pairs(value: Any) -> bool:
    if not isinstance(value, list | tuple):
        return False
    return all(isinstance(one, list | tuple) and len(one) == PAIR and all(map(_is_text, one)) for one in value)


_IS_AS_WRITTEN = {
    "pairs": _are_pairs,
    "source": _is_text,
    "pushed": lambda value: value is None or type(value) is int,
    "signed": lambda value: isinstance(value, bool),
    "shown": _is_text,
    "sid": _is_text,
}
