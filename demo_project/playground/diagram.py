"""The sequence diagram: messages as they came, then the outline of the steps that are still ahead."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from demo_project.playground.anatomy import Part, anatomy, credentials, of_header
from demo_project.playground.explained import OF_THE_API, Meaning, meaning_of_header, meaning_of_parameter
from demo_project.playground.message import Channel, Message, Party

LANES = list(Party)
MOST_TURNS = 8  # the style sheet knows so many
CLIENT_SECRET = Meaning("The header in plain text: client_id, a colon, client_secret.", "RFC 7617", "2")


class Lane(NamedTuple):
    """A lifeline: its role in RFC 6749 §1.1, who plays it here, and which symbol stands for it."""

    role: str
    name: str
    symbol: str


PARTIES = (
    Lane("User", "you, in this browser", "user"),
    Lane("Client", "Photo Book", "client"),
    Lane("Authorization Server", "oauth_provider", "authorization-server"),
    Lane("Resource Server", "Notes, Photos", "resource-server"),
)

MANNERS = {
    Channel.FRONT: "through your browser",
    Channel.BACK: "from server to server",
    Channel.INSIDE: "nothing is sent",
}

STEPS = (
    (1, "Authorization request", Party.CLIENT, Party.AUTHORIZATION_SERVER, Channel.FRONT),
    (2, "User authorization", Party.USER, Party.AUTHORIZATION_SERVER, Channel.FRONT),
    (3, "Authorization code", Party.AUTHORIZATION_SERVER, Party.CLIENT, Channel.FRONT),
    (4, "Token request", Party.CLIENT, Party.AUTHORIZATION_SERVER, Channel.BACK),
    (5, "Access token", Party.AUTHORIZATION_SERVER, Party.CLIENT, Channel.BACK),
    (6, "Resource request", Party.CLIENT, Party.RESOURCE_SERVER, Channel.BACK),
    (7, "Resource", Party.RESOURCE_SERVER, Party.CLIENT, Channel.BACK),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or header with what it is for."""

    name: str
    parts: list[Part]
    meaning: Meaning | None

    @property
    def is_token(self) -> bool:
        """Is there a token of ours in it, taken apart?"""
        return any(part.kind == "random" for part in self.parts)

    @property
    def has_family(self) -> bool:
        """Only refresh tokens have."""
        return any(part.kind == "family" for part in self.parts)


@dataclass(frozen=True, slots=True)
class Row:
    """One arrow. ``message`` is None for a step that is still ahead; ``number`` counts the messages from 1.

    ``turn`` counts those that the last press brought, which appear one after the other; 0 for any other.
    """

    step: int
    title: str
    sender: Party
    receiver: Party
    channel: Channel
    number: int = 0
    turn: int = 0
    message: Message | None = None
    headers: list[Field] = field(default_factory=list)
    parameters: list[Field] = field(default_factory=list)

    @property
    def classes(self) -> str:
        """Where the arrow begins and ends, and how it looks."""
        ends = sorted((LANES.index(self.sender), LANES.index(self.receiver)))
        pointing = "left" if LANES.index(self.sender) > LANES.index(self.receiver) else "right"
        names = [f"pg-from-{ends[0]}", f"pg-to-{ends[1]}", f"pg-{pointing}", f"pg-{self.channel}"]
        if self.message is None:
            names.append("pg-ahead")
        elif self.message.refusal:
            names.append("pg-refused")
        if self.turn:
            names.append(f"pg-turn-{min(self.turn, MOST_TURNS)}")
        return " ".join(names)

    @property
    def way(self) -> str:
        """Between whom, in words."""
        sender, receiver = PARTIES[LANES.index(self.sender)].role, PARTIES[LANES.index(self.receiver)].role
        return f"{sender}, by itself" if sender == receiver else f"{sender} to {receiver}"

    @property
    def drawn(self) -> str:
        """What the drawing of the arrow tells, for whoever does not see it."""
        if self.message is None:
            return f"{self.way}, {MANNERS[self.channel]}, still ahead"
        return f"{self.way}, {MANNERS[self.channel]}" + (", refused" if self.message.refusal else "")


def diagram_of(messages: Iterable[Message], seen: int = 0) -> list[Row]:
    """A row for each message, then one for each step that none of them was. ``seen`` messages were there before."""
    rows: list[Row] = []
    taken = 0
    for number, message in enumerate(messages, start=1):
        step = message.step if message.step > taken else 0  # done again, it is none of the seven
        taken = max(taken, step)
        rows.append(_row(number, message, step, turn=max(0, number - seen)))
    return rows + [Row(*step) for step in STEPS if step[0] > taken]


def _row(number: int, message: Message, step: int, *, turn: int) -> Row:
    return Row(
        step,
        message.title,
        message.sender,
        message.receiver,
        message.channel,
        number,
        turn,
        message,
        list(_headers(message)),
        [Field(name, anatomy(value), _meaning(name, message)) for name, value in message.parameters],
    )


def _meaning(name: str, message: Message) -> Meaning | None:
    return meaning_of_parameter(name) or (OF_THE_API if message.sender is Party.RESOURCE_SERVER else None)


def _headers(message: Message) -> Iterable[Field]:
    for name, value in message.headers:
        parts = of_header(value) if name == "Authorization" else [Part("plain", value)]
        yield Field(name, parts, meaning_of_header(name, value))
        decoded = credentials(value) if name == "Authorization" else []
        if decoded:
            yield Field("which says", decoded, CLIENT_SECRET)
