"""A transport of denials that a test drives, in this process and without a network."""

import queue
from collections.abc import Iterator, Sequence


class Barred(Exception):
    """The way is barred."""


class FakeTransport:
    """``made`` are those that were made; a test talks to the last. It raises what it is told to."""

    made: list["FakeTransport"] = []

    def __init__(self, options: object = None) -> None:
        self.kept: list[str | bytes] = []
        self.published: list[tuple[str, int]] = []
        self.publishing = 0
        self.connections = 0
        self.barred: Exception | None = None
        self._line: queue.Queue[str | bytes | Exception | None] = queue.Queue()
        FakeTransport.made.append(self)

    def publish(self, messages: Sequence[tuple[str, int]]) -> None:
        """As a provider does."""
        self.publishing += 1
        if self.barred is not None:
            raise self.barred
        self.published.extend(messages)

    def listen(self) -> Iterator[str | bytes | None]:
        """As an API does."""
        self.connections += 1
        if self.barred is not None:
            raise self.barred
        yield from self.kept
        yield None
        while True:
            said = self._line.get()
            if isinstance(said, Exception):
                raise said
            yield said

    def say(self, *messages: str | bytes | Exception | None) -> None:
        """Send, or break the connection with an exception."""
        for message in messages:
            self._line.put(message)


class Unmakeable:
    """Not even an object comes of it."""

    def __init__(self, options: object) -> None:
        raise OSError("no such device")
