"""The shape of a reason code (RFC 6749 §5.2): a name in lower case for logs, and words for the client."""

from enum import Enum
from typing import Self


class CodedReason(Enum):
    """A reason of a refusal. ``text`` is ``error_description``, in which ``{name}`` is replaced."""

    text: str

    def __new__(cls, text: str) -> Self:
        member = object.__new__(cls)
        member._value_ = len(cls.__members__)  # not the text: two may share it
        member.text = text
        return member

    @property
    def code(self) -> str:
        """Return the name in lower case, as it stands in logs."""
        return self.name.lower()
