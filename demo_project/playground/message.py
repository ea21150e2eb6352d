"""Messages: what passes between the four parties of the code flow (RFC 6749 §1.1 and §4.1)."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

Pairs = tuple[tuple[str, str], ...]


class Party(StrEnum):
    """Who takes part, in the order of the lifelines."""

    USER = "user"
    CLIENT = "client"
    AUTHORIZATION_SERVER = "authorization_server"
    RESOURCE_SERVER = "resource_server"


class Channel(StrEnum):
    """How a message travels: through the person's browser, straight between servers, or not at all."""

    FRONT = "front"
    BACK = "back"
    INSIDE = "inside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it was sent. ``step`` is its number in the seven steps; 0 for any other.

    ``line`` begins the message on the wire; ``parameters`` are those of its query, form or JSON object, and
    ``body`` is what has none. ``refusal`` puts an error in words.
    """

    sender: Party
    receiver: Party
    channel: Channel
    title: str
    about: str
    step: int = 0
    line: str = ""
    headers: Pairs = ()
    parameters: Pairs = ()
    body: str = ""
    refusal: str = ""

    def as_json(self) -> dict[str, Any]:
        """What a session can keep."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Message":
        """The message that ``as_json`` was made of."""
        return cls(
            **{
                **kept,
                "sender": Party(kept["sender"]),
                "receiver": Party(kept["receiver"]),
                "channel": Channel(kept["channel"]),
                "headers": tuple((name, value) for name, value in kept["headers"]),
                "parameters": tuple((name, value) for name, value in kept["parameters"]),
            }
        )
